package main

import (
	"context"
	"fmt"
	"time"
)

// comparison is what a plan has shown: per mode the figures of each round.
type comparison struct {
	plan   plan
	rounds map[mode][]figures
}

// warmUp is what each mode runs before anything is measured.
func (p plan) warmUp() plan {
	p.Path, p.Disputes = string(agreement), min(20, p.Disputes)
	return p
}

// compare runs the plan in all modes.
func (p plan) compare(ctx context.Context, s *stage, tick func()) (result, error) {
	c := comparison{plan: p, rounds: map[mode][]figures{}}
	for round := range p.Rounds + 1 {
		tallies := map[mode]*tally{}
		part := p
		if round == 0 {
			part = p.warmUp()
		}
		for n, turn := range turns(part.Disputes, modes) {
			if tallies[turn.mode] == nil {
				tallies[turn.mode] = &tally{}
			}
			name := fmt.Sprintf("%d-%d", round, n)
			if err := s.take(ctx, part, turn, name, tallies[turn.mode], tick); err != nil {
				return nil, err
			}
		}
		if round == 0 {
			continue
		}
		for m, tally := range tallies {
			c.rounds[m] = append(c.rounds[m], tally.figures())
		}
	}
	if err := s.addTransactions(ctx, c, tick); err != nil {
		return nil, err
	}
	return newReport(c), nil
}

// ticks is how often compare ticks.
func (p plan) ticks() int {
	return 2 * len(modes) * (p.Rounds*p.Disputes + p.warmUp().Disputes + p.counted())
}

// take runs one slice and adds it to its mode's tally.
func (s *stage) take(ctx context.Context, p plan, turn turn, name string, into *tally, tick func()) error {
	lane := s.lanes[turn.mode]
	slice, err := lane.newSlice(ctx, name, paths(mixes[p.Path], turn.disputes), p.Clients, tick)
	if err != nil {
		return err
	}
	before, err := s.use(ctx, lane)
	if err != nil {
		return err
	}
	if err := slice.play(ctx); err != nil {
		return err
	}
	after, err := s.use(ctx, lane)
	if err != nil {
		return err
	}
	if err := slice.find(ctx); err != nil {
		return err
	}
	into.add(slice, after.minus(before))
	return nil
}

// tally adds up the slices of a mode in a round.
type tally struct {
	items []*item
	busy  time.Duration
	used  usage
}

func (t *tally) add(s *slice, used usage) {
	t.items = append(t.items, s.items...)
	t.busy += s.busy
	t.used.worker += used.worker
	t.used.temporal += used.temporal
	t.used.here += used.here
	t.used.calls += used.calls
	t.used.memory = max(t.used.memory, used.memory)
}

func (t *tally) figures() figures {
	count := float64(len(t.items))
	f := figures{
		perSecond: count / t.busy.Seconds(), calls: t.used.calls / count,
		workerCPU: milliseconds(t.used.worker) / count, temporalCPU: milliseconds(t.used.temporal) / count,
		clientsCPU: milliseconds(t.used.here) / count, workerMemory: t.used.memory / 1e6,
	}
	var toAnswer, toNotice, toSettlement []time.Duration
	for _, i := range t.items {
		f[events] += float64(i.events) / count
		f[historyBytes] += float64(i.bytes) / count
		toAnswer = append(toAnswer, i.opened.Sub(i.open))
		if !i.notified.IsZero() {
			toNotice = append(toNotice, i.notified.Sub(i.open))
		}
		if !i.agree.IsZero() {
			toSettlement = append(toSettlement, i.settled.Sub(i.agree))
		}
	}
	f.latency(toAnswered, toAnswer)
	f.latency(toNotified, toNotice)
	f.latency(toSettled, toSettlement)
	return f
}
