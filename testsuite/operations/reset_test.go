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

// TestReset repeats the last task of a dispute, as the README advises: what the merchant has said still counts, nobody
// is told anything again, and the dispute goes on to its one settlement.
func TestReset(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.start()
	temporal := s.dial("")
	disputes := workflows.NewClient(temporal)
	d := s.open(disputes, s.book("reset"))
	_, err := disputes.Respond(t.Context(), d.ID, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	before := s.reaches(disputes, d.ID, func(view dispute.View) bool { return len(view.Timeline) == 4 })

	first, again := s.reset(temporal, d.ID, s.lastTask(temporal, d.ID))
	require.NotEqual(t, first, again)
	after := s.reaches(disputes, d.ID, func(view dispute.View) bool { return len(view.Timeline) == 4 })
	require.Equal(t, before.Deadline, after.Deadline)
	require.True(t, slices.ContainsFunc(after.Timeline, func(entry dispute.Entry) bool { return entry.Event == dispute.UpdateRespond }))
	require.InDelta(t, 2, w.series()["streitfall_messages_total email sent"], 0, "told-received and told-opened")

	require.NoError(t, disputes.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	s.closes(disputes, d.ID, dispute.ClosedByAgreement)
	output, err := s.starter("", "ledger", "check")
	require.NoError(t, err, output)
}

// TestResetToAnotherDeadline takes back that a deadline was moved, and moves it otherwise. The merchant has been told of
// the first move, is told nothing else, and a person is called for that; the dispute goes on.
func TestResetToAnotherDeadline(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.start()
	temporal := s.dial("")
	disputes := workflows.NewClient(temporal)
	d := s.open(disputes, s.book("another-deadline"))
	s.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	before := s.lastTask(temporal, d.ID)
	move := func(to time.Time) dispute.View {
		_, err := disputes.MoveDeadline(t.Context(), d.ID, dispute.DeadlineMove{To: to, Reason: "illness", MovedBy: "op-1"})
		require.NoError(t, err)
		return s.reaches(disputes, d.ID, func(view dispute.View) bool { return told(view, dispute.OccasionDeadlineMoved) != "" })
	}
	now := time.Now().Truncate(time.Second)
	view := move(now.AddDate(0, 0, 40))
	require.Empty(t, view.Attention)
	first := told(view, dispute.OccasionDeadlineMoved)

	s.reset(temporal, d.ID, before, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)
	view = s.reaches(disputes, d.ID, func(view dispute.View) bool { return view.WaitingFor == dispute.WaitAgreement })
	require.Empty(t, told(view, dispute.OccasionDeadlineMoved))
	view = move(now.AddDate(0, 0, 50))
	require.True(t, now.AddDate(0, 0, 50).Equal(*view.Deadline))
	require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
	require.Equal(t, first+" (an earlier message, which said something else)", told(view, dispute.OccasionDeadlineMoved))

	require.NoError(t, disputes.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	s.closes(disputes, d.ID, dispute.ClosedByAgreement)
}

// told is what the case file says of a message that was sent.
func told(view dispute.View, occasion dispute.Occasion) string {
	i := slices.IndexFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == "told-"+string(occasion) })
	if i < 0 {
		return ""
	}
	return view.Timeline[i].Detail
}

// lastTask is the event with which the last workflow task of a dispute has ended.
func (s *site) lastTask(temporal client.Client, id string) (last int64) {
	s.Helper()
	for events := temporal.GetWorkflowHistory(s.Context(), workflows.WorkflowID(id), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		event, err := events.Next()
		require.NoError(s, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			last = event.GetEventId()
		}
	}
	return last
}

// reset resets a dispute to a workflow task, without what is left out of what came after it, and returns the run that
// was, and the one that is.
func (s *site) reset(temporal client.Client, id string, task int64, leftOut ...enumspb.ResetReapplyExcludeType) (was, is string) {
	s.Helper()
	described, err := temporal.DescribeWorkflow(s.Context(), workflows.WorkflowID(id), "")
	require.NoError(s, err)
	was = described.WorkflowExecution.RunID
	answer, err := temporal.ResetWorkflowExecution(s.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflows.WorkflowID(id), RunId: was},
		Reason: "test", WorkflowTaskFinishEventId: task, RequestId: "reset-" + id, ResetReapplyExcludeTypes: leftOut,
	})
	require.NoError(s, err)
	return was, answer.GetRunId()
}
