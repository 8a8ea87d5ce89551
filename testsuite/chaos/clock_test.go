package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestClock: hours pass in the seconds of a long outage, and timers end with them.
func TestClock(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_800_000_000, 0)
	second := func(n float64) time.Time { return start.Add(time.Duration(n * float64(time.Second))) }
	c := &clock{
		Start: start, Hurries: []stretch{{At: 10 * time.Second, Length: 2 * time.Second}, {At: 20 * time.Second, Length: time.Second}},
	}
	require.Equal(t, second(9), c.of(second(9)))
	require.Equal(t, second(10+3600), c.of(second(11)))
	require.Equal(t, second(10+7200+8), c.of(second(20)))
	require.Equal(t, second(30+3*3599), c.of(second(30)))
	for n := range 3000 {
		to := second(float64(n) * 7.3)
		length := c.until(second(5), to)
		require.False(t, c.of(second(5).Add(length)).Before(to), to)
		if length > 0 {
			require.True(t, c.of(second(5).Add(length-1)).Before(to.Add(hurry)), to)
		}
	}
	skewed := &clock{Start: time.Now(), Skews: []stretch{{Length: time.Hour, Skew: -time.Minute}}}
	require.True(t, skewed.skewed().Before(skewed.now()))
}
