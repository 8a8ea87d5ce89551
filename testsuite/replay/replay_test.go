package replay_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/race"
	"github.com/streitfall/streitfall/workflows"
)

// recorded is how many histories are kept of each version. A version is kept as long as one of its disputes can run.
var recorded = map[string]int{"v0": 41}

// latest is the version that has a history of every path.
const latest = "v0"

// identities are those of workers and clients.
var identities = regexp.MustCompile(`"identity": "([^"]*)"`)

// kept returns the paths of a version.
func kept(t *testing.T, version string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(histories, version, "*"+suffix))
	require.NoError(t, err)
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(filepath.Base(file), suffix)
	}
	return names
}

// replay replays a history with the current workflow. Under the race detector it skips the test: the SDK's replayer
// (1.50.0) has a race of its own when it drops a run with a pending update, and replay runs on one goroutine.
func replay(t *testing.T, history *historypb.History, interceptors ...interceptor.WorkerInterceptor) error {
	t.Helper()
	if race.Enabled {
		t.Skip("nothing is replayed under the race detector")
	}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		Interceptors: interceptors, DisableDeadlockDetection: true, // on a busy machine it would report slow workflows
	})
	require.NoError(t, err)
	replayer.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	// The workflow compares its ID with the dispute's.
	start := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	return replayer.ReplayWorkflowHistoryWithOptions(silent, history, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: start.WorkflowId, RunID: start.OriginalExecutionRunId},
	})
}

// TestReplay: the workflow can continue every recorded history.
func TestReplay(t *testing.T) {
	t.Parallel()
	versions, err := os.ReadDir(histories)
	require.NoError(t, err)
	require.Len(t, versions, len(recorded), "a version was added or removed")
	for version, count := range recorded {
		names := kept(t, version)
		require.Len(t, names, count, "histories of %s were added or removed", version)
		for _, name := range names {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				_, history := read(t, filepath.Join(histories, version, name+suffix))
				require.NoError(t, replay(t, history))
			})
		}
	}
}

// TestEveryPathIsRecorded: a new closing reason, wait or other path has to be recorded.
func TestEveryPathIsRecorded(t *testing.T) {
	t.Parallel()
	var want []string
	for _, reason := range dispute.ClosingReasons {
		want = append(want, closed(reason))
	}
	for _, wait := range dispute.Waits {
		want = append(want, waiting(wait))
	}
	for path := range otherPaths {
		want = append(want, path)
	}
	require.ElementsMatch(t, want, kept(t, latest))
}

// TestHistoriesMatchTheirNames: a history that ended otherwise, or went on, would leave its path untested.
func TestHistoriesMatchTheirNames(t *testing.T) {
	t.Parallel()
	for version := range recorded {
		for _, name := range kept(t, version) {
			_, history := read(t, filepath.Join(histories, version, name+suffix))
			if wait, ok := strings.CutPrefix(name, "waiting-"); ok {
				require.Equal(t, wait, lastKeyword(t, history, workflows.AttributeWaitingFor.GetName()), name)
				require.False(t, over(history), name)
			}
			if reason, ok := strings.CutPrefix(name, "closed-"); ok {
				require.Equal(t, string(dispute.ClosingReason(reason).Outcome()), lastKeyword(t, history, workflows.AttributeOutcome.GetName()), name)
				require.Equal(t, reason, closingReason(t, history), name)
				require.True(t, over(history), name)
			}
			if strings.HasSuffix(name, "-in-its-task") {
				require.True(t, inOneTask(history), name)
			}
		}
	}
}

// inOneTask reports whether no workflow task was completed between the signal and the timer, whichever came first.
func inOneTask(history *historypb.History) bool {
	found := map[enumspb.EventType]bool{}
	for _, event := range history.Events {
		kind := event.EventType
		switch kind {
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			clear(found)
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, enumspb.EVENT_TYPE_TIMER_FIRED:
			found[kind] = true
		}
		if len(found) == 2 {
			return true
		}
	}
	return false
}

// over reports whether the workflow has ended.
func over(history *historypb.History) bool {
	switch history.Events[len(history.Events)-1].EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return true
	default:
		return false
	}
}

// lastKeyword returns the last value of a search attribute.
func lastKeyword(t *testing.T, history *historypb.History, name string) string {
	t.Helper()
	value := ""
	for _, event := range history.Events {
		attributes := event.GetWorkflowExecutionStartedEventAttributes().GetSearchAttributes()
		if upsert := event.GetUpsertWorkflowSearchAttributesEventAttributes(); upsert != nil {
			attributes = upsert.GetSearchAttributes()
		}
		if payload, ok := attributes.GetIndexedFields()[name]; ok {
			value = ""
			require.NoError(t, converter.GetDefaultDataConverter().FromPayload(payload, &value))
		}
	}
	return value
}

// closingReason returns the reason in the result of the workflow; a cancelled one has no result.
func closingReason(t *testing.T, history *historypb.History) string {
	t.Helper()
	completed := history.Events[len(history.Events)-1].GetWorkflowExecutionCompletedEventAttributes()
	if completed == nil {
		return string(dispute.ClosedByOperator)
	}
	var view dispute.View
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(completed.GetResult(), &view))
	return string(view.ClosingReason)
}

// TestHistoriesNameNoMachine: histories contain no identities and no sticky task queues, which name machines.
func TestHistoriesNameNoMachine(t *testing.T) {
	t.Parallel()
	for version := range recorded {
		for _, name := range kept(t, version) {
			data, _ := read(t, filepath.Join(histories, version, name+suffix))
			require.False(t, bytes.Contains(data, []byte(stickyKind)), name)
			for _, identity := range identities.FindAllSubmatch(data, -1) {
				require.Equal(t, recorder, string(identity[1]), name)
			}
		}
	}
}
