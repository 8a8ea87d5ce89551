package replay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestDroppedMessageIsAwaited: the message of a moved deadline that the next move drops while the mail server already has it
// arrives before the next one, and the timeline says that it was sent.
func TestDroppedMessageIsAwaited(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "dropped-message")
	e.driveTo(dispute.WaitAgreement)
	first := e.hold(dispute.OccasionDeadlineMoved)
	e.move(time.Now().Add(60 * time.Hour))
	<-first.held
	e.move(time.Now().Add(90 * time.Hour))
	require.Eventually(t, func() bool { // once the first was dropped, the second must not be under way
		described, err := e.Temporal.DescribeWorkflow(t.Context(), workflows.WorkflowID(e.dispute.ID), "")
		require.NoError(t, err)
		run := described.RawResponse
		require.LessOrEqual(t, len(run.GetPendingActivities()), 1, "the second message is not sent beside the first")
		return len(run.GetPendingActivities()) == 1 &&
			run.GetPendingActivities()[0].GetState() == enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
	}, timeout, tick)
	close(first.released)
	view := e.await(func(view dispute.View) bool { return count(view, "sent-deadline-moved") == 2 })
	require.Zero(t, count(view, "not-sent-deadline-moved"))
	e.withdraw()
	e.closes(dispute.ClosedByWithdrawal)
	var moved []time.Time
	for _, notice := range e.sent {
		if notice.Key.Occasion == dispute.OccasionDeadlineMoved {
			moved = append(moved, notice.Deadline)
		}
	}
	require.Len(t, moved, 2)
	require.True(t, moved[0].Before(moved[1]), "in the order of the moves")
	require.NoError(t, replay(t, settled(t, e.Temporal, workflows.WorkflowID(e.dispute.ID))))
}
