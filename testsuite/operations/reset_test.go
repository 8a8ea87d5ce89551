package operations_test

import (
	"slices"
	"testing"

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

	first, again := s.resetLast(temporal, d.ID)
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

// resetLast resets a dispute to its last workflow task and returns the run that was, and the one that is.
func (s *site) resetLast(temporal client.Client, id string) (was, is string) {
	s.Helper()
	last := int64(0)
	for events := temporal.GetWorkflowHistory(s.Context(), workflows.WorkflowID(id), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		event, err := events.Next()
		require.NoError(s, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			last = event.GetEventId()
		}
	}
	described, err := temporal.DescribeWorkflow(s.Context(), workflows.WorkflowID(id), "")
	require.NoError(s, err)
	was = described.WorkflowExecution.RunID
	answer, err := temporal.ResetWorkflowExecution(s.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflows.WorkflowID(id), RunId: was},
		Reason: "test", WorkflowTaskFinishEventId: last, RequestId: "reset-" + id,
	})
	require.NoError(s, err)
	return was, answer.GetRunId()
}
