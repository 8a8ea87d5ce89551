package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/workerprocess"
)

func TestMain(m *testing.M) {
	beat = 3 * time.Second // in the workers, which are this program too
	if workerprocess.Wanted() {
		os.Exit(work())
	}
	if os.Getenv(asTool) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestMeasurements: each command, with very few disputes, on one stage. TestMain tells how the others are made short.
func TestMeasurements(t *testing.T) {
	t.Parallel()
	s := &stage{}
	t.Cleanup(func() { require.NoError(t, s.close()) })
	require.NoError(t, s.open(t.Context(), os.Stderr, modes...))
	idle := func() {}

	compared, err := plan{Path: "agreement", Disputes: 4, Clients: 4, Rounds: 1}.compare(t.Context(), s, idle)
	require.NoError(t, err)
	requireComparison(t, compared.(report), s.trouble(t.Context()))

	requirePaths(t, s)

	blown, err := stormPlan{Disputes: 3, Clients: 3}.storm(t.Context(), s, idle)
	require.NoError(t, err)
	storm := blown.(stormReport)
	require.Zero(t, storm.Early)
	for _, pace := range []pace{storm.Settled, storm.Ended} {
		require.Positive(t, pace.After)
		require.InEpsilon(t, 3/pace.After, pace.PerSecond, 1e-9)
		require.InEpsilon(t, pace.PerSecond/pace.Calm, pace.OfCalm, 1e-9)
	}
	require.GreaterOrEqual(t, storm.Ended.After, storm.Settled.After)

	weighed, err := weightPlan{Few: 1, Many: 3, Probe: 2, Rounds: 1, Clients: 2}.weigh(t.Context(), s, idle)
	require.NoError(t, err)
	weight := weighed.(weightReport)
	require.Equal(t, []int{1, 3}, []int{weight.Weighings[0].Open, weight.Weighings[1].Open})
	open, err := s.lanes[ours].client.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "ExecutionStatus = 'Running'"})
	require.NoError(t, err)
	require.EqualValues(t, 3, open.GetCount(), "those that stay open; all others have ended")

	for _, result := range []result{compared, storm, weight} {
		var out bytes.Buffer
		require.NoError(t, printJSON(&out, measured{s.setting(), result, s.trouble(t.Context())}))
		require.True(t, json.Valid(out.Bytes()))
		result.print(&out)
		require.NotContains(t, out.String(), "NaN")
		require.NotContains(t, out.String(), "%!")
	}
}

// requireComparison: the floor does what ours does, and touches nothing; the usual way reads the ledger for each message.
func requireComparison(t *testing.T, r report, met troubles) {
	t.Helper()
	for _, m := range modes {
		require.Contains(t, r.Modes[m], toAnswered+"P99")
		require.Contains(t, r.Modes[m], toSettled+"P99")
	}
	require.NotContains(t, r.Modes[floor], toNotified+"P99")
	require.Zero(t, r.Modes[floor][calls])
	require.NotContains(t, r.Modes[ours], transactions, "SQLite does not count them")
	if met[ours].smooth() && met[usual].smooth() {
		// Pause, settlement, and two messages in the portal's inbox for every other merchant; a read and a record for each of
		// four messages, or for both of a step. On a busy machine one of the two can be long in coming.
		require.InDelta(t, 3+4+1, r.Modes[ours][calls], 1)
		require.InDelta(t, 3+8, r.Modes[usual][calls], 0)
	}
}

// requirePaths: disputes of all paths at a time have as many events as in life. On a machine that is so busy that steps
// are tried again, they have more.
func requirePaths(t *testing.T, s *stage) {
	t.Helper()
	want := map[mode]map[path]int64{
		ours:  {agreement: 18, silence: 35, arbitration: 56},
		floor: {agreement: 18, silence: 35, arbitration: 56},
		usual: {agreement: 50, silence: 72, arbitration: 116},
	}
	var lanes errgroup.Group
	slices := map[mode]*slice{}
	for _, m := range modes {
		slice, err := s.lanes[m].newSlice(t.Context(), "few", []path{agreement, silence, arbitration, agreement}, 4, func() {})
		require.NoError(t, err)
		slices[m] = slice
		lanes.Go(func() error {
			return inOrder(func() error { return slice.play(t.Context()) }, func() error { return slice.find(t.Context()) })
		})
	}
	require.NoError(t, lanes.Wait())
	met := s.trouble(t.Context())
	for _, m := range modes {
		for _, i := range slices[m].items {
			if met[m].smooth() {
				require.Equal(t, want[m][i.path], i.events, "%s: %s", m, i.path)
			} else {
				require.GreaterOrEqual(t, i.events, want[m][i.path], "%s: %s", m, i.path)
			}
		}
	}
}

// TestLongLife: everything happens as often as it may.
func TestLongLife(t *testing.T) {
	t.Parallel()
	s := &stage{}
	t.Cleanup(func() { require.NoError(t, s.close()) })
	require.NoError(t, s.open(t.Context(), os.Stderr, ours))
	shown, err := longLifeOn(t.Context(), s, func() {})
	require.NoError(t, err)
	r := shown.(lifeReport)
	require.Equal(t, map[string]int{
		dispute.UpdateRetryNotification: 20, dispute.UpdateMoveDeadline: 20, dispute.UpdateRespond: 20, dispute.UpdateSubmitEvidence: 11,
		dispute.UpdateAcknowledge: 50, dispute.SignalAgreement + " (impossible)": 50, dispute.UpdateStateReason: 1, dispute.UpdateRule: 2,
	}, r.Messages)
	require.Greater(t, r.Events, int64(1000))
	require.Positive(t, r.Replay)
	met := s.trouble(t.Context())[ours]
	require.Len(t, met.First, min(met.Said, firstLines)+min(met.RepeatedOpenings, firstLines), "the worker was heard: %v", met.First)
	var out bytes.Buffer
	r.print(&out)
	require.NotContains(t, out.String(), "%!")
}

func TestRefuses(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	for want, args := range map[string][]string{
		`--path is "war"; allowed are agreement, arbitration, mixed, silence`:     {"--path", "war"},
		"--disputes is 0; at least 1 is needed":                                   {"storm", "--disputes", "0"},
		"--open is -1; at least 1 is needed":                                      {"weight", "--open", "-1"},
		"--open 100 is less than --few 500: it says how many are open in the end": {"weight", "--few", "500", "--open", "100"},
		"temporal cannot be reached at 127.0.0.1:1 (TEMPORAL_ADDRESS)":            {"longlife"},
	} {
		command := newCommand()
		command.SetArgs(args)
		require.ErrorContains(t, command.ExecuteContext(t.Context()), want)
	}
}
