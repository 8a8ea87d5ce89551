package main

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestTurns: all disputes of all modes run, in small batches, and each mode follows each other one equally often.
func TestTurns(t *testing.T) {
	t.Parallel()
	for _, disputes := range []int{1, 124, 125, 126, 250, 1000, 1001} {
		run, after := map[mode]int{}, map[[2]mode]int{}
		round := turns(disputes, modes...)
		for n, turn := range round {
			require.LessOrEqual(t, turn.disputes, batchSize)
			require.Positive(t, turn.disputes)
			run[turn.mode] += turn.disputes
			after[[2]mode{round[(n+len(round)-1)%len(round)].mode, turn.mode}]++
		}
		require.Equal(t, map[mode]int{ours: disputes, floor: disputes, usual: disputes}, run)
		if batches := len(round) / len(modes); batches%2 == 0 {
			for _, pair := range [][2]mode{{ours, floor}, {floor, ours}, {ours, usual}, {usual, ours}, {floor, usual}, {usual, floor}} {
				require.Equal(t, batches/2, after[pair], pair)
			}
		}
	}
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
