package peers_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

const bouncerConfig = `[databases]
ledger = host=%s port=%s dbname=ledger user=postgres password=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = %s
default_pool_size = 12
%s
`

// ignored is the setting that the README asks for.
const ignored = "ignore_startup_parameters = default_transaction_isolation, idle_in_transaction_session_timeout, " +
	"tcp_keepalives_idle, tcp_keepalives_interval, tcp_keepalives_count"

// newBouncer starts PgBouncer in front of a database "ledger", and returns the ledger's URL through it.
func newBouncer(t *testing.T, server *postgres.Server, mode, settings string) string {
	t.Helper()
	bouncer := program(t, "pgbouncer", "pgbouncer")
	target, err := url.Parse(server.URL("ledger"))
	require.NoError(t, err)
	password, _ := target.User.Password()
	folder, err := os.MkdirTemp("", "streitfall-pgbouncer-") //nolint:usetesting // another user enters it
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	require.NoError(t, os.Chmod(folder, 0o755))
	config := filepath.Join(folder, "pgbouncer.ini")
	var address string
	running := process.NewServer(process.Program{
		Name: "pgbouncer",
		Command: func() *exec.Cmd {
			if os.Geteuid() == 0 { // as which it refuses to run
				return exec.Command(bouncer, "-u", "nobody", config)
			}
			return exec.Command(bouncer, config)
		},
		Ready:  func(ctx context.Context, _ *process.Process) error { return answers(ctx, address) },
		Remove: func() error { return nil },
	})
	require.NoError(t, process.OnFreePorts(1, func(ports []int) error {
		content := fmt.Sprintf(bouncerConfig, target.Hostname(), target.Port(), password, ports[0], mode, settings)
		require.NoError(t, os.WriteFile(config, []byte(content), 0o644))
		address = fmt.Sprintf("%s:%d", process.Host, ports[0])
		return running.Launch(t.Context())
	}))
	t.Cleanup(func() { require.NoError(t, running.Stop()) })
	target.Host = address
	return target.String()
}

// TestPgBouncer: the ledger works behind it, or says at the start which setting is missing.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	const exec = "&default_query_exec_mode=exec"
	for name, c := range map[string]struct{ mode, settings, query, want string }{
		"no setting":              {"session", "", "", "add this to its configuration: ignore_startup_parameters = default_transaction_isolation, "},
		"session":                 {"session", ignored, "", ""},
		"transaction, statements": {"transaction", ignored, "", "add default_query_exec_mode=exec to the URL"},
		"transaction":             {"transaction", ignored, exec, ""},
		"a search path":           {"session", ignored, "&search_path=books", "a search_path cannot pass: set it with ALTER ROLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := postgres.Start(t.Context())
			if errors.Is(err, postgres.ErrMissing) {
				leaveOut(t, err.Error())
			}
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, server.Stop()) })
			require.NoError(t, server.CreateDatabase(t.Context(), "ledger"))
			address := newBouncer(t, server, c.mode, c.settings) + c.query
			l, err := ledger.Open(t.Context(), address)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, l.Close()) })
			again, err := ledger.Open(t.Context(), address)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, again.Close()) })
			pauseAndSettle(t, l, again)
		})
	}
}

// pauseAndSettle runs disputes on both ledgers at once, each step on both.
func pauseAndSettle(t *testing.T, ledgers ...*ledger.Ledger) {
	t.Helper()
	cases := make([]parties.Case, 40)
	for n := range cases {
		cases[n] = parties.NewCase(fmt.Sprint("pooled-", n), n, parties.Path{})
		cases[n].Dispute.OpenedAt, cases[n].Dispute.Calendar = time.Now(), "DE"
		cases[n].Dispute.Policy.ResponseBusinessDays = 21
	}
	_, err := ledgers[0].Import(t.Context(), parties.Import(cases))
	require.NoError(t, err)
	today := time.Now().Format(time.DateOnly)
	onAll(cases, ledgers, func(c parties.Case, l *ledger.Ledger) {
		_, err := l.Pause(t.Context(), activities.Pause{Dispute: c.Dispute, RunID: "run", At: time.Now(), Today: today})
		require.NoError(t, err)
	})
	onAll(cases, ledgers, func(c parties.Case, l *ledger.Ledger) {
		decision := dispute.Decide(dispute.ClosedForCustomer, c.Dispute.DisputedAmount, nil)
		_, err := l.Settle(t.Context(), activities.Settle{DisputeID: c.Dispute.ID, Calendar: "DE", Decision: decision, At: time.Now(), Today: today})
		require.NoError(t, err)
		require.NoError(t, l.Ping(t.Context()))
	})
	report, err := ledgers[0].Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, len(cases), report.ClosedDisputes)
}

// onAll runs a step of all cases on all ledgers at once.
func onAll(cases []parties.Case, ledgers []*ledger.Ledger, step func(parties.Case, *ledger.Ledger)) {
	var group sync.WaitGroup
	for _, c := range cases {
		for _, l := range ledgers {
			group.Go(func() { step(c, l) })
		}
	}
	group.Wait()
}
