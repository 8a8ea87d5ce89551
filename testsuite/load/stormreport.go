package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// stormReport is what a storm has shown. Times are in seconds.
type stormReport struct {
	stormPlan
	// Settled is how long after the deadline the last dispute was settled, Ended until both parties of all knew.
	Settled float64 `json:"settledAfter"`
	Ended   float64 `json:"endedAfter"`
	// PerSecond is how many were settled in a second, Calm how many of the same in slices, OfCalm the ratio.
	PerSecond float64 `json:"settledPerSecond"`
	Calm      float64 `json:"calmPerSecond"`
	OfCalm    float64 `json:"ofCalm"`
	// Early were settled before their deadline.
	Early int `json:"early"`
	// CPU is whose processor time it took from the deadline to the end.
	CPU cpuShares `json:"cpu"`
}

func (r stormReport) print(out io.Writer) {
	fmt.Fprintf(out, "%d disputes with one deadline, %d clients\n\n", r.Disputes, r.Clients)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "last one settled after\t%.1f s\n", r.Settled)
	fmt.Fprintf(table, "last one closed, its parties told\t%.1f s\n", r.Ended)
	fmt.Fprintf(table, "settled per second\t%.1f\n", r.PerSecond)
	fmt.Fprintf(table, "the same in slices of %d\t%.1f\n", sliceSize, r.Calm)
	fmt.Fprintf(table, "ratio\t%.2f\n", r.OfCalm)
	fmt.Fprintf(table, "missed / early\t0 / %d\n", r.Early)
	_ = table.Flush()
	var total float64
	for _, seconds := range r.CPU {
		total += seconds
	}
	fmt.Fprintf(out, "\nProcessor time from the deadline to the end: %.1f s\n", total)
	for _, share := range shares {
		fmt.Fprintf(table, "%s\t%.1f s\t%.0f %%\n", share, r.CPU[share], 100*r.CPU[share]/total)
	}
	_ = table.Flush()
}
