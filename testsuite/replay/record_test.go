package replay_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestPaths plays every path on a real Temporal and replays its history.
func TestPaths(t *testing.T) {
	t.Parallel()
	for path, drive := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, path)
			drive(e)
			if reason, ok := strings.CutPrefix(path, "closed-"); ok {
				e.closes(dispute.ClosingReason(reason))
			}
			e.record(path)
		})
	}
	for path, other := range otherPaths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, path)
			other.drive(e)
			e.closes(other.closes)
			e.record(path)
		})
	}
}

// closes waits until the workflow has ended, and asserts the reason; empty means that the dispute was refused.
func (e *env) closes(reason dispute.ClosingReason) {
	e.Helper()
	err := e.Temporal.GetWorkflow(e.Context(), workflows.WorkflowID(e.dispute.ID), "").Get(e.Context(), nil)
	require.Equal(e, reason == "" || reason == dispute.ClosedByOperator, err != nil, err)
	require.Equal(e, reason, e.await(func(view dispute.View) bool { return view.WaitingFor == "" }).ClosingReason)
}

// record replays the history of the path, and records it with -record.
func (e *env) record(path string) {
	e.Helper()
	history := settled(e.T, e.Temporal, workflows.WorkflowID(e.dispute.ID))
	if *record != "" { // before the replay, which changes the search attributes of the start
		keep(e.T, *record, path, history)
	}
	require.NoError(e, replay(e.T, history))
}

// TestRecordByID records disputes of another server.
func TestRecordByID(t *testing.T) {
	t.Parallel()
	if *workflowIDs == "" {
		t.Skip("records with -workflows only")
	}
	require.NotEmpty(t, *record, "-record names the version")
	options, err := envconfig.LoadDefaultClientOptions()
	require.NoError(t, err)
	options.Logger = silent
	temporal, err := client.DialContext(t.Context(), options)
	require.NoError(t, err)
	defer temporal.Close()
	for _, id := range strings.Split(*workflowIDs, ",") {
		keep(t, *record, id, settled(t, temporal, id))
	}
}
