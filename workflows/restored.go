package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Read returns the last run of a dispute as LastRun does, and what it was started with, has heard and decided, also when it
// was not stopped.
func (c *Client) Read(ctx context.Context, disputeID string) (activities.Run, error) {
	last, err := c.LastRun(ctx, disputeID)
	if err != nil || last.State != activities.RunRunning && last.State != activities.RunClosed {
		return last, err
	}
	described, err := c.lastRun(ctx, disputeID)
	if err != nil {
		return activities.Run{}, err
	}
	run, err := c.read(ctx, disputeID, described.WorkflowExecution.RunID)
	run.State = last.State
	return run, err
}

// Begun lists the disputes with a run that was started before an instant, and was not stopped.
func (c *Client) Begun(ctx context.Context, startedBefore time.Time) (begun []activities.BegunRun, err error) {
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: fmt.Sprintf(
		"WorkflowType = '%s' AND StartTime < '%s' AND ExecutionStatus IN ('Running', 'Completed', 'Canceled')",
		WorkflowType, startedBefore.UTC().Format(time.RFC3339Nano))}
	for {
		page, err := c.temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, err
		}
		for _, run := range page.GetExecutions() {
			state := activities.RunClosed
			if run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
				state = activities.RunRunning
			}
			_, decided := run.GetSearchAttributes().GetIndexedFields()[AttributeOutcome.GetName()]
			begun = append(begun, activities.BegunRun{
				DisputeID: DisputeID(run.GetExecution().GetWorkflowId()), State: state, Decided: decided,
			})
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return begun, nil
		}
	}
}

// Follow ends a run that works on a dispute which the ledger has closed. Another run takes the ledger's decision over, and
// informs who has not been informed. Follow can be repeated.
func (c *Client) Follow(ctx context.Context, d dispute.Dispute, decision dispute.Decision) (dispute.View, error) {
	err := c.temporal.TerminateWorkflow(ctx, WorkflowID(d.ID), "", "the ledger has closed the dispute: "+string(decision.Reason))
	if _, ended := errors.AsType[*serviceerror.NotFound](err); err != nil && !ended {
		return dispute.View{}, err
	}
	return c.Tell(ctx, d, decision)
}
