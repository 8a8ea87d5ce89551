package main

import (
	"context"
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
	require.Equal(t, 100*time.Millisecond, hundred[0], "the order of the durations has changed")
	one := []time.Duration{7}
	require.Equal(t, time.Duration(7), quantile(one, 0.01))
	require.Equal(t, time.Duration(7), quantile(one, 0.99))
	require.Equal(t, time.Duration(2), quantile([]time.Duration{3, 1, 2}, 0.5))
}

// TestComparison: figures are the medians of the rounds, and every round has its ratios.
func TestComparison(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 2, median([]float64{3, 1, 2}), 0)
	require.InDelta(t, 2.5, median([]float64{4, 1, 2, 3}), 0)
	rounds := func(values ...float64) (out []figures) {
		for _, value := range values {
			out = append(out, figures{perSecond: value})
		}
		return out
	}
	c := newComparison(map[mode][]figures{ours: rounds(10, 30, 20), floor: rounds(20, 40, 20), usual: rounds(5, 10, 10)})
	require.Equal(t, map[mode]figures{ours: {perSecond: 20}, floor: {perSecond: 20}, usual: {perSecond: 10}}, c.Modes)
	require.Equal(t, map[mode][]float64{ours: {1, 1, 1}, floor: {0.5, 0.75, 1}, usual: {2, 3, 2}}, c.Ratios)
}

// TestTally: the figures of a mode are those of all its batches.
func TestTally(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_800_000_000, 0)
	after := func(milliseconds int) time.Time { return at.Add(time.Duration(milliseconds) * time.Millisecond) }
	all := &tally{busy: 4 * time.Second, items: []*item{
		{openCalled: at, openDone: after(10), notified: after(20), events: 24, bytes: 6000}, // does not agree
		{openCalled: at, openDone: after(30), notified: after(40), agreeCalled: after(1000), settled: after(1500), events: 30, bytes: 8000},
	}}
	want := figures{
		perSecond: 0.5, historyEvents: 27, historyBytes: 7000,
		toAnswered + " p50": 10, toAnswered + " p95": 30, toAnswered + " p99": 30,
		toNotified + " p50": 20, toNotified + " p95": 40, toNotified + " p99": 40,
		toSettled + " p50": 500, toSettled + " p95": 500, toSettled + " p99": 500,
	}
	require.InDeltaMapValues(t, want, all.figures(), 1e-9)
}

// TestProgress: a dispute counts once for each milestone, with its first instant.
func TestProgress(t *testing.T) {
	t.Parallel()
	p := &progress{}
	p.restart()
	reached := make(chan error)
	go func() { reached <- p.await(t.Context(), silence, ended, 2) }()
	p.report(ended, "silence-1")
	first := p.at(ended, "silence-1")
	p.report(ended, "silence-1")
	p.report(settled, "silence-2")
	p.report(ended, "expiry-3")
	require.Equal(t, first, p.at(ended, "silence-1"))
	require.Zero(t, p.at(ended, "silence-2"))
	p.report(ended, "silence-2")
	require.NoError(t, <-reached)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, p.await(canceled, silence, ended, 3), "2 of 3 disputes are ended")
	p.restart()
	require.Zero(t, p.at(ended, "silence-1"))
}
