package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"
)

// The names of figures. Those of latencies are followed by a quantile.
const (
	perSecond     = "disputes/s"
	toAnswered    = "open → answered, ms"
	toNotified    = "open → merchant notified, ms"
	toSettled     = "agreement → settled, ms"
	historyEvents = "history events"
	historyBytes  = "history bytes"
)

// quantiles are those of each latency.
var quantiles = []struct {
	name string
	part float64
}{{" p50", 0.50}, {" p95", 0.95}, {" p99", 0.99}}

// names are the figures in the order in which they are printed.
var names = slices.Concat([]string{perSecond}, quantilesOf(toAnswered), quantilesOf(toNotified), quantilesOf(toSettled),
	[]string{historyEvents, historyBytes})

func quantilesOf(latency string) (figures []string) {
	for _, q := range quantiles {
		figures = append(figures, latency+q.name)
	}
	return figures
}

// figures are what was measured, by name. Where something was not measured, its figure is missing.
type figures map[string]float64

// tally adds up the batches of a mode in a round.
type tally struct {
	items []*item
	busy  time.Duration
}

// measure runs a batch and adds it.
func (t *tally) measure(ctx context.Context, s *system, name string, paths []path, clients int) error {
	b, err := s.newBatch(ctx, name, paths, clients)
	if err != nil {
		return err
	}
	if err := b.run(ctx); err != nil {
		return err
	}
	t.items, t.busy = append(t.items, b.items...), t.busy+b.busy
	return b.inspect(ctx)
}

func (t *tally) figures() figures {
	count := float64(len(t.items))
	var events, bytes int64
	latencies := map[string][]time.Duration{}
	for _, i := range t.items {
		events, bytes = events+i.events, bytes+i.bytes
		latencies[toAnswered] = append(latencies[toAnswered], i.openDone.Sub(i.openCalled))
		latencies[toNotified] = append(latencies[toNotified], i.notified.Sub(i.openCalled))
		if !i.agreeCalled.IsZero() {
			latencies[toSettled] = append(latencies[toSettled], i.settled.Sub(i.agreeCalled))
		}
	}
	f := figures{perSecond: count / t.busy.Seconds(), historyEvents: float64(events) / count, historyBytes: float64(bytes) / count}
	for name, durations := range latencies {
		for _, q := range quantiles {
			f[name+q.name] = milliseconds(quantile(durations, q.part))
		}
	}
	return f
}

func milliseconds(d time.Duration) float64 { return 1000 * d.Seconds() }

// quantile returns the smallest of the durations that is not exceeded by this part of all (nearest rank).
func quantile(durations []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(durations))
	rank := int(math.Ceil(part * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// medians returns the median of each figure over the rounds.
func medians(rounds []figures) figures {
	out := figures{}
	for name := range rounds[0] {
		var values []float64
		for _, round := range rounds {
			values = append(values, round[name])
		}
		out[name] = median(values)
	}
	return out
}

// printTable prints figures side by side, under headings.
func printTable(out io.Writer, headings []string, columns ...figures) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, heading := range headings {
		fmt.Fprintf(table, "\t%s", heading)
	}
	fmt.Fprintln(table)
	for _, name := range names {
		if _, found := columns[0][name]; !found {
			continue
		}
		fmt.Fprint(table, name)
		for _, column := range columns {
			fmt.Fprintf(table, "\t%.1f", column[name])
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
}
