package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// baselineBatches is how many batches of the same disputes a storm is compared with.
const baselineBatches = 4

// burst is what happened to disputes whose deadlines were one instant.
type burst struct {
	Disputes int `json:"disputes"`
	// Settled and Ended are the seconds from the deadline until the last one was settled, and until the last run had ended
	// and both parties of all were notified.
	Settled float64 `json:"settled"`
	Ended   float64 `json:"ended"`
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
	for n, turn := range turns(min(baselineBatches*batchSize, p.Disputes), ours) {
		one, err := s.burst(ctx, fmt.Sprint("baseline-", n), turn.disputes, p.Clients, interval)
		if err != nil {
			return nil, err
		}
		r.Baseline.Disputes += one.Disputes
		r.Baseline.Settled += one.Settled
		r.Baseline.Ended += one.Ended
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
	out := burst{Disputes: disputes}
	err = inOrder(
		func() error { return b.timed(ctx, b.openAll) },
		func() error {
			out.opening = b.busy
			return b.awaitAt(ctx, b.due, ended, disputes)
		},
		func() error { return b.inspect(ctx) },
	)
	out.Ended = (b.busy - out.opening).Seconds()
	for _, i := range b.items {
		out.Settled = max(out.Settled, i.settled.Sub(b.due).Seconds())
		if i.booked.Before(b.due) {
			out.Early++
		}
	}
	return out, err
}

func (r stormReport) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\tlast one after\tper second\tthe same in batches of %d\tratio\n", batchSize)
	line := func(title string, storm, baseline float64) {
		rate, base := float64(r.Storm.Disputes)/storm, float64(r.Baseline.Disputes)/baseline
		fmt.Fprintf(table, "%s\t%.1f s\t%.1f\t%.1f\t%.2f\n", title, storm, rate, base, rate/base)
	}
	line("settled", r.Storm.Settled, r.Baseline.Settled)
	line("closed, both parties notified", r.Storm.Ended, r.Baseline.Ended)
	_ = table.Flush()
	fmt.Fprintf(out, "settled before the deadline: %d\n", r.Baseline.Early+r.Storm.Early)
}
