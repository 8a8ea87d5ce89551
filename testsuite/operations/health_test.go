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

// TestHealth: a worker whose Temporal is away lives and is not ready; it is again when Temporal is back.
func TestHealth(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.start()
	status, body := w.get("/readyz")
	require.Equal(t, http.StatusOK, status, body)
	require.Equal(t, "ready\n", body)
	require.NoError(t, s.probe(w).Run())

	require.NoError(t, s.temporal.Kill())
	status, body = w.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.True(t, strings.HasPrefix(body, "temporal: "), body)
	status, body = w.get("/healthz")
	require.Equal(t, http.StatusOK, status, body)
	output, err := s.probe(w).CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(output), "worker: not ready:\ntemporal: ")

	require.NoError(t, s.temporal.Restart(t.Context()))
	w.recovers()
	w.stop()
	output, err = s.probe(w).CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(output), "worker: it does not answer: ")
}

// TestLedgerAway: the same with a ledger whose PostgreSQL loses its power.
func TestLedgerAway(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	database := s.onPostgres()
	w := s.start()
	w.recovers()
	require.NoError(t, database.Kill())
	status, body := w.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.True(t, strings.HasPrefix(body, "ledger: "), body)
	status, _ = w.get("/healthz")
	require.Equal(t, http.StatusOK, status)
	_, password, _ := strings.Cut(strings.TrimPrefix(s.ledgerURL, "postgres://"), ":")
	password, _, _ = strings.Cut(password, "@")
	require.NotContains(t, body, password)
	require.NoError(t, database.Restart(t.Context()))
	w.recovers()
}

// onPostgres gives the ledger a PostgreSQL of its own.
func (s *site) onPostgres() *postgres.Server {
	s.Helper()
	database, err := postgres.Start(s.Context())
	if errors.Is(err, postgres.ErrMissing) {
		s.Skip(err)
	}
	require.NoError(s, err)
	s.Cleanup(func() { require.NoError(s, database.Stop()) })
	require.NoError(s, database.CreateDatabase(s.Context(), "ledger"))
	s.ledgerURL = database.URL("ledger")
	return database
}

// recovers waits until the worker is ready.
func (w *worker) recovers() {
	w.Helper()
	require.Eventually(w, func() bool {
		status, _ := w.get("/readyz")
		return status == http.StatusOK
	}, patience, 100*time.Millisecond)
}

// probe is the health check of a container.
func (s *site) probe(w *worker) *exec.Cmd {
	cmd := exec.CommandContext(s.Context(), program, "health")
	cmd.Env = []string{"METRICS_ADDR=" + w.address}
	return cmd
}
