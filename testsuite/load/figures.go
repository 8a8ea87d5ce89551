package main

import (
	"math"
	"slices"
	"time"
)

// figure is the name of something measured.
type figure string

// The figures of a mode. Latencies are in milliseconds, CPU in milliseconds per dispute, memory in MB.
const (
	perSecond    figure = "disputesPerSecond"
	toAnswered   figure = "openToAnswered"
	toNotified   figure = "openToNotified"
	toSettled    figure = "agreementToSettled"
	events       figure = "historyEvents"
	historyBytes figure = "historyBytes"
	calls        figure = "ledgerCalls"
	transactions figure = "ledgerTransactions"
	workerCPU    figure = "workerCPU"
	temporalCPU  figure = "temporalCPU"
	clientsCPU   figure = "clientsAndMailServerCPU"
	workerMemory figure = "workerMemory"
)

// figures are what was measured, by name. What a mode cannot show is not in it.
type figures map[figure]float64

// quantiles are those of a latency, by the ending of their figure.
var quantiles = []struct {
	name figure
	part float64
}{{"P50", 0.50}, {"P95", 0.95}, {"P99", 0.99}}

// latency adds the quantiles of durations, in milliseconds. Without durations there are none.
func (f figures) latency(name figure, durations []time.Duration) {
	if len(durations) == 0 {
		return
	}
	for _, q := range quantiles {
		f[name+q.name] = milliseconds(quantile(durations, q.part))
	}
}

// quantile is the smallest duration that at least this part of all does not exceed (nearest rank).
func quantile(durations []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(durations))
	rank := int(math.Ceil(part * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

// median is the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// medians takes the median of each figure over the rounds that have it.
func medians(rounds []figures) figures {
	values := map[figure][]float64{}
	for _, round := range rounds {
		for name, value := range round {
			values[name] = append(values[name], value)
		}
	}
	out := figures{}
	for name, all := range values {
		out[name] = median(all)
	}
	return out
}

// ratios divides a figure of each round by another mode's in the same round.
func ratios(of, by []figures, name figure) []float64 {
	out := make([]float64, len(of))
	for i := range of {
		out[i] = of[i][name] / by[i][name]
	}
	return out
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
