package main

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// longAgo is long enough ago for reconcile.
const longAgo = 2 * time.Hour

// otherLedger is a ledger that the shared worker does not use.
type otherLedger struct {
	shell
	url   string
	books *ledger.Ledger
}

func newOtherLedger(t *testing.T, namespace string) *otherLedger {
	t.Helper()
	d := &otherLedger{url: "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")}
	d.shell = shell{T: t, env: map[string]string{"LEDGER_URL": d.url}}
	var err error
	d.books, err = ledger.Open(t.Context(), d.url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.books.Close()) })
	if namespace != "" {
		require.NoError(t, d.books.Claim(t.Context(), ownerOf(t, namespace)))
	}
	return d
}

// ownerOf is a namespace of the shared Temporal, or one of another Temporal.
func ownerOf(t *testing.T, name string) ledger.Namespace {
	t.Helper()
	if name == "elsewhere" {
		return ledger.Namespace{ID: "id-of-elsewhere", Name: name}
	}
	owner, err := assembly.NamespaceOf(t.Context(), shared.temporal, name)
	require.NoError(t, err)
	return owner
}

// TestAdopt: a ledger of another namespace is refused until it was adopted, which says what it does.
func TestAdopt(t *testing.T) {
	t.Parallel()
	other := newOtherLedger(t, "elsewhere")
	other.strand("adopted")
	got := other.run("ledger", "adopt")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "this gives the ledger to another namespace and there is no terminal to ask on; confirm it with --yes")
	other.terminal = true
	got = other.runWith("n\n", "ledger", "adopt")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, `The ledger belongs to the namespace "elsewhere" (id id-of-elsewhere) and has 1 open disputes, whose workflows are there. It will belong to "default" (id `)
	other.terminal = false
	other.fails([]string{"ledger", "reconcile"}, "it belongs to the Temporal namespace")
	require.Contains(t, other.does("ledger", "adopt", "--yes"), `the ledger belongs to the namespace "default" (id `)
	require.Contains(t, other.does("ledger", "reconcile"), "1 of 1 disputes")
	require.Contains(t, other.does("ledger", "adopt", "--yes"), " already\n")
}

// strand pauses the invoices of disputes, two hours ago, without starting workflows.
func (d *otherLedger) strand(ids ...string) {
	d.Helper()
	in := exampleImport(time.Now())
	template := in.Invoices[0]
	in.Invoices = nil
	for _, id := range ids {
		template.ID = "i-" + id
		in.Invoices = append(in.Invoices, template)
	}
	_, err := d.books.Import(d.Context(), in)
	require.NoError(d, err)
	at := time.Now().Add(-longAgo)
	for _, id := range ids {
		lost := exampleDispute(at)
		lost.ID, lost.InvoiceID = id, "i-"+id
		_, err := d.books.Pause(d.Context(), activities.Pause{Dispute: lost.WithDefaults(), At: at, Today: at.Format(time.DateOnly)})
		require.NoError(d, err)
	}
}

// TestReconcileReactivates: an invoice is given back when Temporal knows nothing of its dispute.
func TestReconcileReactivates(t *testing.T) {
	t.Parallel()
	d := newOtherLedger(t, client.DefaultNamespace)
	require.Equal(t, "0 of 0 disputes that have been open for more than an hour are stranded.\n", d.does("ledger", "reconcile"))
	d.strand("lost-1", "lost-2", "lost-3")

	text := d.does("ledger", "reconcile")
	require.Contains(t, text, "3 of 3 disputes")
	require.Regexp(t, `(?m)^lost-1 +129\.90 EUR +\d{4}-\d\d-\d\d +reactivate +Temporal knows no run of it: what was said and decided is lost$`, text)
	require.Regexp(t, `(?m)^state +paused$`, d.does("ledger", "show", "i-lost-1"), "nothing was applied")

	got := d.run("ledger", "reconcile", "--apply", "--yes", "--max", "2")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "failed: 3 disputes are stranded, and --max is 2: nothing was applied")
	require.Regexp(t, `(?m)^state +paused$`, d.does("ledger", "show", "i-lost-1"))

	got = d.run("ledger", "reconcile", "--apply", "--yes")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "lost-1 (129.90 EUR): not repaired: reactivating it loses what was said and decided")
	require.Regexp(t, `(?m)^state +paused$`, d.does("ledger", "show", "i-lost-1"), "nobody was asked")

	var outcomes []helped
	require.NoError(t, json.Unmarshal([]byte(d.does("ledger", "reconcile", "--apply", "--reactivate", "--yes", "--json")), &outcomes))
	require.Len(t, outcomes, 3)
	for _, outcome := range outcomes {
		require.Equal(t, "reactivated", outcome.Done)
		record, err := d.books.Dispute(t.Context(), outcome.ID)
		require.NoError(t, err)
		require.Equal(t, dispute.Decide(dispute.ClosedByOperator, record.DisputedAmount, nil), record.Decision)
	}
	require.Regexp(t, `(?m)^state +open$`, d.does("ledger", "show", "i-lost-1"))
	require.Contains(t, d.does("ledger", "check"), "The ledger is consistent.")
	require.Contains(t, d.does("ledger", "reconcile", "--apply", "--yes"), "0 of 0 disputes")
}

