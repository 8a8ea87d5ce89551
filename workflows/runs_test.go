package workflows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/workflows"
)

// lastRun is a fake Temporal whose last run has a status and answers no query.
type lastRun struct {
	client.Client
	status enumspb.WorkflowExecutionStatus
}

func (l lastRun) DescribeWorkflow(context.Context, string, string) (*client.WorkflowExecutionDescription, error) {
	description := &client.WorkflowExecutionDescription{}
	description.Status = l.status
	return description, nil
}

func (lastRun) ListWorkflow(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return nil, nil // no earlier run
}

func (lastRun) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	return nil, serviceerror.NewWorkflowNotReady("too early")
}

// TestLastRunOfEveryStatus: only a run that has certainly ended counts as ended.
func TestLastRunOfEveryStatus(t *testing.T) {
	t.Parallel()
	states := map[enumspb.WorkflowExecutionStatus]activities.RunState{
		enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:    activities.RunRunning,
		enumspb.WORKFLOW_EXECUTION_STATUS_PAUSED:     activities.RunRunning,
		enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:  activities.RunClosed,
		enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:   activities.RunClosed,
		enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:     activities.RunStopped,
		enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED: activities.RunStopped,
		enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:  activities.RunStopped,
	}
	for number := range enumspb.WorkflowExecutionStatus_name {
		status := enumspb.WorkflowExecutionStatus(number)
		run, err := workflows.NewClient(lastRun{status: status}).LastRun(t.Context(), "d-1")
		if want, known := states[status]; known {
			require.NoError(t, err, status)
			require.Equal(t, activities.Run{State: want}, run, status)
			continue
		}
		require.ErrorContains(t, err, "its last run has the unknown status", status)
	}
}

// olderWorker is a fake Temporal whose worker does not know the query takeover.
type olderWorker struct{ lastRun }

func (olderWorker) QueryWorkflow(_ context.Context, _, _, query string, _ ...any) (converter.EncodedValue, error) {
	if query == workflows.QueryTakeover {
		return nil, serviceerror.NewQueryFailed("unknown queryType takeover")
	}
	return client.NewValue(&commonpb.Payloads{Payloads: []*commonpb.Payload{raw(`{"id":"d-1"}`).Payload()}}), nil
}

// TestLastRunBesideAnOlderWorker: a worker of an older build does not make what was decided look lost.
func TestLastRunBesideAnOlderWorker(t *testing.T) {
	t.Parallel()
	stopped := lastRun{status: enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED}
	_, err := workflows.NewClient(olderWorker{stopped}).LastRun(t.Context(), "d-1")
	require.ErrorContains(t, err, "older build")
}
