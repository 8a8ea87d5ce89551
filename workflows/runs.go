package workflows

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

var _ activities.Runs = (*Client)(nil)

// LastRun returns the last run of a dispute.
func (c *Client) LastRun(ctx context.Context, disputeID string) (activities.Run, error) {
	last, err := c.temporal.DescribeWorkflow(ctx, WorkflowID(disputeID), "")
	if _, unknown := errors.AsType[*serviceerror.NotFound](err); unknown {
		return activities.Run{State: activities.RunMissing}, nil
	}
	if err != nil {
		return activities.Run{}, err
	}
	switch last.Status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_PAUSED:
		return activities.Run{State: activities.RunRunning}, nil
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return activities.Run{State: activities.RunClosed}, nil
	case enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		d, err := c.content(ctx, disputeID, last.WorkflowExecution.RunID)
		return activities.Run{State: activities.RunStopped, Dispute: d}, err
	default: // a status of a newer Temporal
		return activities.Run{}, fmt.Errorf("its last run has the unknown status %s", last.Status)
	}
}

// content queries a run for its dispute. It returns nil when the run cannot answer: the run was stopped before its
// first workflow task, or the worker's build cannot replay it.
func (c *Client) content(ctx context.Context, disputeID, runID string) (*dispute.Dispute, error) {
	answer, err := c.temporal.QueryWorkflow(ctx, WorkflowID(disputeID), runID, QueryDispute)
	_, tooEarly := errors.AsType[*serviceerror.WorkflowNotReady](err)
	_, refused := errors.AsType[*serviceerror.QueryFailed](err)
	switch {
	case tooEarly || refused:
		return nil, nil
	case err != nil:
		return nil, err
	}
	var d dispute.Dispute
	return &d, answer.Get(&d)
}
