package main

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
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

// TestSettled: a settlement ends when its step has answered, in every mode. The first answer counts, and each is told
// once.
func TestSettled(t *testing.T) {
	t.Parallel()
	seen := newMilestones()
	before := time.Now()
	steps := &steps{staging: &staging{mode: floor, seen: seen}}
	asked := activities.Settle{DisputeID: "d-1"}
	_, err := steps.ExecuteActivity(t.Context(), &interceptor.ExecuteActivityInput{Args: []any{asked}})
	require.NoError(t, err)
	after := time.Now()
	_, err = steps.ExecuteActivity(t.Context(), &interceptor.ExecuteActivityInput{Args: []any{asked}})
	require.NoError(t, err)
	at := take(t, seen)
	require.Len(t, at, 1)
	require.WithinRange(t, at["d-1"], before, after)
	require.Empty(t, take(t, seen))
}

func take(t *testing.T, seen *milestones) (at map[string]time.Time) {
	t.Helper()
	answer := httptest.NewRecorder()
	seen.takeSettled(answer, nil)
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &at))
	return at
}

// TestPatience: it grows with the disputes, and who loses it says what was awaited.
func TestPatience(t *testing.T) {
	t.Parallel()
	require.Equal(t, 2*time.Minute+25*time.Second, patience(sliceSize))
	require.Greater(t, patience(20_000), time.Hour)
	worker := httptest.NewServer(newMilestones())
	defer worker.Close()
	lane := &lane{mode: ours, address: worker.Listener.Addr().String(), reached: map[string]int{}}
	over, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	err := lane.await(over, waitsFor(dispute.WaitStatement), 3)
	require.ErrorContains(t, err, "ours: 3 more disputes were awaited: waits for statement: ")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
