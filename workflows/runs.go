package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

var _ activities.Runs = (*Client)(nil)

// LastRun returns the last run of a dispute, refused runs left out unless all were.
func (c *Client) LastRun(ctx context.Context, disputeID string) (activities.Run, error) {
	last, err := c.lastRun(ctx, disputeID)
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
		return c.stopped(ctx, disputeID, last.WorkflowExecution.RunID)
	default: // a status of a newer Temporal
		return activities.Run{}, fmt.Errorf("its last run has the unknown status %s", last.Status)
	}
}

// Stop is how a run ended that its dispute has not ended: the invoice stays paused, and nothing happens any more.
type Stop struct {
	// How is "terminated" or "timed out".
	How string    `json:"how"`
	At  time.Time `json:"at"`
}

// Stopped returns how the last run of a dispute was stopped; nil if it runs or the dispute has ended.
func (c *Client) Stopped(ctx context.Context, disputeID string) (*Stop, error) {
	last, err := c.lastRun(ctx, disputeID)
	if err != nil {
		return nil, err
	}
	how, known := StoppedBy[last.Status]
	if !known {
		return nil, nil
	}
	stop := &Stop{How: how}
	if last.WorkflowCloseTime != nil {
		stop.At = *last.WorkflowCloseTime
	}
	return stop, nil
}

// StoppedBy has, in words, the ends of a run that are none of its dispute.
var StoppedBy = map[enumspb.WorkflowExecutionStatus]string{
	enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED: "terminated",
	enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:  "timed out",
}

// stopped reads from a run what it was started with, and what it has heard and decided.
func (c *Client) stopped(ctx context.Context, disputeID, runID string) (activities.Run, error) {
	run, err := c.read(ctx, disputeID, runID)
	run.State = activities.RunStopped
	if err == nil && run.Takeover != nil {
		err = c.hear(ctx, disputeID, runID, run.Takeover)
	}
	return run, err
}

// read asks a run what it was started with, and what it has heard and decided.
func (c *Client) read(ctx context.Context, disputeID, runID string) (run activities.Run, err error) {
	run.ID = runID
	if run.Dispute, err = ask[dispute.Dispute](ctx, c, disputeID, runID, QueryDispute); err != nil || run.Dispute == nil {
		return run, err
	}
	run.Takeover, err = ask[activities.Takeover](ctx, c, disputeID, runID, QueryTakeover)
	if err == nil && run.Takeover == nil { // what was decided must not be lost to a worker of an older build
		err = fmt.Errorf("the run answers the query %s, but not %s; is a worker of an older build running? Ask again", QueryDispute, QueryTakeover)
	}
	return run, err
}

// ask queries a run. It returns nil when the run cannot answer: it was stopped before its first workflow task, or
// the worker's build cannot replay it.
func ask[Answer any](ctx context.Context, c *Client, disputeID, runID, query string) (*Answer, error) {
	answer, err := queryRun[Answer](ctx, c, disputeID, runID, query)
	_, tooEarly := errors.AsType[*serviceerror.WorkflowNotReady](err)
	_, refused := errors.AsType[*serviceerror.QueryFailed](err)
	switch {
	case tooEarly || refused:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &answer, nil
}

// lastRun describes the last run that worked on a dispute. A later run that was refused, because it was started again after
// the end or with other content, does not hide it. When all were refused, lastRun describes the last of them.
func (c *Client) lastRun(ctx context.Context, disputeID string) (*client.WorkflowExecutionDescription, error) {
	last, err := c.temporal.DescribeWorkflow(ctx, WorkflowID(disputeID), "")
	if err != nil {
		return nil, err
	}
	return c.unrefused(ctx, disputeID, last)
}

// unrefused returns the last run or, if that one was refused, the newest run before it that was not. If all were refused, it
// returns the last run.
func (c *Client) unrefused(ctx context.Context, disputeID string, last *client.WorkflowExecutionDescription) (*client.WorkflowExecutionDescription, error) {
	if last.Status != enumspb.WORKFLOW_EXECUTION_STATUS_FAILED {
		return last, nil
	}
	before, err := c.newestUnrefused(ctx, disputeID)
	if err != nil || before == nil {
		return last, err
	}
	described, err := c.temporal.DescribeWorkflow(ctx, WorkflowID(disputeID), before.GetExecution().GetRunId())
	if _, deleted := errors.AsType[*serviceerror.NotFound](err); deleted {
		return last, nil
	}
	return described, err
}

// newestUnrefused returns the newest run of a dispute that has not failed; nil when there is none.
func (c *Client) newestUnrefused(ctx context.Context, disputeID string) (newest *workflowpb.WorkflowExecutionInfo, err error) {
	id := strings.NewReplacer("'", "''", `\`, `\\`).Replace(WorkflowID(disputeID))
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: "WorkflowId = '" + id + "' AND ExecutionStatus != 'Failed'"}
	for {
		page, err := c.temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, err
		}
		for _, run := range page.GetExecutions() {
			if newest == nil || run.GetStartTime().AsTime().After(newest.GetStartTime().AsTime()) {
				newest = run
			}
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return newest, nil
		}
	}
}
