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
	// Ratios are the disputes per second of ours divided by those of another mode, in each round.
	Ratios map[mode][]float64 `json:"ratios"`
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
	for n, size := range batches(p.Disputes) {
		for _, m := range order(n) {
			err := tallies[m].measure(ctx, bed.systems[m], fmt.Sprintf("%s-%d", name, n), repeated(mixes[p.Path], size), p.Clients)
			if err != nil {
				return nil, err
			}
		}
	}
	return tallies, nil
}

// order returns the order of the modes in a batch. Temporal still works on what one mode has left behind when the next one
// begins, so each mode follows each of the others equally often.
func order(batch int) []mode {
	if batch%2 == 0 {
		return []mode{ours, floor, usual}
	}
	return []mode{ours, usual, floor}
}

func newComparison(rounds map[mode][]figures) comparison {
	c := comparison{Modes: map[mode]figures{}, Ratios: map[mode][]float64{}}
	for _, m := range modes {
		c.Modes[m] = medians(rounds[m])
		for n, round := range rounds[ours] {
			c.Ratios[m] = append(c.Ratios[m], round[perSecond]/rounds[m][n][perSecond])
		}
	}
	return c
}

func (c comparison) print(out io.Writer) {
	printTable(out, []string{string(ours), string(floor), string(usual)}, c.Modes[ours], c.Modes[floor], c.Modes[usual])
	fmt.Fprintln(out)
	for _, m := range []mode{floor, usual} {
		fmt.Fprintf(out, "ours / %s  %.2f  %.2f\n", m, median(c.Ratios[m]), c.Ratios[m])
	}
}
