package workflows

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Tell informs both parties how the ledger has closed a dispute whose run was stopped, or forgotten by Temporal, before it had
// informed them. It starts another run, which moves no money, and sends no party a message that it has. Tell refuses with
// CodeDisputeClosed if the last run has ended by itself.
func (c *Client) Tell(ctx context.Context, d dispute.Dispute, decision dispute.Decision) (dispute.View, error) {
	d = d.WithDefaults()
	request, takeover, err := c.openRequest(ctx, d)
	if err != nil {
		return dispute.View{}, err
	}
	if takeover == nil {
		takeover = &activities.Takeover{}
	}
	takeover.Decision, takeover.Closed = &decision, true
	return c.open(ctx, d, request, takeover)
}

// openRequest returns the update id of an opening: the same content is the same request. Temporal answers a repeated
// request from its record even when the run is long over. So openRequest refuses a closed dispute, and returns a new id
// after a refusal by the ledger, whose cause may be fixed by now. After a run that was stopped it returns what that run had
// heard and decided, too; nil when that run cannot be read.
func (c *Client) openRequest(ctx context.Context, d dispute.Dispute) (request string, takeover *activities.Takeover, err error) {
	request = "open-" + d.Hash()
	last, err := c.temporal.DescribeWorkflow(ctx, WorkflowID(d.ID), "")
	if _, unknown := errors.AsType[*serviceerror.NotFound](err); unknown {
		return request, nil, nil
	}
	if err != nil || last.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return request, nil, err
	}
	worked, err := c.unrefused(ctx, d.ID, last)
	if err != nil {
		return "", nil, err
	}
	request += "-after-" + last.WorkflowExecution.RunID
	switch worked.Status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return "", nil, closed(d.ID)
	case enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		run, err := c.stopped(ctx, d.ID, worked.WorkflowExecution.RunID)
		if run.Dispute != nil && run.Dispute.Hash() == d.Hash() {
			takeover = run.Takeover
		}
		return request, takeover, err
	default: // refused by the ledger
		return request, nil, nil
	}
}

func (c *Client) open(ctx context.Context, d dispute.Dispute, updateID string, takeover *activities.Takeover) (dispute.View, error) {
	input := []any{d}
	if takeover != nil {
		input = append(input, takeover)
	}
	start := c.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       WorkflowID(d.ID),
		TaskQueue:                TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		TypedSearchAttributes:    startAttributes(d),
		StaticSummary:            d.String(),
	}, WorkflowType, input...)
	handle, err := c.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: updateID, UpdateName: dispute.UpdateOpen, Args: []any{d}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	var view dispute.View
	if err == nil {
		err = handle.Get(ctx, &view)
	}
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return dispute.View{}, closed(d.ID)
	}
	return view, refusal(err)
}
