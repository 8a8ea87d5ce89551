package main

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

func TestBatches(t *testing.T) {
	t.Parallel()
	for _, disputes := range []int{1, 124, 125, 126, 250, 1000, 1001} {
		sum := 0
		for _, size := range batches(disputes) {
			require.LessOrEqual(t, size, batchSize)
			require.Positive(t, size)
			sum += size
		}
		require.Equal(t, disputes, sum)
	}
}

// TestOrder: each mode follows each other one equally often.
func TestOrder(t *testing.T) {
	t.Parallel()
	after := map[[2]mode]int{}
	previous := order(7)[2]
	for n := range 8 {
		for _, m := range order(n) {
			after[[2]mode{previous, m}]++
			previous = m
		}
	}
	require.Equal(t, map[[2]mode]int{
		{ours, floor}: 4, {floor, ours}: 4, {ours, usual}: 4, {usual, ours}: 4, {floor, usual}: 4, {usual, floor}: 4,
	}, after)
}

func TestRepeated(t *testing.T) {
	t.Parallel()
	count := map[path]int{}
	for _, p := range repeated(mixes["mixed"], 100) {
		count[p]++
	}
	require.Equal(t, map[path]int{agreement: 60, silence: 30, arbitration: 10}, count)
}

// TestFlags: what cannot be measured is refused before anything starts.
func TestFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--path", "peace"}, {"--disputes", "0"}, {"--rounds", "0"}, {"storm", "--clients", "0"}, {"weight", "--many", "199"}, {"more"},
	} {
		command := newCommand()
		command.SetArgs(args)
		command.SetErr(io.Discard)
		require.Error(t, command.ExecuteContext(t.Context()), args)
	}
}

// TestShorten: the response window ends at the chosen instant, but not on every path, and other periods stay as they are.
func TestShorten(t *testing.T) {
	t.Parallel()
	opened := time.Unix(1_800_000_000, 0)
	weeks, due := opened.AddDate(0, 0, 30), opened.Add(window)
	shortened := func(id string, reminders bool) dispute.Deadline {
		deadline := dispute.Deadline{At: weeks}
		shorten(activities.Notification{Dispute: dispute.Dispute{ID: id, OpenedAt: opened}, Reminders: reminders}, &deadline)
		return deadline
	}
	require.True(t, shortened("agreement-1", true).At.Equal(weeks))
	require.True(t, shortened("silence-1", false).At.Equal(weeks), "another period")
	require.True(t, shortened("expiry-1", true).At.Equal(due))
	require.Empty(t, shortened("arbitration-1", true).Reminders)
	silent := shortened("silence-1", true)
	require.True(t, silent.At.Equal(due))
	require.Len(t, silent.Reminders, 2)
	require.True(t, silent.Reminders[0].At.Equal(due.Add(-2*interval)))
	require.True(t, silent.Reminders[1].At.Equal(due.Add(-interval)))
	shorten(activities.Notification{Dispute: dispute.Dispute{ID: "expiry-1"}}, nil)
}
