package operations_test

import (
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestReconcileEncrypted: on PostgreSQL and with encryption, a stopped dispute goes on with what its run still
// knows and a forgotten one is given back. Who lacks the key is told so and changes nothing.
func TestReconcileEncrypted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	database := s.onPostgres()
	s.start("PAYLOAD_KEYS=" + key1)
	temporal := s.dial(key1)
	disputes := workflows.NewClient(temporal)
	s.open(disputes, s.book("running"))
	s.open(disputes, s.book("stopped"))
	require.NoError(t, temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID("stopped"), "", "by a test"))
	s.pause(s.book("forgotten"))
	longAgo(t, database.URL("ledger"))

	output, err := s.starter("", "ledger", "reconcile", "--apply", "--yes")
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, output, `encrypted with the key "k1", which is not among the 0 keys given (PAYLOAD_KEYS)`)
	run, err := temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue}, workflows.ReconciliationType)
	require.NoError(t, err)
	var report activities.StrandedReport
	require.NoError(t, run.Get(t.Context(), &report))
	require.Equal(t, 3, report.Open)
	require.Equal(t, 2, report.Total, "nothing was applied")

	output, err = s.starter(key1, "ledger", "reconcile", "--apply", "--yes")
	require.NoError(t, err, output)
	require.Contains(t, output, "2 of 3 disputes that have been open for more than an hour are stranded.\n")
	require.Contains(t, output, "stopped (129.90 EUR): reopened\n")
	require.Contains(t, output, "forgotten (129.90 EUR): reactivated\n")
	s.waitsFor(disputes, "stopped", dispute.WaitAgreement)
	require.NoError(t, disputes.Agree(t.Context(), "stopped", dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	s.closes(disputes, "stopped", dispute.ClosedByAgreement)
	output, err = s.starter(key1, "ledger", "check")
	require.NoError(t, err, output)
}

// pause pauses the invoice of a dispute for which nobody starts a workflow.
func (s *site) pause(d dispute.Dispute) {
	s.Helper()
	books, err := ledger.Open(s.Context(), s.ledgerURL)
	require.NoError(s, err)
	now := time.Now()
	_, err = books.Pause(s.Context(), activities.Pause{Dispute: d.WithDefaults(), At: now, Today: now.Format(time.DateOnly)})
	require.NoError(s, err)
	require.NoError(s, books.Close())
}

// longAgo makes the ledger say that all was paused long enough ago for reconcile to ask.
func longAgo(t *testing.T, url string) {
	t.Helper()
	database, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	_, err = database.Exec(t.Context(), "update disputes set paused_at = paused_at - interval '2 hours'")
	require.NoError(t, err)
	require.NoError(t, database.Close(t.Context()))
}

// starter runs the command line as an operator with these keys does.
func (s *site) starter(keys string, args ...string) (output string, err error) {
	cmd := exec.CommandContext(s.Context(), commandLine, args...)
	cmd.Env = []string{"HOME=" + s.TempDir(), "TEMPORAL_ADDRESS=" + s.temporal.Address(), "LEDGER_URL=" + s.ledgerURL, "PAYLOAD_KEYS=" + keys}
	said, err := cmd.CombinedOutput()
	return string(said), err
}
