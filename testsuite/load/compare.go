package main

import (
	"context"
	"fmt"
	"io"
)

// comparison is what a plan has found.
type comparison struct {
	// Modes has the median of the rounds of each figure.
	Modes map[mode]figures `json:"modes"`
	// OfFloor and OfUsual are the disputes per second of ours, divided by those of the other mode.
	OfFloor ratio `json:"ofFloor"`
	OfUsual ratio `json:"ofUsual"`
}

// ratio compares ours with another mode: the median of the rounds, and each of them.
type ratio struct {
	Median float64   `json:"median"`
	Rounds []float64 `json:"rounds"`
}

// compare runs the plan in all modes, after a round of a few disputes that is not counted.
func (p *plan) compare(ctx context.Context, bed *testbed) (result, error) {
	warmUp := *p
	warmUp.Path, warmUp.Disputes = string(agreement), min(20, p.Disputes)
	if _, err := warmUp.round(ctx, bed, "warm-up"); err != nil {
		return nil, err
	}
	rounds := map[mode][]figures{}
	for n := range p.Rounds {
		fmt.Fprintf(bed.messages, "round %d of %d\n", n+1, p.Rounds)
		tallies, err := p.round(ctx, bed, fmt.Sprint(n))
		if err != nil {
			return nil, err
		}
		for m, tally := range tallies {
			rounds[m] = append(rounds[m], tally.figures())
		}
	}
	return newComparison(rounds), nil
}

// round runs the disputes of one round in all modes.
func (p *plan) round(ctx context.Context, bed *testbed, name string) (map[mode]*tally, error) {
	tallies := map[mode]*tally{ours: {}, floor: {}, usual: {}}
	for n, turn := range turns(p.Disputes, modes...) {
		paths := repeated(mixes[p.Path], turn.disputes)
		err := tallies[turn.mode].measure(ctx, bed.systems[turn.mode], fmt.Sprintf("%s-%d", name, n), paths, p.Clients)
		if err != nil {
			return nil, err
		}
	}
	return tallies, nil
}

func newComparison(rounds map[mode][]figures) comparison {
	c := comparison{Modes: map[mode]figures{}, OfFloor: ratioTo(floor, rounds), OfUsual: ratioTo(usual, rounds)}
	for _, m := range modes {
		c.Modes[m] = medians(rounds[m])
	}
	return c
}

func ratioTo(other mode, rounds map[mode][]figures) (r ratio) {
	for n := range rounds[ours] {
		r.Rounds = append(r.Rounds, rounds[ours][n][perSecond]/rounds[other][n][perSecond])
	}
	r.Median = median(r.Rounds)
	return r
}

func (c comparison) print(out io.Writer) {
	printTable(out, []string{string(ours), string(floor), string(usual)}, c.Modes[ours], c.Modes[floor], c.Modes[usual])
	fmt.Fprintf(out, "\nours / floor  %.2f  %.2f\nours / usual  %.2f  %.2f\n",
		c.OfFloor.Median, c.OfFloor.Rounds, c.OfUsual.Median, c.OfUsual.Rounds)
}
