package operations_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestReset resets a dispute to its last task, as worker/README.md advises: the merchant's response is kept, no message is
// sent again, and the dispute is settled once.
func TestReset(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	w := e.start()
	temporal, disputes := e.Temporal, e.Disputes
	d := e.open(disputes, e.book("reset"))
	_, err := disputes.Respond(t.Context(), d.ID, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	before := e.await(disputes, d.ID, func(view dispute.View) bool { return len(view.Timeline) == 5 })

	first, again := e.reset(temporal, d.ID, e.lastTask(temporal, d.ID))
	require.NotEqual(t, first, again)
	after := e.await(disputes, d.ID, func(view dispute.View) bool { return len(view.Timeline) == 5 })
	require.Equal(t, before.Deadline, after.Deadline)
	require.True(t, slices.ContainsFunc(after.Timeline, func(entry dispute.Entry) bool { return entry.Event == dispute.UpdateRespond }))
	require.InDelta(t, 3, w.series()["streitfall_messages_total email sent"], 0, "sent-received, sent-opened and sent-message")

	require.NoError(t, disputes.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(disputes, d.ID, dispute.ClosedByAgreement)
	output, err := e.starter("", "ledger", "check")
	require.NoError(t, err, output)
}

// TestResetToAnotherDeadline resets a dispute to before a deadline was moved, and moves the deadline to another day. The
// merchant, who was notified of the first move, is not notified again; the dispute asks for attention, and goes on.
func TestResetToAnotherDeadline(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	e.start()
	temporal, disputes := e.Temporal, e.Disputes
	d := e.open(disputes, e.book("another-deadline"))
	e.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	before := e.lastTask(temporal, d.ID)
	move := func(to time.Time) dispute.View {
		_, err := disputes.MoveDeadline(t.Context(), d.ID, dispute.DeadlineMove{To: to, Reason: "illness", MovedBy: "op-1"})
		require.NoError(t, err)
		return e.await(disputes, d.ID, func(view dispute.View) bool { return sent(view, dispute.OccasionDeadlineMoved) != "" })
	}
	now := time.Now().Truncate(time.Second)
	view := move(now.AddDate(0, 0, 40))
	require.Empty(t, view.Attention)
	first := sent(view, dispute.OccasionDeadlineMoved)

	e.reset(temporal, d.ID, before, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)
	view = e.await(disputes, d.ID, func(view dispute.View) bool { return view.WaitingFor == dispute.WaitAgreement })
	require.Empty(t, sent(view, dispute.OccasionDeadlineMoved))
	view = move(now.AddDate(0, 0, 50))
	require.True(t, now.AddDate(0, 0, 50).Equal(*view.Deadline))
	require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
	require.Equal(t, first+" (an earlier message, which said something else)", sent(view, dispute.OccasionDeadlineMoved))

	require.NoError(t, disputes.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(disputes, d.ID, dispute.ClosedByAgreement)
}

// sent returns the detail of the case file about a sent message, or "".
func sent(view dispute.View, occasion dispute.Occasion) string {
	i := slices.IndexFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == "sent-"+string(occasion) })
	if i < 0 {
		return ""
	}
	return view.Timeline[i].Detail
}

// lastTask returns the event ID of the dispute's last completed workflow task.
func (e *env) lastTask(temporal client.Client, id string) (last int64) {
	e.Helper()
	for events := temporal.GetWorkflowHistory(e.Context(), workflows.WorkflowID(id), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		event, err := events.Next()
		require.NoError(e, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			last = event.GetEventId()
		}
	}
	return last
}

// reset resets a dispute to a workflow task, and returns the IDs of the runs before and after. Events of the excluded
// types that came after the task are dropped.
func (e *env) reset(temporal client.Client, id string, task int64, excluded ...enumspb.ResetReapplyExcludeType) (before, after string) {
	e.Helper()
	described, err := temporal.DescribeWorkflow(e.Context(), workflows.WorkflowID(id), "")
	require.NoError(e, err)
	before = described.WorkflowExecution.RunID
	answer, err := temporal.ResetWorkflowExecution(e.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflows.WorkflowID(id), RunId: before},
		Reason: "test", WorkflowTaskFinishEventId: task, RequestId: "reset-" + id, ResetReapplyExcludeTypes: excluded,
	})
	require.NoError(e, err)
	return before, answer.GetRunId()
}
