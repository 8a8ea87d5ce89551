package operations_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/workflows"
)

// TestReconcileEncrypted: on PostgreSQL and with encryption, reconcile reopens a terminated dispute with the input of its
// last run, and reactivates the invoice of a dispute that Temporal does not know. Without the key it changes nothing.
func TestReconcileEncrypted(t *testing.T) {
	t.Parallel()
	database := newPostgres(t)
	e := newEnv(t, database.URL("ledger"))
	e.start("PAYLOAD_KEYS=" + key1)
	temporal := e.dial(key1)
	disputes := workflows.NewClient(temporal)
	e.open(disputes, e.book("running"))
	e.open(disputes, e.book("stopped"))
	require.NoError(t, temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID("stopped"), "", "by a test"))
	e.pause(e.book("forgotten"))
	backdate(t, database.URL("ledger"))

	output, err := e.starter("", "ledger", "reconcile", "--apply", "--yes")
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, output, `encrypted with the key "k1", which is not among the 0 keys given (PAYLOAD_KEYS)`)
	run, err := temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue}, workflows.ReconciliationType)
	require.NoError(t, err)
	var report activities.StrandedReport
	require.NoError(t, run.Get(t.Context(), &report))
	require.Equal(t, 3, report.Open)
	require.Equal(t, 2, report.Total, "nothing was applied")

	output, err = e.starter(key1, "ledger", "reconcile", "--apply", "--reactivate", "--yes")
	require.NoError(t, err, output)
	require.Contains(t, output, "2 of 3 disputes that have been open for more than an hour are stranded.\n")
	require.Contains(t, output, "stopped (129.90 EUR): reopened\n")
	require.Contains(t, output, "forgotten (129.90 EUR): reactivated\n")
	e.waitsFor(disputes, "stopped", dispute.WaitAgreement)
	require.NoError(t, disputes.Agree(t.Context(), "stopped", dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(disputes, "stopped", dispute.ClosedByAgreement)
	output, err = e.starter(key1, "ledger", "check")
	require.NoError(t, err, output)
}

// pause pauses the invoice of a dispute without a workflow.
func (e *env) pause(d dispute.Dispute) {
	e.Helper()
	now := time.Now()
	_, err := e.Ledger.Pause(e.Context(), activities.Pause{Dispute: d.WithDefaults(), At: now, Today: now.Format(time.DateOnly)})
	require.NoError(e, err)
}

// backdate sets all pauses back by two hours, because reconcile ignores disputes of the last hour.
func backdate(t *testing.T, url string) {
	t.Helper()
	database, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	_, err = database.Exec(t.Context(), "update disputes set paused_at = paused_at - interval '2 hours'")
	require.NoError(t, err)
	require.NoError(t, database.Close(t.Context()))
}

// starter runs the starter command with these payload keys.
func (e *env) starter(keys string, args ...string) (output string, err error) {
	cmd := exec.CommandContext(e.Context(), starterProgram, args...)
	cmd.Env = []string{"HOME=" + e.TempDir(), "TEMPORAL_ADDRESS=" + e.Address(), "LEDGER_URL=" + e.LedgerURL, "PAYLOAD_KEYS=" + keys}
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// TestReconcileAgainstAnotherTemporal: another Temporal, whose namespace has the same name, knows none of the disputes of a
// ledger. reconcile refuses it, and the disputes go on.
func TestReconcileAgainstAnotherTemporal(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	e.start()
	d := e.book("running")
	e.open(e.Disputes, d)
	other, err := environment.Start(t.Context(), environment.Options{LedgerURL: e.LedgerURL, Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	cmd := exec.CommandContext(t.Context(), starterProgram, "ledger", "reconcile", "--apply", "--reactivate", "--yes")
	cmd.Env = []string{"HOME=" + t.TempDir(), "TEMPORAL_ADDRESS=" + other.Address(), "LEDGER_URL=" + e.LedgerURL}
	output, err := cmd.CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Regexp(t, `it belongs to the Temporal namespace "default" \(id .+\), not to "default" \(id .+\)`, string(output))

	require.NoError(t, e.Disputes.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(e.Disputes, d.ID, dispute.ClosedByAgreement)
}
