package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTurns: all disputes of all modes are run, in slices that are small, and each mode comes as often after each other one.
func TestTurns(t *testing.T) {
	t.Parallel()
	for _, disputes := range []int{1, 124, 125, 126, 250, 1000, 1001} {
		run, after := map[mode]int{}, map[[2]mode]int{}
		round := turns(disputes, modes)
		for n, turn := range round {
			require.LessOrEqual(t, turn.disputes, sliceSize)
			require.Positive(t, turn.disputes)
			run[turn.mode] += turn.disputes
			after[[2]mode{round[(n+len(round)-1)%len(round)].mode, turn.mode}]++
		}
		require.Equal(t, map[mode]int{ours: disputes, floor: disputes, usual: disputes}, run)
		if slices := len(round) / len(modes); slices%2 == 0 {
			for _, pair := range [][2]mode{{ours, floor}, {floor, ours}, {ours, usual}, {usual, ours}, {floor, usual}, {usual, floor}} {
				require.Equal(t, slices/2, after[pair], pair)
			}
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	count := map[path]int{}
	for _, p := range paths(mixes["mixed"], 100) {
		count[p]++
	}
	require.Equal(t, map[path]int{agreement: 60, silence: 30, arbitration: 10}, count)
	for _, mix := range mixes {
		require.Len(t, mix, 10)
		for _, p := range mix {
			require.Equal(t, p, pathOf(string(p)+"-1-2"))
			require.NotEmpty(t, endings[p])
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	require.NoError(t, plan{Path: "mixed", Disputes: 1, Clients: 1, Rounds: 1}.check())
	require.EqualError(t, plan{Path: "peace", Disputes: 1, Clients: 1, Rounds: 1}.check(),
		`--path is "peace"; allowed are agreement, arbitration, mixed, silence`)
	require.EqualError(t, plan{Path: "mixed", Disputes: 1}.check(), "--clients is 0; at least 1 is needed\n--rounds is 0; at least 1 is needed")
}
