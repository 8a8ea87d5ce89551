package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQuantile(t *testing.T) {
	t.Parallel()
	var hundred []time.Duration
	for n := range 100 {
		hundred = append(hundred, time.Duration(100-n)*time.Millisecond)
	}
	require.Equal(t, 50*time.Millisecond, quantile(hundred, 0.50))
	require.Equal(t, 95*time.Millisecond, quantile(hundred, 0.95))
	require.Equal(t, 99*time.Millisecond, quantile(hundred, 0.99))
	require.Equal(t, 100*time.Millisecond, hundred[0], "what is measured stays in its order")
	one := []time.Duration{7}
	require.Equal(t, time.Duration(7), quantile(one, 0.01))
	require.Equal(t, time.Duration(7), quantile(one, 0.99))
	require.Equal(t, time.Duration(2), quantile([]time.Duration{3, 1, 2}, 0.5))
}

func TestMedians(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 2, median([]float64{3, 1, 2}), 0)
	require.InDelta(t, 2.5, median([]float64{4, 1, 2, 3}), 0)
	rounds := []figures{{perSecond: 10, events: 24}, {perSecond: 30, events: 24}, {perSecond: 20, events: 30, toSettled + "P50": 5}}
	require.Equal(t, figures{perSecond: 20, events: 24, toSettled + "P50": 5}, medians(rounds))
	require.Equal(t, []float64{0.5, 2}, ratios([]figures{{perSecond: 10}, {perSecond: 20}}, []figures{{perSecond: 20}, {perSecond: 10}}, perSecond))
}

// TestTally: the figures of a mode are those of all its slices.
func TestTally(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_800_000_000, 0)
	quick := &item{open: at, opened: at.Add(10 * time.Millisecond), outcome: outcome{events: 24, bytes: 6000}}
	slow := &item{
		open: at, opened: at.Add(30 * time.Millisecond), agree: at.Add(time.Second), // the quick one does not agree
		outcome: outcome{events: 30, bytes: 8000, notified: at.Add(20 * time.Millisecond), settled: at.Add(1500 * time.Millisecond)},
	}
	all := &tally{}
	all.add(&slice{items: []*item{quick}, busy: time.Second}, usage{worker: 2 * time.Second, memory: 50e6, calls: 8})
	all.add(&slice{items: []*item{slow}, busy: 3 * time.Second}, usage{worker: time.Second, temporal: 4 * time.Second, memory: 40e6, calls: 6})
	got := all.figures()
	want := figures{
		perSecond: 0.5, events: 27, historyBytes: 7000, calls: 7, workerCPU: 1500, temporalCPU: 2000, clientsCPU: 0, workerMemory: 50,
		toAnswered + "P50": 10, toAnswered + "P95": 30, toAnswered + "P99": 30,
		toNotified + "P50": 20, toNotified + "P95": 20, toNotified + "P99": 20,
		toSettled + "P50": 500, toSettled + "P95": 500, toSettled + "P99": 500,
	}
	require.Len(t, got, len(want))
	for name, value := range want {
		require.InDelta(t, value, got[name], 1e-9, name)
	}
}
