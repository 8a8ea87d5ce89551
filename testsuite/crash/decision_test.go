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

// TestDecisionStands: the worker dies when the money has moved, and before it is back somebody says what would have
// ended the dispute otherwise. That came too late: the dispute ends as the money went.
func TestDecisionStands(t *testing.T) {
	t.Parallel()
	agreement := func(s *stage, disputes *workflows.Client) error {
		return disputes.Agree(s.Context(), s.name(), dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer})
	}
	withdrawal := func(s *stage, disputes *workflows.Client) error {
		return disputes.Withdraw(s.Context(), s.name(), dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
	}
	for reason, late := range map[dispute.ClosingReason]struct {
		signal string
		say    func(*stage, *workflows.Client) error
	}{
		dispute.ClosedByAgreement:      {dispute.SignalWithdrawal, withdrawal},
		dispute.ClosedByWithdrawal:     {dispute.SignalAgreement, agreement}, // of the two in one task it comes first
		dispute.ClosedMerchantSilent:   {dispute.SignalAgreement, agreement},
		dispute.ClosedLossAccepted:     {dispute.SignalWithdrawal, withdrawal},
		dispute.ClosedForCustomer:      {dispute.SignalWithdrawal, withdrawal},
		dispute.ClosedNotSubstantiated: {dispute.SignalAgreement, agreement},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			s := set(t, temporalAt, "", envPoint, "after settle")
			over := s.begins(parties.NewCase(s.name(), byMail, parties.PathTo(reason)))
			s.dies()
			require.NoError(t, late.say(s, workflows.NewClient(s.temporal)))
			require.NoError(t, s.worker.Restart(t.Context()))
			view := s.audits(over...).Disputes[s.name()].View
			require.NotNil(t, entry(view, late.signal+"-ignored"))
			require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
		})
	}
}

// TestEarlyAgreement: both agree before a worker takes the dispute, so that one task would pause the invoice and settle it.
// The worker dies when the money has moved, and is back: the dispute ends as if nothing had been.
func TestEarlyAgreement(t *testing.T) {
	t.Parallel()
	s := set(t, temporalAt, "", envPoint, "after settle")
	require.NoError(t, s.worker.Kill())
	c := parties.NewCase(s.name(), byMail, parties.PathTo(dispute.ClosedByAgreement))
	c.Dispute.OpenedAt = time.Now()
	s.imports(c)
	start := client.StartWorkflowOptions{ID: workflows.WorkflowID(s.name()), TaskQueue: workflows.TaskQueue}
	run, err := s.temporal.ExecuteWorkflow(t.Context(), start, workflows.WorkflowType, c.Dispute)
	require.NoError(t, err)
	disputes := workflows.NewClient(s.temporal)
	require.NoError(t, disputes.Agree(t.Context(), s.name(), dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	require.NoError(t, s.worker.Restart(t.Context()))
	s.dies()
	require.NoError(t, s.worker.Restart(t.Context()))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, run.Get(ctx, nil))
	view, err := disputes.Status(t.Context(), s.name())
	require.NoError(t, err)
	require.Equal(t, dispute.ClosedByAgreement, view.ClosingReason)
	receipts, err := s.ledger.Receipts(t.Context(), s.name())
	require.NoError(t, err)
	require.Len(t, receipts, 2, "both know")
}

// TestToldDeadlineStands: the worker dies when a moved deadline has been told, and comes back when it is over. Whoever
// was told of a deadline can go by it: none is told of before it is in the case file.
func TestToldDeadlineStands(t *testing.T) {
	t.Parallel()
	s := set(t, temporalAt, "", envPoint, "after record deadline-moved/2/merchant")
	over := s.begins(parties.NewCase(s.name(), byMail, parties.PathTo(dispute.ClosedMerchantSilent)))
	s.dies()
	back := time.Now().Add(blink)
	require.Eventually(t, func() bool { return time.Now().After(back) }, patience, blink/10)
	require.NoError(t, s.worker.Restart(t.Context()))
	facts := s.audits(over...)
	moved := entry(facts.Disputes[s.name()].View, dispute.UpdateMoveDeadline)
	require.NotNil(t, moved)
	receipts, err := s.ledger.Receipts(t.Context(), s.name())
	require.NoError(t, err)
	told := 0
	for _, receipt := range receipts {
		if receipt.Key.Occasion == dispute.OccasionDeadlineMoved {
			require.True(t, receipt.At.After(moved.At), "told at %s, moved at %s", receipt.At, moved.At)
			told++
		}
	}
	require.Equal(t, 1, told)
	require.Zero(t, audit.Repeats(facts))
}

// dies waits until the worker has died by itself.
func (s *stage) dies() {
	s.Helper()
	select {
	case <-s.worker.Process().Exited():
	case <-time.After(patience):
		s.Fatal("the worker has not died")
	}
	require.FileExists(s, s.file("mark"))
}

// entry is the first of an event in the case file.
func entry(view dispute.View, event string) *dispute.Entry {
	for i := range view.Timeline {
		if view.Timeline[i].Event == event {
			return &view.Timeline[i]
		}
	}
	return nil
}
