package peers_test

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/worker/assembly"
)

// newDisk mounts a small disk.
func newDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	asRoot(t, "a small disk")
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=0777,size="+size); err != nil {
		t.Skip("LEFT OUT: no small disk can be mounted here: " + err.Error()) // containers usually may not
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(folder, 0)) })
	for parent := folder; parent != os.TempDir() && parent != "/"; parent = filepath.Dir(parent) {
		require.NoError(t, os.Chmod(parent, 0o777))
	}
	return folder
}

// fill writes a file until the disk is full.
func fill(t *testing.T, folder string) (free func()) {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, "ballast"))
	require.NoError(t, err)
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			size /= 2
		}
	}
	require.NoError(t, file.Close())
	return func() { require.NoError(t, os.Remove(file.Name())) }
}

var fullFor = flag.Duration("disk.full", 0, "how long the disk stays full once a dispute waits for it; a measurement takes ten minutes")

// TestFullDisk: when the ledger's disk is full the worker is not ready, and a dispute that is opened waits. Everything goes on
// when there is room again.
func TestFullDisk(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) (url, folder string){
		"SQLite": func(t *testing.T) (string, string) {
			t.Helper()
			folder := newDisk(t, "2m")
			return "sqlite:" + filepath.Join(folder, "ledger.db"), folder
		},
		"PostgreSQL": func(t *testing.T) (string, string) {
			t.Helper()
			folder := newDisk(t, "160m")
			t.Setenv("TMPDIR", folder)
			server, err := postgres.Start(t.Context())
			if errors.Is(err, postgres.ErrMissing) {
				leaveOut(t, err.Error())
			}
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, server.Stop()) })
			return server.URL("postgres"), folder
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, folder := start(t)
			mails, err := mailbox.Open()
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, mails.Leave()) })
			env, err := environment.Start(t.Context(), environment.Options{LedgerURL: url, SMTPURL: mails.URL(), Progress: os.Stderr})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, env.Close()) })
			ready := startWorker(t, env)
			c := parties.NewCase("full", 0, parties.Path{})
			_, err = env.Ledger.Import(t.Context(), parties.Import([]parties.Case{c}))
			require.NoError(t, err)
			require.Eventually(t, func() bool { status, _ := ready(); return status == http.StatusOK }, timeout, 50*time.Millisecond)

			free := fill(t, folder)
			status, body := ready()
			require.Equal(t, http.StatusServiceUnavailable, status)
			require.Regexp(t, `(?i)ledger: .*(disk is full|no space left)`, body)
			opened := make(chan error, 1)
			go func() {
				c.Dispute.OpenedAt = time.Now()
				_, err := env.Disputes.Open(t.Context(), c.Dispute)
				opened <- err
			}()
			require.Eventually(t, func() bool {
				view, err := env.Disputes.Status(t.Context(), c.Dispute.ID)
				return err == nil && view.WaitingFor == dispute.WaitPause
			}, timeout, 50*time.Millisecond)

			<-time.After(*fullFor)
			status, _ = ready()
			require.Equal(t, http.StatusServiceUnavailable, status)
			free()
			require.Eventually(t, func() bool { status, _ := ready(); return status == http.StatusOK }, timeout, 50*time.Millisecond)
			require.NoError(t, <-opened)
			require.Eventually(t, func() bool {
				view, err := env.Disputes.Status(t.Context(), c.Dispute.ID)
				return err == nil && view.WaitingFor == dispute.WaitAgreement
			}, timeout, 50*time.Millisecond)
		})
	}
}

// startWorker starts a worker in this process, and returns its check for readiness.
func startWorker(t *testing.T, env *environment.Environment) (ready func() (status int, body string)) {
	t.Helper()
	variables := env.Variables()
	config, err := assembly.ConfigFromEnv(func(name string) string { return variables[name] })
	require.NoError(t, err)
	worker, err := assembly.New(t.Context(), env.Temporal, "default", config, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	metrics, err := assembly.NewMetrics()
	require.NoError(t, err)
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	stopped := make(chan error, 1)
	go func() { stopped <- worker.Run(running) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-stopped)
	})
	handler := worker.Handler(metrics)
	return func() (int, string) {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		return answer.Code, answer.Body.String()
	}
}