// TestReconcileStopsAboveTwenty: more at once mean that something else is wrong.
func TestReconcileStopsAboveTwenty(t *testing.T) {
	t.Parallel()
	d := newOtherLedger(t, client.DefaultNamespace)
	ids := make([]string, 21)
	for i := range ids {
		ids[i] = "many-" + string(rune('a'+i))
	}
	d.strand(ids...)
	got := d.run("ledger", "reconcile", "--apply", "--yes")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "21 disputes are stranded, and --max is 20: nothing was applied")
	require.Contains(t, d.does("ledger", "reconcile", "--apply", "--reactivate", "--yes", "--max", "21"), "many-u (129.90 EUR): reactivated\n")
}

// TestReconcileKnowsItsNamespace: in another namespace every dispute would look stranded.
func TestReconcileKnowsItsNamespace(t *testing.T) {
	t.Parallel()
	other := newOtherLedger(t, "elsewhere")
	other.strand("there")
	other.fails([]string{"ledger", "reconcile", "--apply", "--yes"}, `it belongs to the Temporal namespace "elsewhere" (id id-of-elsewhere), not to "default" (id `, "run `starter ledger adopt`")
	newOtherLedger(t, "").fails([]string{"ledger", "reconcile"}, "it belongs to no Temporal namespace yet; start a worker first")
}

// TestReconcileReopens: a dispute whose run was terminated goes on in a new one, and only that dispute.
func TestReconcileReopens(t *testing.T) {
	t.Parallel()
	h, running := newScenario(t), newScenario(t)
	for _, of := range []*scenario{h, running} {
		of.open(dispute.WaitAgreement)
		of.pausedLongAgo()
	}
	alone(t)
	h.terminate()

	text := h.does("ledger", "reconcile")
	require.Regexp(t, `(?m)^`+h.dispute.ID+` .+ reopen +its run was stopped$`, text)
	require.NotContains(t, text, running.dispute.ID)
	require.Contains(t, h.does("ledger", "reconcile", "--apply", "--yes"), h.dispute.ID+" (129.90 EUR): reopened\n")
	h.waitsFor(dispute.WaitAgreement)
	require.Contains(t, h.does("status", h.dispute.ID), "taken-over")
	require.NotContains(t, h.does("ledger", "reconcile"), h.dispute.ID)
}

// TestReconcileSparesRunning: a run may have been started since the dispute was found without one.
func TestReconcileSparesRunning(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	d := newOtherLedger(t, client.DefaultNamespace)
	d.strand(h.dispute.ID)
	open, err := d.books.OpenDisputes(t.Context(), time.Now())
	require.NoError(t, err)
	require.Len(t, open, 1)
	for _, remedy := range []activities.Remedy{activities.RemedyReopen, activities.RemedyReactivate} {
		found := activities.Stranded{UnfinishedDispute: open[0], Remedy: remedy, Dispute: &h.dispute}
		done, err := helpOne(t.Context(), workflows.NewClient(shared.temporal), d.books, found, true)
		require.NoError(t, err)
		require.Equal(t, "another has repaired it, or is about to", done)
	}
	require.Regexp(t, `(?m)^state +paused$`, d.does("ledger", "show", "i-"+h.dispute.ID))
}

// TestReconcileAppliesWhatWasShown: when Temporal deletes a run that was to be opened again, its invoice is not reactivated
// instead.
func TestReconcileAppliesWhatWasShown(t *testing.T) {
	t.Parallel()
	d := newOtherLedger(t, client.DefaultNamespace)
	d.strand("deleted")
	open, err := d.books.OpenDisputes(t.Context(), time.Now())
	require.NoError(t, err)
	require.Len(t, open, 1)
	for _, remedy := range []activities.Remedy{activities.RemedyReopen, activities.RemedySettle} {
		found := activities.Stranded{UnfinishedDispute: open[0], Remedy: remedy}
		_, err := helpOne(t.Context(), workflows.NewClient(shared.temporal), d.books, found, true)
		require.ErrorContains(t, err, "the remedy is now reactivate, not "+string(remedy))
	}
	require.Regexp(t, `(?m)^state +paused$`, d.does("ledger", "show", "i-deleted"))
}

