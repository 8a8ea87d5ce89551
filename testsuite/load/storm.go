package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// baselineBatches is how many batches of the same disputes a storm is compared with.
const baselineBatches = 4

// burst is what happened to disputes that share one deadline.
type burst struct {
	Disputes int `json:"disputes"`
	// Seconds is the time from the deadline until the last dispute was closed and both parties of all were notified.
	Seconds float64 `json:"seconds"`
	// Early is the number of disputes that were settled before the deadline.
	Early   int `json:"early"`
	opening time.Duration
}

// stormReport is what a storm has found. Baseline adds up batches that ran one after another.
type stormReport struct {
	Baseline burst `json:"baseline"`
	Storm    burst `json:"storm"`
}

// storm runs some disputes in batches, and then all at once.
func (p *plan) storm(ctx context.Context, bed *testbed) (result, error) {
	s, r := bed.systems[ours], stormReport{}
	if _, err := s.burst(ctx, "warm-up", min(batchSize, p.Disputes), p.Clients, interval); err != nil {
		return nil, err
	}
	for n, size := range batches(min(baselineBatches*batchSize, p.Disputes)) {
		one, err := s.burst(ctx, fmt.Sprint("baseline-", n), size, p.Clients, interval)
		if err != nil {
			return nil, err
		}
		r.Baseline.Disputes += one.Disputes
		r.Baseline.Seconds += one.Seconds
		r.Baseline.Early += one.Early
		r.Baseline.opening += one.opening
	}
	// Time for all openings, by those of the baseline, and half as much again.
	lead := r.Baseline.opening*time.Duration(p.Disputes)/time.Duration(r.Baseline.Disputes)*3/2 + interval
	fmt.Fprintf(bed.messages, "all deadlines pass in %s\n", lead.Round(time.Second))
	var err error
	r.Storm, err = s.burst(ctx, "all", p.Disputes, p.Clients, lead)
	return r, err
}

// burst opens disputes whose deadlines are one instant ahead, and waits for the end of all of them.
func (s *system) burst(ctx context.Context, name string, disputes, clients int, lead time.Duration) (burst, error) {
	b, err := s.newBatch(ctx, name, repeated([]path{expiry}, disputes), clients)
	if err != nil {
		return burst{}, err
	}
	b.due = time.Now().Add(lead)
	if err := b.open(ctx); err != nil {
		return burst{}, err
	}
	out := burst{Disputes: disputes, opening: b.busy}
	if err := b.play(ctx, phase{path: expiry, at: b.due, awaits: ended}); err != nil {
		return burst{}, err
	}
	out.Seconds = (b.busy - out.opening).Seconds()
	err = b.inspect(ctx)
	for _, i := range b.items {
		if i.settled.Before(b.due) {
			out.Early++
		}
	}
	return out, err
}

func (b burst) perSecond() float64 { return float64(b.Disputes) / b.Seconds }

func (r stormReport) print(out io.Writer) {
	fmt.Fprintf(out, "%d disputes with one deadline: the last one was closed after %.1f s; settled early: %d\n",
		r.Storm.Disputes, r.Storm.Seconds, r.Baseline.Early+r.Storm.Early)
	fmt.Fprintf(out, "disputes/s at once / in batches of %d: %.1f / %.1f = %.2f\n",
		batchSize, r.Storm.perSecond(), r.Baseline.perSecond(), r.Storm.perSecond()/r.Baseline.perSecond())
}
