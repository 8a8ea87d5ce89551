package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAwait: a dispute counts once for each milestone, however often it comes by.
func TestAwait(t *testing.T) {
	t.Parallel()
	seen := newMilestones()
	reached := make(chan error)
	go func() { reached <- seen.await(t.Context(), ended, 2) }()
	seen.add(ended, "d-1")
	seen.add(ended, "d-1")
	seen.add("told opened", "d-2")
	count, _ := seen.count(ended)
	require.Equal(t, 1, count)
	seen.add(ended, "d-2")
	require.NoError(t, <-reached)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, seen.await(over, ended, 3), "2 of 3: ended")
}
