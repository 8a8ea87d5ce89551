package operations_test

import (
	"errors"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/testsuite/postgres"
)

// TestTemporalDown: a worker without Temporal is alive but not ready, and becomes ready when Temporal is back.
func TestTemporalDown(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	w := e.start()
	status, body := w.get("/readyz")
	require.Equal(t, http.StatusOK, status, body)
	require.Equal(t, "ready\n", body)
	require.NoError(t, e.healthCheck(w).Run())

	require.NoError(t, e.Server.Kill())
	status, body = w.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.True(t, strings.HasPrefix(body, "temporal: "), body)
	status, body = w.get("/healthz")
	require.Equal(t, http.StatusOK, status, body)
	output, err := e.healthCheck(w).CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(output), "worker: not ready:\ntemporal: ")

	require.NoError(t, e.Server.Restart(t.Context()))
	w.becomesReady()
	w.stop()
	output, err = e.healthCheck(w).CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(output), "worker: it does not answer: ")
}

// TestLedgerDown: the same for a ledger whose PostgreSQL is killed.
func TestLedgerDown(t *testing.T) {
	t.Parallel()
	database := newPostgres(t)
	e := newEnv(t, database.URL("ledger"))
	w := e.start()
	w.becomesReady()
	require.NoError(t, database.Kill())
	status, body := w.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.True(t, strings.HasPrefix(body, "ledger: "), body)
	status, _ = w.get("/healthz")
	require.Equal(t, http.StatusOK, status)
	_, password, _ := strings.Cut(strings.TrimPrefix(e.LedgerURL, "postgres://"), ":")
	password, _, _ = strings.Cut(password, "@")
	require.NotContains(t, body, password)
	require.NoError(t, database.Restart(t.Context()))
	w.becomesReady()
}

// newPostgres starts a PostgreSQL server with a database "ledger".
func newPostgres(t *testing.T) *postgres.Server {
	t.Helper()
	database, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Stop()) })
	require.NoError(t, database.CreateDatabase(t.Context(), "ledger"))
	return database
}

// becomesReady waits until the worker is ready.
func (w *worker) becomesReady() {
	w.Helper()
	require.Eventually(w, func() bool {
		status, _ := w.get("/readyz")
		return status == http.StatusOK
	}, timeout, 100*time.Millisecond)
}

// healthCheck is the health check of a container.
func (e *env) healthCheck(w *worker) *exec.Cmd {
	cmd := exec.CommandContext(e.Context(), workerProgram, "health")
	cmd.Env = []string{"METRICS_ADDR=" + w.address}
	return cmd
}
