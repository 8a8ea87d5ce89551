package process

import (
	"context"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// start starts a shell script and waits for its first line.
func start(t *testing.T, script string) *Process {
	t.Helper()
	p, err := Start(exec.Command("sh", "-c", script))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Kill()) })
	<-p.Printed()
	return p
}

func TestRun(t *testing.T) {
	t.Parallel()
	answer, err := Run(t.Context(), exec.Command("sh", "-c", "echo answer; echo remark >&2"))
	require.NoError(t, err)
	require.Equal(t, "answer", answer)

	_, err = Run(t.Context(), exec.Command("sh", "-c", "echo answer; echo reason >&2; exit 3"))
	require.EqualError(t, err, "exit status 3\nreason")

	_, err = Run(t.Context(), exec.Command(t.TempDir()+"/missing"))
	require.ErrorContains(t, err, "no such file")
}

func TestContextEndsRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := Run(ctx, exec.Command("sh", "-c", "sleep 600 & wait"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// TestKillKillsChildren: Kill also ends a child in a process group of its own, like PostgreSQL's.
func TestKillKillsChildren(t *testing.T) {
	t.Parallel()
	p := start(t, "setsid sleep 600 & echo $!; wait")
	child, err := strconv.Atoi(p.Logs())
	require.NoError(t, err)
	require.True(t, alive(child))

	require.NoError(t, p.Kill())
	require.NoError(t, p.Kill(), "killing again does nothing")
	require.False(t, alive(child))
	require.False(t, alive(p.PID()))
	require.NoError(t, p.Stop(time.Minute), "it was killed")
}

// The shell execs sleep: a shell that is interrupted while it starts a program can leave the program behind.
func TestStop(t *testing.T) {
	t.Parallel()
	require.NoError(t, start(t, "echo; exec sleep 600").Stop(time.Minute))

	stubborn := start(t, "trap '' INT; echo; exec sleep 600")
	require.EqualError(t, stubborn.Stop(10*time.Millisecond), "killed, because it did not end within 10ms")

	gone := start(t, "echo last words")
	<-gone.Exited()
	require.EqualError(t, gone.Stop(time.Minute), "ended on its own: exit status 0\nlast words")
}
