package operations_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// The disputes of the drill. A backup is taken, work goes on for "the last hour", and then one system or both are set back to
// the backup.
const (
	waits   = "waits"   // opened before the backup; nothing happens since
	answers = "answers" // opened before; the merchant has responded since
	agrees  = "agrees"  // opened before; settled by agreement since
	over    = "over"    // opened and settled before
	late    = "late"    // opened since
	brief   = "brief"   // opened and settled since
)

// refund is the terms on which the disputes are settled.
var refund = dispute.Agreement{
	Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyOperator,
}

// TestRestore is the drill of the documented backup and restore: what reconcile proposes, and that what comes of it is right.
func TestRestore(t *testing.T) {
	t.Parallel()
	drills := []drill{
		{
			name: "the ledger is set back", ledger: true,
			proposed: map[string]activities.Remedy{agrees: activities.RemedyBook, late: activities.RemedyPause, brief: activities.RemedyBook},
		},
		{
			name: "Temporal is set back", temporal: true,
			// The backend service still has what it has opened, and opens it again instead.
			proposed: map[string]activities.Remedy{agrees: activities.RemedyFollow, late: activities.RemedyReactivate},
			repeated: []string{late},
		},
		{
			name: "both are set back", ledger: true, temporal: true,
			proposed: map[string]activities.Remedy{}, repeated: []string{agrees, late, brief},
		},
	}
	for _, d := range drills {
		for name, database := range map[string]func(*testing.T) books{"SQLite": newSQLiteBooks, "PostgreSQL": newPostgresBooks} {
			t.Run(d.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				d.run(t, database(t))
			})
		}
	}
}

// drill is one way in which a backup is restored.
type drill struct {
	name             string
	ledger, temporal bool
	// proposed are the remedies, by dispute.
	proposed map[string]activities.Remedy
	// repeated are the disputes about which a backend service repeats what it had sent since the backup.
	repeated []string
}

func (d drill) run(t *testing.T, b books) {
	t.Helper()
	e := newEnv(t, b.url)
	report := &strings.Builder{}
	defer func() { t.Logf("\n%s", report) }()
	worker := e.start()
	for _, id := range []string{waits, answers, agrees, over} {
		e.open(e.Disputes, e.book(id))
	}
	e.settles(over)
	worker.stop()
	e.backUp(b)
	worker = e.start()
	since := map[string]dispute.Dispute{late: e.book(late), brief: e.book(brief)}
	e.open(e.Disputes, since[late])
	e.open(e.Disputes, since[brief])
	_, err := e.Disputes.Respond(t.Context(), answers, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	e.settles(agrees)
	e.settles(brief)
	fmt.Fprintf(report, "%s, after one backup:\n", d.name)

	worker.stop()
	e.restore(b, d)
	e.start()
	if d.ledger {
		for id := range since { // what was imported since is imported again
			since[id] = e.book(id, func(_ *dispute.Merchant, again *dispute.Dispute) { again.OpenedAt = since[id].OpenedAt })
		}
	}
	d.reconcile(e, report, since)
	d.prove(e, report)
}

// reconcile asserts what reconcile proposes, applies it, and repeats what the backend services have.
func (d drill) reconcile(e *env, report *strings.Builder, since map[string]dispute.Dispute) {
	e.Helper()
	proposed := map[string]activities.Remedy{}
	for _, s := range e.stranded() {
		proposed[s.ID] = s.Remedy
		fmt.Fprintf(report, "  %-8s reconcile: %s: %s\n", s.ID, s.Remedy, s.Finding)
	}
	require.Equal(e, d.proposed, proposed)
	for _, id := range d.repeated {
		if opened, is := since[id]; is {
			e.open(e.Disputes, opened)
		}
		fmt.Fprintf(report, "  %-8s the backend service repeats what it had sent\n", id)
	}
	output, err := e.starter("", "ledger", "reconcile", "--older-than", "0s", "--apply", "--yes")
	require.NoError(e, err, output)
	for _, id := range d.repeated {
		if id != late {
			e.settles(id)
		}
	}
}

// prove brings all disputes to their end and asserts that each was decided once, moved its money once, and that both parties
// were informed of it, once.
func (d drill) prove(e *env, report *strings.Builder) {
	e.Helper()
	want := map[string]dispute.ClosingReason{
		waits: dispute.ClosedByWithdrawal, answers: dispute.ClosedByWithdrawal, late: dispute.ClosedByWithdrawal,
		agrees: dispute.ClosedByAgreement, over: dispute.ClosedByAgreement, brief: dispute.ClosedByAgreement,
	}
	for _, id := range []string{waits, answers, late} {
		e.waitsFor(e.Disputes, id, dispute.WaitAgreement)
		require.NoError(e, e.Disputes.Withdraw(e.Context(), id, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
		e.closes(e.Disputes, id, dispute.ClosedByWithdrawal)
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		record, err := e.Ledger.Dispute(e.Context(), id)
		require.NoError(e, err)
		require.Equal(e, ledger.DisputeClosed, record.State, id)
		require.Equal(e, want[id], record.Decision.Reason, id)
		require.Equal(e, record.Decision.Debit, record.Settled.Credited+record.Settled.Refunded, "%s: the money moved once", id)
		if id != brief || !d.temporal || d.ledger { // Temporal has forgotten it, and the ledger has it
			e.closes(e.Disputes, id, want[id])
		}
		told := map[string]bool{}
		for _, party := range []string{"laden", "jonas.weber"} {
			mails := e.closingMails(party, id)
			require.NotEmpty(e, mails, "%s is informed of the end of %s", party, id)
			for _, mail := range mails {
				told[mail.ID] = true
			}
			if !d.ledger || !d.temporal {
				require.Len(e, mails, 1, "%s, %s", party, id)
			}
		}
		require.Len(e, told, 2, "a mail that goes out again has the same Message-ID: %s", id)
		fmt.Fprintf(report, "  %-8s %s, %d cents debited, both parties are informed\n", id, record.Decision.Reason, record.Decision.Debit)
	}
	require.Empty(e, e.stranded())
	output, err := e.starter("", "ledger", "check")
	require.NoError(e, err, output)
	fmt.Fprintf(report, "  %s", output)
}

// settles brings a dispute to its end by agreement.
func (e *env) settles(id string) {
	e.Helper()
	require.NoError(e, e.Disputes.Agree(e.Context(), id, refund))
	e.closes(e.Disputes, id, dispute.ClosedByAgreement)
}

// stranded returns what reconcile proposes.
func (e *env) stranded() (stranded []activities.Stranded) {
	e.Helper()
	output, err := e.starter("", "ledger", "reconcile", "--older-than", "0s", "--json")
	require.NoError(e, err, output)
	require.NoError(e, json.Unmarshal([]byte(output), &stranded), output)
	return stranded
}
