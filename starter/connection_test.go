package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/workflows"
)

// The tests of this file change where Temporal is, so they run before the parallel ones.

func TestTemporalIsAway(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	s := starter(t)
	input := file(t, asJSON(t, exampleDispute(time.Now())))
	for _, args := range append([][]string{{"open", input}, {"status", "kd"}, {"list", "--attention"}}, withID("kd", everyMessage())...) {
		s.fails(args, "failed: temporal cannot be reached at 127.0.0.1:1; start it (temporal server start-dev) or correct TEMPORAL_ADDRESS: ", "connection refused")
	}
	got := s.run("list")
	require.Equal(t, exitDone, got.code, got.err)
	require.Equal(t, "No disputes found.\n", got.out)
	require.Contains(t, got.err, "runs that were stopped are not marked: temporal cannot be reached at 127.0.0.1:1")
}

// TestCaseWithoutTemporal: the archive answers while Temporal does not, and the command says so.
func TestCaseWithoutTemporal(t *testing.T) {
	s, d := withArchive(t)
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	const away = "temporal cannot be reached at 127.0.0.1:1"
	got := s.run("case", d.ID, "--json")
	require.Equal(t, exitDone, got.code, got.err)
	require.Contains(t, got.out, d.Complainant.Email)
	require.Contains(t, got.err, "this is the case in the archive, as it ended: "+away)
	s.fails([]string{"case", "nobody"}, "failed: "+away, `; the archive has no case of dispute "nobody"`)
	s.env = nil
	s.fails([]string{"case", d.ID}, "failed: "+away)
}

// TestTemporalAddress: a wrong address is explained, where the gRPC library says "no children to pick from".
func TestTemporalAddress(t *testing.T) {
	for address, why := range map[string]string{
		"temporal":               "address temporal: missing port in address",
		"temporal.invalid:7233":  "lookup temporal.invalid",
		"http://localhost:17233": "too many colons in address",
	} {
		t.Setenv("TEMPORAL_ADDRESS", address)
		starter(t).fails([]string{"status", "kd"}, "failed: temporal cannot be reached at "+address+"; start it", why)
	}
}

func TestTemporalIsMisconfigured(t *testing.T) {
	t.Setenv("TEMPORAL_CONFIG_FILE", file(t, "no TOML"))
	starter(t).fails([]string{"status", "kd"}, "failed: the configuration of Temporal is not usable: ")
}

// TestNoWorker: Temporal runs without a worker. Each command says so in time, in the same words, and whether it is
// safe to repeat.
func TestNoWorker(t *testing.T) {
	server, err := devserver.Start(t.Context(), devserver.Options{SearchAttributes: workflows.SearchAttributes})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	t.Setenv("TEMPORAL_ADDRESS", server.Address())
	s := starter(t)
	d := exampleDispute(time.Now())
	const noAnswer = "failed: no worker answers: start one (go run ./worker), or see whether the running one reaches its ledger; "
	s.fails([]string{"open", file(t, asJSON(t, d)), "--timeout", "1s"}, noAnswer, "repeating the command is safe\n")
	s.fails([]string{"respond", d.ID, "--message", "m", "--timeout", "300ms", "--update-id", "r-1"}, noAnswer, "repeating the command with --update-id r-1 is safe\n")
	require.Regexp(t, `--update-id [0-9a-f-]{36} is safe`, s.fails([]string{"respond", d.ID, "--message", "m", "--timeout", "300ms"}, noAnswer))
	s.timeout = 300 * time.Millisecond
	s.fails([]string{"status", d.ID}, noAnswer, "nothing was changed\n")
	s.timeout = 0
	for _, message := range [][]string{{"withdraw"}, {"agree", "--terms", "merchant_refunds", "--refund", "30.00 EUR", "--reported-by", "customer"}} {
		got := s.run(withID(d.ID, [][]string{message})[0]...)
		require.Equal(t, exitDone, got.code, got.err)
		require.Equal(t, "sent: kept by Temporal; no worker has seen it yet\n", got.out)
		require.Contains(t, got.err, "the whole disputed amount (not known while no worker answers)")
	}
	require.Equal(t, 2, signals(t, server, d.ID))
	require.JSONEq(t, `{"id": "`+d.ID+`", "seen": false}`, s.does("withdraw", d.ID, "--yes", "--json"))
	s.fails([]string{"withdraw", "nobody", "--yes"}, "refused (unknown_dispute): ")
	require.Regexp(t, d.ID+` +nordlicht +OPENED +pause\n`, s.does("list", "--waiting-for", "pause"))
}

// TestUnanswered: Temporal reports a call that no worker has answered in several ways.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	refused := dispute.Refuse(dispute.CodeNotAccepted, "not now")
	for _, c := range []struct {
		ctx      context.Context
		err      error
		answered bool
	}{
		{late, context.DeadlineExceeded, false},
		{late, serviceerror.NewCanceled("stream terminated"), false},
		{t.Context(), serviceerror.NewDeadlineExceeded("context deadline exceeded"), false},
		{t.Context(), serviceerror.NewInvalidArgument("Namespace default has no mapping defined for search attribute DisputeState"), false},
		{t.Context(), serviceerror.NewInvalidArgument("page size must be positive"), true},
		{t.Context(), serviceerror.NewUnavailable("connection refused"), true},
		{late, refused, true},
	} {
		got := unanswered(c.ctx, c.err, "again is safe")
		require.ErrorIs(t, got, c.err)
		require.Equal(t, c.answered, got.Error() == c.err.Error(), got)
	}
}

// signals counts the signals in the history of a dispute.
func signals(t *testing.T, server *devserver.Server, id string) (count int) {
	t.Helper()
	temporal, err := server.Dial(t.Context())
	require.NoError(t, err)
	defer temporal.Close()
	history := temporal.GetWorkflowHistory(t.Context(), workflows.WorkflowID(id), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		event, err := history.Next()
		require.NoError(t, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
			count++
		}
	}
	return count
}

func withID(id string, messages [][]string) [][]string {
	commands := make([][]string, len(messages))
	for i, message := range messages {
		commands[i] = confirmed(append([]string{message[0], id}, message[1:]...))
	}
	return commands
}
