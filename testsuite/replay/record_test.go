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

// TestPaths plays every path on a real Temporal and replays what came out of it.
func TestPaths(t *testing.T) {
	t.Parallel()
	for path, goes := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := set(t, path)
			goes(s)
			if reason, ok := strings.CutPrefix(path, "closed-"); ok {
				s.closes(dispute.ClosingReason(reason))
			}
			s.record(path)
		})
	}
	for path, detour := range detours {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := set(t, path)
			detour.goes(s)
			s.closes(detour.closes)
			s.record(path)
		})
	}
}

// closes waits for the end; no reason means that the dispute was refused.
func (s *stage) closes(reason dispute.ClosingReason) {
	s.Helper()
	err := server.GetWorkflow(s.Context(), workflows.WorkflowID(s.dispute.ID), "").Get(s.Context(), nil)
	require.Equal(s, reason == "" || reason == dispute.ClosedByOperator, err != nil, err)
	require.Equal(s, reason, s.until(func(view dispute.View) bool { return view.WaitingFor == "" }).ClosingReason)
}

func (s *stage) record(path string) {
	s.Helper()
	history := settled(s.T, server, workflows.WorkflowID(s.dispute.ID))
	if *record != "" { // before the replay, which writes into the start's search attributes
		keep(s.T, *record, path, history)
	}
	require.NoError(s, replay(s.T, history))
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
