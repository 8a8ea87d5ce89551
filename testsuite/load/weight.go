package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
)

// weightPlan is what a weighing runs.
type weightPlan struct {
	// Few and Many are how many disputes are open while new ones are measured.
	Few  int `json:"few"`
	Many int `json:"many"`
	// Probe is how many new ones are measured each time, in as many rounds as there are.
	Probe   int `json:"probe"`
	Rounds  int `json:"rounds"`
	Clients int `json:"clients"`
}

// chunk is how many disputes are opened before their mails are forgotten.
const chunk = 500

func (p weightPlan) ticks() int { return p.Many + 4*p.Probe*p.Rounds }

// weighing is what was measured with so many open disputes.
type weighing struct {
	Open    int     `json:"open"`
	Figures figures `json:"figures"`
}

// weightReport is what a weighing has shown.
type weightReport struct {
	weightPlan
	Weighings []weighing `json:"weighings"`
	// Ratio is open → notified at p95, with many against few.
	Ratio float64 `json:"ratio"`
}

// weigh measures new disputes beside a few open ones, and beside many.
func (p weightPlan) weigh(ctx context.Context, s *stage, tick func()) (result, error) {
	r := weightReport{weightPlan: p}
	open := 0
	for _, target := range []int{p.Few, p.Many} {
		for open < target {
			more := min(chunk, target-open)
			slice, err := s.lanes[ours].newSlice(ctx, fmt.Sprint("open-", open), paths([]path{agreement}, more), p.Clients, tick)
			if err != nil {
				return nil, err
			}
			if err := slice.timed(ctx, slice.openAll); err != nil {
				return nil, err
			}
			open += more
		}
		probed, err := s.probe(ctx, p, target, tick)
		if err != nil {
			return nil, err
		}
		r.Weighings = append(r.Weighings, weighing{Open: target, Figures: probed})
	}
	r.Ratio = r.Weighings[1].Figures[toNotified+"P95"] / r.Weighings[0].Figures[toNotified+"P95"]
	return r, nil
}

// probe opens and settles new disputes.
func (s *stage) probe(ctx context.Context, p weightPlan, open int, tick func()) (figures, error) {
	var rounds []figures
	for round := range p.Rounds {
		tally := &tally{}
		for n, turn := range turns(p.Probe, []mode{ours}) {
			err := s.take(ctx, plan{Path: "agreement", Clients: p.Clients}, turn, fmt.Sprintf("probe-%d-%d-%d", open, round, n), tally, tick)
			if err != nil {
				return nil, err
			}
		}
		rounds = append(rounds, tally.figures())
	}
	return medians(rounds), nil
}

func (r weightReport) print(out io.Writer) {
	fmt.Fprintf(out, "New disputes beside open ones: median of %d rounds of %d, %d clients\n\n", r.Rounds, r.Probe, r.Clients)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "open disputes\t%d\t%d\n", r.Few, r.Many)
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\n", row.title, r.Weighings[0].Figures.cell(row.figures), r.Weighings[1].Figures.cell(row.figures))
	}
	_ = table.Flush()
	fmt.Fprintf(out, "\nopen → notified at p95, many / few  %.2f\n", r.Ratio)
}
