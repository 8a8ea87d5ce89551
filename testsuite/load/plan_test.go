package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTurns: all disputes of all modes are run, in slices that are small, and no mode is always the first.
func TestTurns(t *testing.T) {
	t.Parallel()
	for _, disputes := range []int{1, 124, 125, 126, 250, 1000, 1001} {
		run, first := map[mode]int{}, map[mode]int{}
		for n, turn := range turns(disputes, modes) {
			require.LessOrEqual(t, turn.disputes, sliceSize)
			require.Positive(t, turn.disputes)
			run[turn.mode] += turn.disputes
			if n%len(modes) == 0 {
				first[turn.mode]++
			}
		}
		require.Equal(t, map[mode]int{ours: disputes, floor: disputes, usual: disputes}, run)
		if disputes > 2*sliceSize {
			require.Len(t, first, len(modes))
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
