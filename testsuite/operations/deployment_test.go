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

// TestDeployment replaces a build under running disputes, and takes it back: a version gets no tasks before it
// is the current one, and the disputes of the old version go on with the new.
func TestDeployment(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	temporal := s.dial("")
	disputes := workflows.NewClient(temporal)
	one := s.start("TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=1")
	opened := make(chan error, 1)
	first, second := s.book("first"), s.book("second")
	go func() {
		_, err := disputes.Open(t.Context(), first)
		opened <- err
	}()
	s.untouched(temporal, first.ID, "1")
	s.makeCurrent(temporal, "1")
	require.NoError(t, <-opened)
	s.waitsFor(disputes, first.ID, dispute.WaitAgreement)
	s.runsOn(temporal, first.ID, "1")

	s.start("TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=2")
	s.open(disputes, second)
	s.runsOn(temporal, second.ID, "1")
	s.makeCurrent(temporal, "2")
	one.stop()
	require.NoError(t, disputes.Agree(t.Context(), first.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	s.closes(disputes, first.ID, dispute.ClosedByAgreement)
	s.runsOn(temporal, first.ID, "2")

	s.start("TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=1")
	s.makeCurrent(temporal, "1")
	_, err := disputes.AcceptLoss(t.Context(), second.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	s.closes(disputes, second.ID, dispute.ClosedLossAccepted)
	s.runsOn(temporal, second.ID, "1")
}

// untouched waits until Temporal knows a version, and so has its worker waiting for tasks, and asserts that the
// dispute was started and nobody has taken it up.
func (s *site) untouched(temporal client.Client, id, build string) {
	s.Helper()
	require.Eventually(s, func() bool {
		_, err := temporal.WorkerDeploymentClient().GetHandle("streitfall").DescribeVersion(s.Context(),
			client.WorkerDeploymentDescribeVersionOptions{BuildID: build})
		if err != nil {
			return false
		}
		started, err := temporal.DescribeWorkflowExecution(s.Context(), workflows.WorkflowID(id), "")
		if err != nil {
			return false
		}
		require.EqualValues(s, 2, started.GetWorkflowExecutionInfo().GetHistoryLength(), "it is started, its first task is scheduled")
		return true
	}, patience, 50*time.Millisecond)
}

// makeCurrent makes a version the current one, as soon as Temporal knows it.
func (s *site) makeCurrent(temporal client.Client, build string) {
	s.Helper()
	require.Eventually(s, func() bool {
		_, err := temporal.WorkerDeploymentClient().GetHandle("streitfall").SetCurrentVersion(s.Context(),
			client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		return err == nil
	}, patience, 100*time.Millisecond)
}

// runsOn asserts which build has completed the dispute's last task, and that the next one may take over.
func (s *site) runsOn(temporal client.Client, id, build string) {
	s.Helper()
	description, err := temporal.DescribeWorkflowExecution(s.Context(), workflows.WorkflowID(id), "")
	require.NoError(s, err)
	version := description.GetWorkflowExecutionInfo().GetVersioningInfo()
	require.Equal(s, build, version.GetDeploymentVersion().GetBuildId())
	require.Equal(s, enumspb.VERSIONING_BEHAVIOR_AUTO_UPGRADE, version.GetBehavior())
}
