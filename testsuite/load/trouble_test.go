package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"

	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

const scrape = `# TYPE temporal_workflow_task_execution_failed_total counter
temporal_workflow_task_execution_failed_total{failure_reason="WorkflowError"} 2
temporal_workflow_task_execution_failed_total{failure_reason="NonDeterminismError"} 1
# TYPE temporal_request_failure_total counter
temporal_request_failure_total{operation="RespondWorkflowTaskCompleted",status_code="NOT_FOUND"} 4
temporal_request_failure_total{operation="RespondActivityTaskCompleted",status_code="NOT_FOUND"} 8
# TYPE streitfall_ledger_latency_seconds histogram
streitfall_ledger_latency_seconds_bucket{operation="pause",le="+Inf"} 16
streitfall_ledger_latency_seconds_sum{operation="pause"} 0.5
streitfall_ledger_latency_seconds_count{operation="pause"} 16
`

// TestTrouble: what went wrong is counted, and the first of it told in its own words.
func TestTrouble(t *testing.T) {
	t.Parallel()
	counted, err := parseMetrics([]byte(scrape))
	require.NoError(t, err)
	require.InDelta(t, 16, counted.sum("streitfall_ledger_latency_seconds", nil), 0)
	met := trouble{RepeatedOpenings: 1, First: []string{"open d-1: not now"}}
	met.count(counted)
	met.hear(strings.Repeat("level=WARN msg=slow\n", firstLines) + "level=ERROR msg=last\n")
	require.Equal(t, trouble{
		RepeatedOpenings: 1, FailedTasks: 3, UnansweredTasks: 4, Said: firstLines + 1,
		First: append([]string{"open d-1: not now"}, strings.Split(strings.Repeat("level=WARN msg=slow,", firstLines), ",")[:firstLines]...),
	}, met)
	var out bytes.Buffer
	met.First = []string{strings.Repeat("ü", lineLength)}
	troubles{ours: met}.print(&out)
	require.Equal(t, "\nours: 1 openings repeated, 3 workflow tasks failed, 4 not taken, 0 messages failed; 6 warnings\n  "+strings.Repeat("ü", lineLength/2)+" …\n", out.String())
}

// TestRepeatedOpening: an opening that Temporal does not take is tried again, and that is told.
func TestRepeatedOpening(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const words = "Unable to perform workflow execution update due to Workflow Task in failed state."
	calls := 0
	temporal, err := client.NewLazyClient(client.Options{ConnectionOptions: client.ConnectionOptions{
		DialOptions: []grpc.DialOption{grpc.WithUnaryInterceptor(
			func(_ context.Context, method string, _, _ any, _ *grpc.ClientConn, _ grpc.UnaryInvoker, _ ...grpc.CallOption) error {
				if strings.HasSuffix(method, "/GetSystemInfo") {
					return nil
				}
				if calls++; calls == firstLines+2 {
					cancel()
				}
				return serviceerror.ToStatus(serviceerror.NewWorkflowNotReady(words)).Err()
			})},
	}})
	require.NoError(t, err)
	defer temporal.Close()
	lane := &lane{disputes: workflows.NewClient(temporal)}
	s := &slice{lane: lane, tick: func() {}}
	require.Error(t, s.open(ctx, &item{Case: parties.NewCase("agreement-1", 0, parties.Path{}), path: agreement}))
	count, reasons := lane.repeats.told()
	require.Equal(t, firstLines+1, count, "the last one, at the end of all, was not tried again")
	require.Len(t, reasons, firstLines)
	require.Contains(t, reasons[0], "open agreement-1: ")
	require.Contains(t, reasons[0], words)
}

// smooth tells that nothing had to be tried again.
func (t trouble) smooth() bool {
	return t.RepeatedOpenings+t.FailedTasks+t.UnansweredTasks+t.FailedMessages+t.Said == 0
}
