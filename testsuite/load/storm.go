package main

import (
	"context"
	"fmt"
	"time"
)

// stormPlan is what a storm runs.
type stormPlan struct {
	Disputes int `json:"disputes"`
	Clients  int `json:"clients"`
}

// calmSlices is how many slices of the same disputes come in calm weather. The deadline of each is a beat after its
// opening.
const calmSlices = 4

// warmUp is how many disputes run before anything is measured.
func (p stormPlan) warmUp() int { return min(sliceSize, p.Disputes) }

func (p stormPlan) ticks() int {
	return 2 * (p.warmUp() + min(calmSlices*sliceSize, p.Disputes) + p.Disputes)
}

// squall is how many disputes went whose deadlines were one instant.
type squall struct {
	disputes int
	// opening is how long it took to open them; settled is how long after the deadline the last one was settled,
	// and ended until the last run ended.
	opening, settled, ended time.Duration
	// early were settled before the deadline.
	early int
	// spent is whose processor time it took from the deadline to the end.
	spent cpuShares
}

func (q squall) settledPerSecond() float64 { return float64(q.disputes) / q.settled.Seconds() }

func (q squall) endedPerSecond() float64 { return float64(q.disputes) / q.ended.Seconds() }

// storm measures the same deadlines in slices, and then all at once.
func (p stormPlan) storm(ctx context.Context, s *stage, tick func()) (result, error) {
	if _, err := s.blow(ctx, "warm-up", p.warmUp(), p.Clients, beat, tick); err != nil {
		return nil, err
	}
	var calm squall
	for n, turn := range turns(min(calmSlices*sliceSize, p.Disputes), []mode{ours}) {
		q, err := s.blow(ctx, fmt.Sprint("calm-", n), turn.disputes, p.Clients, beat, tick)
		if err != nil {
			return nil, err
		}
		calm.disputes += q.disputes
		calm.opening += q.opening
		calm.settled += q.settled
		calm.ended += q.ended
		calm.early += q.early
	}
	// Half as long again as the openings will take, by those in the calm.
	lead := calm.opening*time.Duration(p.Disputes)/time.Duration(calm.disputes)*3/2 + beat
	q, err := s.blow(ctx, "all", p.Disputes, p.Clients, lead, tick)
	if err != nil {
		return nil, err
	}
	return newStormReport(p, calm, q), nil
}

// blow opens disputes whose deadlines are one instant, and waits for it and for their end. A dispute that is missed
// is an error.
func (s *stage) blow(ctx context.Context, name string, disputes, clients int, lead time.Duration, tick func()) (q squall, err error) {
	lane := s.lanes[ours]
	slice, err := lane.newSlice(ctx, name, paths([]path{storm}, disputes), clients, tick)
	if err != nil {
		return q, err
	}
	slice.due = time.Now().Add(lead)
	if err := slice.timed(ctx, slice.openAll); err != nil {
		return q, err
	}
	q = squall{disputes: disputes, opening: slice.busy}
	if err := pause(ctx, time.Until(slice.due)); err != nil {
		return q, err
	}
	q.spent, err = s.spend(ctx, lane, func() error {
		err := slice.atInstant(ctx, slice.due, ended, disputes)
		q.ended = time.Since(slice.due)
		return err
	})
	if err != nil {
		return q, err
	}
	if err := slice.find(ctx); err != nil {
		return q, err
	}
	for _, i := range slice.items {
		q.settled = max(q.settled, i.settled.Sub(slice.due))
		if i.booked.Before(slice.due) {
			q.early++
		}
	}
	return q, nil
}
