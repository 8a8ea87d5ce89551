package assembly_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// TestOnRealTemporal: the first worker of a namespace registers the search attributes, the next finds them, and both run
// until they are stopped.
func TestOnRealTemporal(t *testing.T) {
	t.Parallel()
	server, err := devserver.Start(t.Context(), devserver.Options{Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	temporal, err := server.Dial(t.Context())
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	for range 2 {
		worker, err := assembly.New(t.Context(), temporal, client.DefaultNamespace, config(t), slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		requireStops(t, worker)
	}
	known, err := temporal.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: client.DefaultNamespace})
	require.NoError(t, err)
	for _, key := range workflows.SearchAttributes {
		require.Equal(t, key.GetValueType(), known.GetCustomAttributes()[key.GetName()], key.GetName())
	}
}

// requireStops runs a worker and stops it, long before its stop timeout. The worker is ready only in between.
func requireStops(t *testing.T, worker *assembly.Worker) {
	t.Helper()
	metrics, err := assembly.NewMetrics()
	require.NoError(t, err)
	ready := func() string {
		answer := httptest.NewRecorder()
		worker.Handler(metrics).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		return answer.Body.String()
	}
	require.Contains(t, ready(), "worker: starting")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	require.Eventually(t, func() bool { return ready() == "ready\n" }, 20*time.Second, 20*time.Millisecond)
	stop()
	select {
	case err := <-done:
		require.NoError(t, err)
		require.Contains(t, ready(), "worker: stopping")
	case <-time.After(20 * time.Second):
		require.FailNow(t, "the worker does not stop")
	}
}

// TestAdapters: the error of each adapter begins with its variable, and a mail folder is logged.
func TestAdapters(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for want, change := range map[string]func(*assembly.Config){
		"SMTP_URL: ":   func(c *assembly.Config) { c.MailDir, c.SMTPURL = "", "imap://mail.example" },
		"MAIL_DIR: ":   func(c *assembly.Config) { c.MailDir = filepath.Join(file, "mails") },
		"LEDGER_URL: ": func(c *assembly.Config) { c.LedgerURL = "sqlite:" + filepath.Join(file, "ledger.db") },
	} {
		c := config(t)
		change(&c)
		var log bytes.Buffer
		s := &server{known: complete()}
		require.ErrorContains(t, s.assembleAs(t, c, time.Minute, slog.New(slog.NewTextHandler(&log, nil))), want)
		require.Equal(t, want == "LEDGER_URL: ", bytes.Contains(log.Bytes(), []byte("nobody is reached by e-mail")), log.String())
	}
}

// TestSenderAtLocalhost: mail servers refuse it, so the worker warns at start.
func TestSenderAtLocalhost(t *testing.T) {
	t.Parallel()
	for from, warned := range map[string]bool{"Streitfall <streitfall@localhost>": true, "a@LOCALHOST": true, "a@example.com": false} {
		c := config(t)
		c.MailDir, c.SMTPURL, c.MailFrom = "", "smtp://mail.example.com", from
		var log bytes.Buffer
		s := &server{known: complete()}
		require.NoError(t, s.assembleAs(t, c, time.Minute, slog.New(slog.NewTextHandler(&log, nil))))
		require.Equal(t, warned, bytes.Contains(log.Bytes(), []byte("set MAIL_FROM")), log.String())
	}
}

// TestLedgerOfAnotherNamespace: with it the same dispute ids would move the same money.
func TestLedgerOfAnotherNamespace(t *testing.T) {
	t.Parallel()
	c := config(t)
	store, err := ledger.Open(t.Context(), c.LedgerURL)
	require.NoError(t, err)
	require.NoError(t, store.Claim(t.Context(), ledger.Namespace{ID: "id-of-elsewhere", Name: "elsewhere"}))
	require.NoError(t, store.Close())
	s := &server{known: complete()}
	err = s.assembleAs(t, c, time.Minute, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, `LEDGER_URL: claim the ledger: it belongs to the Temporal namespace "elsewhere" (id id-of-elsewhere), not to "shop" (id id-of-shop)`)
}
