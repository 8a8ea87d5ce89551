package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/testsuite/workerprocess"
)

func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(work())
	}
	if os.Getenv(asTool) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestCompare: a few disputes in every mode. The floor has the events of ours; the usual way has many more.
func TestCompare(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "")
	t.Setenv("LEDGER_URL", "")
	command := newCommand()
	var out bytes.Buffer
	command.SetArgs([]string{"--disputes", "4", "--rounds", "1", "--json"})
	command.SetOut(&out)
	command.SetErr(io.Discard)
	require.NoError(t, command.ExecuteContext(t.Context()))
	var r report
	shown := measured{Result: &r}
	require.NoError(t, json.Unmarshal(out.Bytes(), &shown))
	for _, m := range modes {
		require.Contains(t, shown.Trouble, m)
	}
	for _, m := range modes {
		require.Positive(t, r.Modes[m][perSecond])
		require.Positive(t, r.Modes[m][toAnswered+"P99"])
		require.Positive(t, r.Modes[m][toSettled+"P99"])
	}
	// On a busy machine a step can take too long to be a local one, which costs events.
	require.InEpsilon(t, r.Modes[ours][events], r.Modes[floor][events], 0.4)
	require.InEpsilon(t, r.Modes[ours][historyBytes], r.Modes[floor][historyBytes], 0.4)
	require.Greater(t, r.Modes[usual][events], 1.5*r.Modes[ours][events])
	require.Positive(t, r.Modes[ours][toNotified+"P99"])
	require.Zero(t, r.Modes[floor][transactions])
	require.InDelta(t, r.Modes[ours][calls], r.Modes[ours][transactions], 0)
	require.GreaterOrEqual(t, r.Modes[ours][transactions], 14.0, "pause, settlement, and four messages with merchant, receipt and record")
	require.Positive(t, r.OfFloor.Median)
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
