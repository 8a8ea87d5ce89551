package environment_test

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/workerprocess"
)

func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(workerprocess.Work(nil))
	}
	os.Exit(m.Run())
}

// requireDispute asserts that a dispute comes to its end in the environment.
func requireDispute(t *testing.T, e *environment.Environment, id string) {
	t.Helper()
	c := parties.NewCase(id, 0, parties.PathTo(dispute.ClosedByWithdrawal))
	_, err := e.Ledger.Import(t.Context(), parties.Import([]parties.Case{c}))
	require.NoError(t, err)
	_, err = parties.Driver{Temporal: e.Temporal, Poll: 20 * time.Millisecond, Blink: time.Second}.Play(t.Context(), c)
	require.NoError(t, err)
	mails, err := os.ReadDir(e.MailDir())
	require.NoError(t, err)
	require.NotEmpty(t, mails)
}

// TestEnvironment: workers of both kinds run disputes, also on a Temporal that is given, and Close leaves nothing behind.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	first, err := environment.Start(t.Context(), environment.Options{Durable: true, Progress: os.Stderr})
	require.NoError(t, err)
	worker, err := first.StartWorkerProcess(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, worker.Kill())
	require.NoError(t, first.Server.Kill())
	require.NoError(t, first.Server.Restart(t.Context()))
	require.NoError(t, worker.Restart(t.Context()))
	requireDispute(t, first, "in-a-process")
	require.NoError(t, worker.Stop())

	second, err := environment.Start(t.Context(), environment.Options{Temporal: client.Options{HostPort: first.Address()}})
	require.NoError(t, err)
	require.Nil(t, second.Server)
	require.NoError(t, second.StartWorker(t.Context(), nil))
	requireDispute(t, second, "in-this-process")
	require.NoError(t, second.Close())

	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing again does nothing")
	require.NoDirExists(t, first.Dir)
	require.NoDirExists(t, second.Dir)
	_, err = net.DialTimeout("tcp", first.Address(), time.Second)
	require.Error(t, err, "Temporal still answers")
}

// TestFailedStart leaves nothing behind.
func TestFailedStart(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	_, err := environment.Start(t.Context(), environment.Options{LedgerURL: "sqlite:" + folder})
	require.Error(t, err)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)

	_, err = environment.Start(t.Context(), environment.Options{Temporal: client.Options{HostPort: "127.0.0.1:1"}})
	require.ErrorContains(t, err, "temporal cannot be reached at 127.0.0.1:1: ")
	left, err = os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}
