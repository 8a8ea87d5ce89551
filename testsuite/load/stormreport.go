package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// stormReport is what a storm has shown.
type stormReport struct {
	stormPlan
	// Settled is about the money of all disputes, Ended about their runs: until both parties of all knew.
	Settled pace `json:"settled"`
	Ended   pace `json:"ended"`
	// Early were settled before their deadline.
	Early int `json:"early"`
	// CPU is whose processor time it took from the deadline to the end.
	CPU cpuShares `json:"cpu"`
}

// pace is how fast all disputes came to a point.
type pace struct {
	// After is how many seconds after the deadline the last one came.
	After float64 `json:"after"`
	// PerSecond is how many came in a second, Calm how many of the same in slices, OfCalm the ratio.
	PerSecond float64 `json:"perSecond"`
	Calm      float64 `json:"calmPerSecond"`
	OfCalm    float64 `json:"ofCalm"`
}

func newStormReport(p stormPlan, calm, all squall) stormReport {
	return stormReport{
		stormPlan: p, Early: calm.early + all.early, CPU: all.spent,
		Settled: newPace(all.settled.Seconds(), all.settledPerSecond(), calm.settledPerSecond()),
		Ended:   newPace(all.ended.Seconds(), all.endedPerSecond(), calm.endedPerSecond()),
	}
}

func newPace(after, perSecond, calm float64) pace {
	return pace{After: after, PerSecond: perSecond, Calm: calm, OfCalm: perSecond / calm}
}

func (r stormReport) print(out io.Writer) {
	fmt.Fprintf(out, "%d disputes with one deadline, %d clients\n\n", r.Disputes, r.Clients)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\tlast one after\tper second\tthe same in slices of %d\tratio\n", sliceSize)
	for _, line := range []struct {
		title string
		pace
	}{{"settled", r.Settled}, {"closed, both parties told", r.Ended}} {
		fmt.Fprintf(table, "%s\t%.1f s\t%.1f\t%.1f\t%.2f\n", line.title, line.After, line.PerSecond, line.Calm, line.OfCalm)
	}
	_ = table.Flush()
	fmt.Fprintf(out, "settled before the deadline: %d (one that is never settled ends the measurement with an error)\n", r.Early)
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
