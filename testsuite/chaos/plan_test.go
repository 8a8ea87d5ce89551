package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSameSeedSamePlan(t *testing.T) {
	t.Parallel()
	plan := newPlan(7, 1000, 5*time.Minute)
	require.Equal(t, plan, newPlan(7, 1000, 5*time.Minute))
	require.Equal(t, "c475782bea85", plan.fingerprint(), "another build makes the same plan of a seed")
	other := newPlan(8, 1000, 5*time.Minute)
	require.NotEqual(t, plan.fingerprint(), other.fingerprint())
}

// TestPlan: all kinds of faults happen, the faults of a target never overlap, and all paths are taken.
func TestPlan(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		plan := newPlan(seed, 1000, 5*time.Minute)
		taken, failed := map[int]bool{}, map[kind]bool{}
		for _, opening := range plan.openings {
			taken[opening.path] = true
			require.Less(t, opening.at, plan.length*3/4)
		}
		require.Len(t, taken, len(paths))
		back := map[target]time.Duration{}
		for _, fault := range plan.faults {
			failed[fault.kind] = true
			require.Greater(t, fault.at, back[fault.target])
			require.Positive(t, fault.down)
			require.Less(t, fault.at, plan.length*17/20)
			back[fault.target] = fault.at + fault.down
		}
		require.Len(t, failed, len(kinds))
		require.Len(t, back, len(targets))
	}
}
