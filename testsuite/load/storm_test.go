package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStormReport: of a storm and of its calm the same is compared, the money with the money, the ends with the ends.
func TestStormReport(t *testing.T) {
	t.Parallel()
	calm := squall{disputes: 500, settled: 5 * time.Second, ended: 10 * time.Second, early: 1}
	all := squall{disputes: 5000, settled: 100 * time.Second, ended: 125 * time.Second, early: 2}
	r := newStormReport(stormPlan{Disputes: 5000}, calm, all)
	require.Equal(t, pace{After: 100, PerSecond: 50, Calm: 100, OfCalm: 0.5}, r.Settled)
	require.Equal(t, pace{After: 125, PerSecond: 40, Calm: 50, OfCalm: 0.8}, r.Ended)
	require.Equal(t, 3, r.Early)
}
