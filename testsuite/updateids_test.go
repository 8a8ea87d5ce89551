package testsuite_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// openAs opens a dispute under an update id of the caller's own, as a client in another language does, and returns the code
// of the refusal; "" when the dispute is open, dispute_closed when Temporal itself says so.
func (f *fixture) openAs(updateID string, d dispute.Dispute) dispute.Code {
	f.Helper()
	handle, err := env.Temporal.UpdateWithStartWorkflow(f.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: env.Temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: workflows.WorkflowID(d.ID), TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		}, workflows.WorkflowType, d),
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: updateID, UpdateName: dispute.UpdateOpen, Args: []any{d}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return dispute.CodeDisputeClosed
	}
	require.NoError(f, err)
	var view dispute.View
	if err := handle.Get(f.Context(), &view); err != nil {
		failure, ok := err.(*temporal.ApplicationError) //nolint:errorlint // the failure itself
		require.True(f, ok, "%v", err)
		return dispute.Code(failure.Type())
	}
	require.Equal(f, d.ID, view.ID)
	return ""
}

// TestUpdateIDs: Temporal answers a known update id of open with the old answer, whatever has changed since, and does not
// ask the dispute. An opening that the running dispute has rejected leaves no trace, so its id may be used again.
// workflows/README.md says which ids to use; those of our own client follow it.
func TestUpdateIDs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	refused := f.dispute
	refused.InvoiceID = "i-nowhere"
	require.Equal(t, dispute.CodeDisputeRefused, f.openAs("a", refused))
	require.Equal(t, dispute.CodeDisputeRefused, f.openAs("a", f.dispute), "the old answer, although the content was corrected")
	require.Empty(t, f.openAs("b", f.dispute), "another id is judged anew")

	other := f.dispute
	other.Reason = dispute.ReasonReturn
	require.Empty(t, f.openAs("b", other), "the old answer, although the content is another")
	require.Equal(t, dispute.CodeDisputeDiffers, f.openAs("c", other))
	require.Empty(t, f.openAs("c", f.dispute), "what was rejected left no trace")

	f.waitsFor(dispute.WaitAgreement)
	f.withdraw()
	require.Empty(t, f.openAs("b", f.dispute), "the old answer, although the dispute is closed")
	require.Equal(t, dispute.CodeDisputeClosed, f.openAs("d", f.dispute))
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
}
