//go:build !race

package replay_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/workflows"
)

// replay replays a history with the current workflow.
func replay(t *testing.T, history *historypb.History, interceptors ...interceptor.WorkerInterceptor) error {
	t.Helper()
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		Interceptors: interceptors, DisableDeadlockDetection: true, // a busy machine looks like a deadlock
	})
	require.NoError(t, err)
	replayer.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	// The workflow compares its ID with the dispute's.
	start := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	return replayer.ReplayWorkflowHistoryWithOptions(silent, history, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: start.WorkflowId, RunID: start.OriginalExecutionRunId},
	})
}
