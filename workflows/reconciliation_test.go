package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/workflows"
)

// strandedLedger is a ledger with one open dispute that has no run in Temporal; the first questions to Temporal fail.
type strandedLedger struct {
	away int
}

func (*strandedLedger) OpenDisputes(context.Context, time.Time) ([]activities.UnfinishedDispute, error) {
	return []activities.UnfinishedDispute{{ID: "d-lost"}}, nil
}

func (*strandedLedger) UntoldDisputes(context.Context, time.Time) ([]activities.UnfinishedDispute, error) {
	return nil, nil
}

func (*strandedLedger) Recorded(context.Context, string) (activities.UnfinishedDispute, bool, error) {
	return activities.UnfinishedDispute{}, false, nil
}

func (f *strandedLedger) Read(ctx context.Context, id string) (activities.Run, error) {
	return f.LastRun(ctx, id)
}

func (*strandedLedger) Begun(context.Context, time.Time) ([]activities.BegunRun, error) {
	return nil, nil
}

func (f *strandedLedger) LastRun(context.Context, string) (activities.Run, error) {
	if f.away--; f.away >= 0 {
		return activities.Run{}, errors.New("temporal is away")
	}
	return activities.Run{State: activities.RunMissing}, nil
}

func TestReconciliationReports(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(monday)
	env.RegisterWorkflowWithOptions(workflows.Reconciliation, workflow.RegisterOptions{Name: workflows.ReconciliationType})
	f := &strandedLedger{away: 3}
	env.RegisterActivity(activities.NewReconciliation(f, f, env.Now))
	env.ExecuteWorkflow(workflows.ReconciliationType)
	require.NoError(t, env.GetWorkflowError())
	var report activities.StrandedReport
	require.NoError(t, env.GetWorkflowResult(&report))
	require.Equal(t, activities.StrandedReport{Open: 1, Total: 1, Stranded: []activities.Stranded{{
		UnfinishedDispute: activities.UnfinishedDispute{ID: "d-lost"}, Finding: "Temporal knows no run of it: what was said and decided is lost", Remedy: activities.RemedyReactivate,
	}}}, report)
	metadata, err := env.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(t, err)
	var shown *sdkpb.WorkflowMetadata
	require.NoError(t, metadata.Get(&shown))
	require.Contains(t, shown.CurrentDetails, "**1 of 1 open disputes are stranded.**")
	require.Contains(t, shown.CurrentDetails, "- `d-lost`: Temporal knows no run of it: what was said and decided is lost")
}
