package operations_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestDeployment replaces a build under running disputes, and rolls it back: a version gets no tasks before it is the
// current one, and the disputes of the old version go on with the new one.
func TestDeployment(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	temporal, disputes := e.Temporal, e.Disputes
	one := e.start("TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=1")
	opened := make(chan error, 1)
	first, second := e.book("first"), e.book("second")
	go func() {
		_, err := disputes.Open(t.Context(), first)
		opened <- err
	}()
	e.requireNotTaken(temporal, first.ID, "1")
	e.makeCurrent(temporal, "1")
	require.NoError(t, <-opened)
	e.waitsFor(disputes, first.ID, dispute.WaitAgreement)
	e.requireBuild(temporal, first.ID, "1")

	e.start("TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=2")
	e.open(disputes, second)
	e.requireBuild(temporal, second.ID, "1")
	e.makeCurrent(temporal, "2")
	one.stop()
	require.NoError(t, disputes.Agree(t.Context(), first.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(disputes, first.ID, dispute.ClosedByAgreement)
	e.requireBuild(temporal, first.ID, "2")

	e.start("TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=1")
	e.makeCurrent(temporal, "1")
	_, err := disputes.AcceptLoss(t.Context(), second.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	e.closes(disputes, second.ID, dispute.ClosedLossAccepted)
	e.requireBuild(temporal, second.ID, "1")
}

// requireNotTaken waits until Temporal knows a version, whose worker then polls for tasks, and asserts that no worker has
// taken the first task of the dispute.
func (e *env) requireNotTaken(temporal client.Client, id, build string) {
	e.Helper()
	require.Eventually(e, func() bool {
		_, err := temporal.WorkerDeploymentClient().GetHandle("streitfall").DescribeVersion(e.Context(),
			client.WorkerDeploymentDescribeVersionOptions{BuildID: build})
		if err != nil {
			return false
		}
		started, err := temporal.DescribeWorkflow(e.Context(), workflows.WorkflowID(id), "")
		if err != nil {
			return false
		}
		require.EqualValues(e, 2, started.RawResponse.GetWorkflowExecutionInfo().GetHistoryLength(), "it is started, its first task is scheduled")
		return true
	}, timeout, 50*time.Millisecond)
}

// makeCurrent makes a build the current version as soon as Temporal knows it.
func (e *env) makeCurrent(temporal client.Client, build string) {
	e.Helper()
	require.Eventually(e, func() bool {
		_, err := temporal.WorkerDeploymentClient().GetHandle("streitfall").SetCurrentVersion(e.Context(),
			client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		return err == nil
	}, timeout, 100*time.Millisecond)
}

// requireBuild asserts that the build has completed the last task of the dispute, and that another one may take over.
func (e *env) requireBuild(temporal client.Client, id, build string) {
	e.Helper()
	description, err := temporal.DescribeWorkflow(e.Context(), workflows.WorkflowID(id), "")
	require.NoError(e, err)
	version := description.RawResponse.GetWorkflowExecutionInfo().GetVersioningInfo()
	require.Equal(e, build, version.GetDeploymentVersion().GetBuildId())
	require.Equal(e, enumspb.VERSIONING_BEHAVIOR_AUTO_UPGRADE, version.GetBehavior())
}
