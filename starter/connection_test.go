package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	for _, args := range append([][]string{{"open", input}, {"status", "kd"}, {"list"}}, withID("kd", everyMessage())...) {
		s.fails(args, "failed: temporal cannot be reached at 127.0.0.1:1 (TEMPORAL_ADDRESS): ", "connection refused")
	}
}

func TestTemporalIsMisconfigured(t *testing.T) {
	t.Setenv("TEMPORAL_CONFIG_FILE", file(t, "no TOML"))
	starter(t).fails([]string{"status", "kd"}, "failed: the configuration of Temporal is not usable: ")
}

// TestNoWorker: a Temporal that takes requests, and nobody who works on them. Each command says in time what
// may be wrong, and whether it is safe to repeat.
func TestNoWorker(t *testing.T) {
	server, err := devserver.Start(t.Context(), devserver.Options{SearchAttributes: workflows.SearchAttributes})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	t.Setenv("TEMPORAL_ADDRESS", server.Address())
	s := starter(t)
	d := exampleDispute(time.Now())
	const noAnswer = "failed: no answer in time; is a worker running, and is its ledger there? "
	s.fails([]string{"open", file(t, asJSON(t, d)), "--timeout", "1s"}, noAnswer, "(the same file again is safe)")
	s.fails([]string{"respond", d.ID, "--message", "m", "--timeout", "300ms", "--update-id", "r-1"}, noAnswer, "(the same again with --update-id r-1 is safe)")
	require.Regexp(t, `--update-id [0-9a-f-]{36} is safe`, s.fails([]string{"respond", d.ID, "--message", "m", "--timeout", "300ms"}, noAnswer))
	s.hurry = 300 * time.Millisecond
	s.fails([]string{"status", d.ID}, noAnswer, "(reading changes nothing)")
	s.fails([]string{"withdraw", d.ID}, noAnswer, "(nothing was sent)")
	s.hurry = 0
	require.Contains(t, s.does("list"), d.ID+"  "+string(dispute.StateOpened))
}

// TestUnanswered: Temporal's own words for a call that ran out of time, and what is none.
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
		{t.Context(), serviceerror.NewUnavailable("connection refused"), true},
		{late, refused, true},
	} {
		got := unanswered(c.ctx, c.err, "again is safe")
		require.ErrorIs(t, got, c.err)
		require.Equal(t, c.answered, got.Error() == c.err.Error(), got)
	}
}

func withID(id string, messages [][]string) [][]string {
	commands := make([][]string, len(messages))
	for i, message := range messages {
		commands[i] = append([]string{message[0], id}, message[1:]...)
	}
	return commands
}
