package main

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// reconciling is locked while a test has stranded disputes in the shared ledger: another one would repair them.
var reconciling sync.Mutex

// alone waits until no other test has stranded disputes, and keeps others waiting until this test ends.
func alone(t *testing.T) {
	t.Helper()
	reconciling.Lock()
	t.Cleanup(reconciling.Unlock)
}

// TestReconcileKeepsWhatWasSaid: a merchant who had responded to a run that was terminated does not lose for silence.
func TestReconcileKeepsWhatWasSaid(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", "We look into it.")
	alone(t)
	h.terminate()
	require.Contains(t, h.does("ledger", "reconcile", "--apply", "--yes"), h.dispute.ID+" (129.90 EUR): reopened\n")
	h.waitsFor(dispute.WaitAgreement)
	require.Contains(t, h.does("status", h.dispute.ID), "respond: We look into it.")
	h.endPeriod()
	h.waitsFor(dispute.WaitStatement)
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
}

// TestReconcileSettlesAsDecided: an agreement that a terminated run could not settle any more is settled, once, with two
// operators at the same time.
func TestReconcileSettlesAsDecided(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	trigger := "blocked_" + strings.ReplaceAll(h.dispute.ID, "-", "_")
	h.inLedger("create trigger " + trigger + " before update on disputes when new.settled_at is not null and new.id = '" + h.dispute.ID +
		"' begin select raise(abort, 'the ledger is away'); end")
	h.sends("agree", "--terms", "merchant_refunds", "--refund", "30.00 EUR", "--reported-by", "operator")
	h.waitsFor(dispute.WaitSettlement)
	alone(t)
	h.terminate()
	h.inLedger("drop trigger " + trigger)

	require.Regexp(t, `(?m)^`+h.dispute.ID+` .+ settle +its run was stopped after the decision: merchant_solved_the_dispute_with_the_customer$`,
		h.does("ledger", "reconcile"))
	var operators sync.WaitGroup
	for range 2 {
		operators.Go(func() { h.run("ledger", "reconcile", "--apply", "--yes") })
	}
	operators.Wait()
	h.closes(dispute.ClosedByAgreement)
	require.Regexp(t, `(?m)^credited +30\.00 EUR$`, h.does("ledger", "show", h.invoice.ID))
	require.NotContains(t, h.does("ledger", "reconcile"), h.dispute.ID)
	require.Contains(t, h.does("status", h.dispute.ID), "taken-over: from a run that was stopped after the decision")
}

// TestReconcileTells: a settlement of which the customer was not informed before the run was terminated is told, and the
// merchant, who was informed, gets nothing twice.
func TestReconcileTells(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complainant.Email = h.dispute.ID + "@untold.example"
	h.merchant.Email = h.dispute.ID + "@told.example"
	h.importLedger()
	h.open(dispute.WaitAgreement)
	shared.mails.Refuse(h.dispute.Complainant.Email, true)
	h.sends("withdraw")
	h.reaches(func(view dispute.View) bool { return len(view.Attention) > 0 })
	alone(t)
	h.terminate()
	shared.mails.Refuse(h.dispute.Complainant.Email, false)
	erase := []string{"erase", "--reason", "request 4711", "--erased-by", "anna", "--yes"}
	require.Contains(t, h.refuses(dispute.CodeNotAccepted, erase...), "apply `starter ledger reconcile --apply` first")

	books, err := ledger.Open(t.Context(), shared.ledgerURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, books.Close()) }()
	disputes := workflows.NewClient(shared.temporal)
	stranded := func() []activities.Stranded {
		later := func() time.Time { return time.Now().Add(longAgo) } // the ledger lets nobody change when it has settled
		_, found, err := activities.AllStranded(t.Context(), books, disputes, later, func() {})
		require.NoError(t, err)
		return slices.DeleteFunc(found, func(s activities.Stranded) bool { return s.ID != h.dispute.ID })
	}
	found := stranded()
	require.Len(t, found, 1)
	require.Equal(t, activities.RemedyTell, found[0].Remedy)
	var operators errgroup.Group
	for range 2 {
		operators.Go(func() error {
			_, err := helpOne(t.Context(), disputes, books, found[0], false)
			return err
		})
	}
	require.NoError(t, operators.Wait())
	h.closes(dispute.ClosedByWithdrawal)
	require.Len(t, shared.mails.To(h.dispute.Complainant.Email, "closed"), 1)
	require.Len(t, shared.mails.To(h.merchant.Email, "closed"), 1)
	require.Empty(t, stranded())
	require.Contains(t, h.does("ledger", "check"), "The ledger is consistent.")
	require.Contains(t, h.does(append([]string{"erase", h.dispute.ID}, erase[1:]...)...), "erased: "+h.dispute.ID)
}

// TestTellOfAForgottenSettlement: Temporal has forgotten the run of a settled dispute of which nobody was informed. reconcile
// lists it, and tell informs both parties, once, from the content that the backend service still has.
func TestTellOfAForgottenSettlement(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complainant.Email, h.merchant.Email = h.dispute.ID+"@forgotten.example", h.dispute.ID+"-shop@forgotten.example"
	h.importLedger()
	books, err := ledger.Open(t.Context(), shared.ledgerURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, books.Close()) }()
	content := file(t, asJSON(t, h.dispute))
	h.fails([]string{"ledger", "tell", content}, "refused (unknown_dispute)")

	before := time.Now().Add(-2 * time.Hour)
	today := before.Format(time.DateOnly)
	_, err = books.Pause(t.Context(), activities.Pause{Dispute: h.dispute, RunID: "forgotten", At: before, Today: today})
	require.NoError(t, err)
	h.fails([]string{"ledger", "tell", content}, "refused (not_accepted): dispute "+h.dispute.ID+" is open in the ledger")
	decision := dispute.Decide(dispute.ClosedForCustomer, h.dispute.DisputedAmount, nil)
	_, err = books.Settle(t.Context(), activities.Settle{DisputeID: h.dispute.ID, Calendar: h.dispute.Calendar, Decision: decision, At: before, Today: today})
	require.NoError(t, err)
	other := h.dispute
	other.OrderID = "another"
	h.fails([]string{"ledger", "tell", file(t, asJSON(t, other))}, "refused (dispute_differs)")

	alone(t)
	require.Regexp(t, `(?m)^`+h.dispute.ID+` .+ tell +it was settled \(decided_for_customer\), a party was not informed, and Temporal does not have it any more`,
		h.does("ledger", "reconcile"))
	require.Contains(t, h.run("ledger", "reconcile", "--apply", "--yes").out, h.dispute.ID+" (129.90 EUR): not repaired: its content is no longer in Temporal")
	require.Contains(t, h.does("ledger", "tell", content), "how "+h.dispute.ID+" was closed: LOST (decided_for_customer)\n")
	h.closes(dispute.ClosedForCustomer)
	require.Len(t, shared.mails.To(h.dispute.Complainant.Email, "closed"), 1)
	require.Len(t, shared.mails.To(h.merchant.Email, "closed"), 1)
	h.fails([]string{"ledger", "tell", content}, "refused (dispute_closed)")
	require.NotContains(t, h.does("ledger", "reconcile"), h.dispute.ID)
}