// TestReconcileNoRemedy: a dispute that its run has closed needs a person. The others are repaired.
func TestReconcileNoRemedy(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
	d := newOtherLedger(t, client.DefaultNamespace)
	d.strand(h.dispute.ID, "lost-beside")

	got := d.run("ledger", "reconcile", "--apply", "--reactivate", "--yes")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, h.dispute.ID+" (129.90 EUR): not repaired: its run has closed it; was the ledger restored from an older copy?\n")
	require.Contains(t, got.out, "lost-beside (129.90 EUR): reactivated\n")
	require.Equal(t, "The remedies of 2 disputes will be applied; they are about 259.80 EUR.\nfailed: 1 of 2 stranded disputes were not repaired\n", got.err)
	require.Regexp(t, `(?m)^state +paused$`, d.does("ledger", "show", "i-"+h.dispute.ID))
}

// pausedLongAgo changes the time of the pause in the ledger, unless the dispute is closed.
func (h *scenario) pausedLongAgo() {
	h.Helper()
	h.inLedger("update disputes set paused_at = $1 where id = $2 and settled_at is null", time.Now().Add(-longAgo).UTC().Format("2006-01-02T15:04:05.000000Z"), h.dispute.ID)
}

// inLedger changes the ledger's database.
func (h *scenario) inLedger(statement string, args ...any) {
	h.Helper()
	db, err := sql.Open("sqlite", "file:"+shared.ledgerURL[len("sqlite:"):]+"?_pragma=busy_timeout(5000)")
	require.NoError(h, err)
	_, err = db.ExecContext(h.Context(), statement, args...)
	require.NoError(h, err)
	require.NoError(h, db.Close())
}

// terminate ends the dispute's workflow as an operator does in the Web UI.
func (h *scenario) terminate() {
	h.Helper()
	require.NoError(h, shared.temporal.TerminateWorkflow(h.Context(), workflows.WorkflowID(h.dispute.ID), "", "by a test"))
	h.pausedLongAgo()
}

// TestReconcileOnSchedule: a schedule is created, changed, reports, and is removed.
func TestReconcileOnSchedule(t *testing.T) {
	t.Parallel()
	s := starter(t)
	s.fails([]string{"ledger", "reconcile", "--schedule", "whenever"}, "failed: the schedule ledger-reconciliation cannot be created: ")
	require.Equal(t, "scheduled: ledger-reconciliation reports at \"0 6 * * *\" (UTC) and applies nothing\n",
		s.does("ledger", "reconcile", "--schedule", "0 6 * * *"))
	s.does("ledger", "reconcile", "--schedule", "0 7 * * 1")
	schedule := shared.temporal.ScheduleClient().GetHandle(t.Context(), "ledger-reconciliation")
	description, err := schedule.Describe(t.Context())
	require.NoError(t, err)
	require.Len(t, description.Schedule.Spec.Calendars, 1)
	require.Equal(t, 7, description.Schedule.Spec.Calendars[0].Hour[0].Start)

	require.NoError(t, schedule.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	var report activities.StrandedReport
	require.NoError(t, shared.temporal.GetWorkflow(t.Context(), triggered(t, schedule), "").Get(t.Context(), &report))
	require.GreaterOrEqual(t, report.Open, report.Total)

	require.Equal(t, "the schedule ledger-reconciliation is removed\n", s.does("ledger", "reconcile", "--schedule", "off"))
	require.Equal(t, "the schedule ledger-reconciliation does not exist\n", s.does("ledger", "reconcile", "--schedule", "off"))
}

// triggered waits for the workflow that a schedule has started and returns its id.
func triggered(t *testing.T, schedule client.ScheduleHandle) (id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		description, err := schedule.Describe(t.Context())
		if err != nil || len(description.Info.RecentActions) == 0 {
			return false
		}
		id = description.Info.RecentActions[0].StartWorkflowResult.WorkflowID
		return true
	}, testTimeout, 50*time.Millisecond)
	return id
}

func TestReconcileUsage(t *testing.T) {
	t.Parallel()
	s := shell{T: t}
	for want, args := range map[string][]string{
		"--schedule cannot be combined": {"ledger", "reconcile", "--schedule", "0 6 * * *", "--apply", "--yes"},
		"--schedule is empty":           {"ledger", "reconcile", "--schedule", ""},
		"--reactivate needs --apply":    {"ledger", "reconcile", "--reactivate"},
		"--max must be at least":        {"ledger", "reconcile", "--max", "0"},
		"unknown command":               {"ledger", "reconcile", "now"},
	} {
		got := s.run(args...)
		require.Equal(t, exitUsage, got.code, got.err)
		require.Contains(t, got.err, want)
	}
}
