package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
)

// weightReport is what was measured beside few and beside many open disputes.
type weightReport struct {
	BesideFew  figures `json:"besideFew"`
	BesideMany figures `json:"besideMany"`
	// Memory is that of worker, clients and mail server beside many, in MB.
	Memory float64 `json:"memory"`
}

// weigh measures new disputes beside open ones.
func (p *plan) weigh(ctx context.Context, bed *testbed) (result, error) {
	s := bed.systems[ours]
	var beside []figures
	open := 0
	for _, target := range []int{p.Few, p.Many} {
		for open < target {
			more := min(500, target-open)
			b, err := s.newBatch(ctx, fmt.Sprint("open-", open), repeated([]path{agreement}, more), p.Clients)
			if err != nil {
				return nil, err
			}
			if err := b.open(ctx); err != nil {
				return nil, err
			}
			open += more
			fmt.Fprintf(bed.messages, "%d of %d disputes are open\n", open, p.Many)
		}
		tally := &tally{}
		for n, size := range batches(p.Disputes) {
			name := fmt.Sprintf("beside-%d-%d", target, n)
			if err := tally.measure(ctx, s, name, repeated([]path{agreement}, size), p.Clients); err != nil {
				return nil, err
			}
		}
		beside = append(beside, tally.figures())
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return weightReport{BesideFew: beside[0], BesideMany: beside[1], Memory: float64(memory.Sys-memory.HeapReleased) / 1e6}, nil
}

func (r weightReport) print(out io.Writer) {
	printTable(out, []string{"beside few", "beside many"}, r.BesideFew, r.BesideMany)
	p95 := toNotified + quantiles[1].name
	fmt.Fprintf(out, "\n%s, many / few: %.2f\nmemory of worker, clients and mail server beside many: %.0f MB\n",
		p95, r.BesideMany[p95]/r.BesideFew[p95], r.Memory)
}
