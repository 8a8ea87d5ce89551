package crash_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/workflows"
)

// TestDecisionStands: the worker dies after the settlement, and before it is back a signal arrives that would have ended
// the dispute otherwise. It is ignored: the dispute ends as it was settled.
func TestDecisionStands(t *testing.T) {
	t.Parallel()
	agreement := func(e *env) error {
		return e.Disputes.Agree(e.Context(), e.id(), dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer})
	}
	withdrawal := func(e *env) error {
		return e.Disputes.Withdraw(e.Context(), e.id(), dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
	}
	for reason, late := range map[dispute.ClosingReason]struct {
		signal string
		send   func(*env) error
	}{
		dispute.ClosedByAgreement:      {dispute.SignalWithdrawal, withdrawal},
		dispute.ClosedByWithdrawal:     {dispute.SignalAgreement, agreement}, // if both are in one task, the agreement is handled first
		dispute.ClosedMerchantSilent:   {dispute.SignalAgreement, agreement},
		dispute.ClosedLossAccepted:     {dispute.SignalWithdrawal, withdrawal},
		dispute.ClosedForCustomer:      {dispute.SignalWithdrawal, withdrawal},
		dispute.ClosedNotSubstantiated: {dispute.SignalAgreement, agreement},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, options{point: "after settle"})
			results := e.start(parties.NewCase(e.id(), byMail, parties.PathTo(reason)))
			e.awaitDeath()
			require.NoError(t, late.send(e))
			require.NoError(t, e.worker.Restart(t.Context()))
			view := e.audit(results...).Disputes[e.id()].View
			require.NotNil(t, entry(view, late.signal+"-ignored"))
			require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
		})
	}
}

// TestEarlyAgreement: the agreement arrives before a worker takes the dispute, so that one task pauses and settles the
// invoice. The worker dies after the settlement and restarts: the dispute ends as without the crash.
func TestEarlyAgreement(t *testing.T) {
	t.Parallel()
	e := newEnv(t, options{point: "after settle"})
	require.NoError(t, e.worker.Kill())
	c := parties.NewCase(e.id(), byMail, parties.PathTo(dispute.ClosedByAgreement))
	c.Dispute.OpenedAt = time.Now()
	e.importCases(c)
	start := client.StartWorkflowOptions{ID: workflows.WorkflowID(e.id()), TaskQueue: workflows.TaskQueue}
	run, err := e.Temporal.ExecuteWorkflow(t.Context(), start, workflows.WorkflowType, c.Dispute)
	require.NoError(t, err)
	require.NoError(t, e.Disputes.Agree(t.Context(), e.id(), dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	require.NoError(t, e.worker.Restart(t.Context()))
	e.awaitDeath()
	require.NoError(t, e.worker.Restart(t.Context()))
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	require.NoError(t, run.Get(ctx, nil))
	view, err := e.Disputes.Status(t.Context(), e.id())
	require.NoError(t, err)
	require.Equal(t, dispute.ClosedByAgreement, view.ClosingReason)
	receipts, err := e.Ledger.Receipts(t.Context(), e.id())
	require.NoError(t, err)
	require.Len(t, receipts, 2, "closed, to both parties")
}

// TestDeadlineOverBeforeItCounts: the worker dies after the merchant was notified of an earlier deadline, and restarts when that
// deadline is over. Clocks may differ by more than was left, so that the merchant may have known too late: the later deadline
// stands, and the operator, who is told, moves it again. A party is notified after the move is in the case file.
func TestDeadlineOverBeforeItCounts(t *testing.T) {
	t.Parallel()
	e := newEnv(t, options{point: "after record deadline-moved/2/merchant"})
	results := e.start(parties.NewCase(e.id(), byMail, parties.PathTo(dispute.ClosedMerchantSilent)))
	e.awaitDeath()
	back := time.Now().Add(period)
	require.Eventually(t, func() bool { return time.Now().After(back) }, timeout, period/10)
	require.NoError(t, e.worker.Restart(t.Context()))
	facts := e.audit(results...)
	moved := entry(facts.Disputes[e.id()].View, dispute.UpdateMoveDeadline)
	require.NotNil(t, moved)
	receipts, err := e.Ledger.Receipts(t.Context(), e.id())
	require.NoError(t, err)
	notified := 0
	for _, receipt := range receipts {
		if receipt.Key.Occasion == dispute.OccasionDeadlineMoved {
			require.True(t, receipt.At.After(moved.At), "notified at %s, moved at %s", receipt.At, moved.At)
			notified++
		}
	}
	require.NotNil(t, entry(facts.Disputes[e.id()].View, "deadline-kept"))
	require.Equal(t, 2, notified)
	require.Zero(t, audit.Repeats(facts))
}

// awaitDeath waits until the worker has died at its point.
func (e *env) awaitDeath() {
	e.Helper()
	select {
	case <-e.worker.Process().Exited():
	case <-time.After(timeout):
		e.Fatal("the worker has not died")
	}
	require.FileExists(e, e.file("died"))
}

// entry returns the first entry of an event in the case file, or nil.
func entry(view dispute.View, event string) *dispute.Entry {
	for i := range view.Timeline {
		if view.Timeline[i].Event == event {
			return &view.Timeline[i]
		}
	}
	return nil
}
