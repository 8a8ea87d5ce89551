package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

const (
	day   = 24 * time.Hour
	month = 30 * day
)

var (
	responded = dispute.Response{Message: "We have sent a replacement.", ReportedBy: dispute.PartyMerchant}
	stated    = dispute.Statement{Statement: "The parcel never came."}
	evidence  = dispute.Evidence{Text: "Signed for by a neighbour."}
	yes, no   = true, false

	customerPays = dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}
	withdrawn    = dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: "The parcel came."}
)

func justified(verdict *bool) dispute.Ruling {
	return dispute.Ruling{Stage: dispute.StageJustification, Justified: verdict, RuledBy: "desk-7", Rationale: "The tracking says so."}
}

func inFavourOf(party dispute.Party) dispute.Ruling {
	return dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: party, RuledBy: "desk-7", Rationale: "The proof convinces."}
}

// toStatement brings the dispute into arbitration: the merchant reacts, the window ends at midnight of
// Tuesday, 22 December (21 business days).
func (w *world) toStatement() time.Duration {
	w.at(day, func() { w.send(dispute.UpdateRespond, responded) })
	return 30 * day
}

// toDesk goes on until the desk is asked whether the complaint is justified.
func (w *world) toDesk() time.Duration {
	after := w.toStatement()
	w.at(after, func() { w.send(dispute.UpdateStateReason, stated) })
	return after + day
}

// toEvidence goes on until the merchant is asked for information.
func (w *world) toEvidence() time.Duration {
	after := w.toDesk()
	w.at(after, func() { w.send(dispute.UpdateRule, justified(&yes)) })
	return after + day
}

// toDecision goes on until the desk is asked for the decision.
func (w *world) toDecision() time.Duration {
	after := w.toEvidence()
	w.at(after, func() { w.send(dispute.UpdateSubmitEvidence, evidence) })
	return after + day
}

func TestAgreementThatTheCustomerPays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(3*day, func() {
		w.signal(dispute.SignalAgreement, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer})
	})
	w.closes(dispute.ClosedByAgreement)
	require.Zero(t, w.settles[0].Decision.Debit)
}

func TestAgreementOnRefund(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(3*day, func() {
		w.signal(dispute.SignalAgreement, dispute.Agreement{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant,
		})
	})
	w.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 3000, w.settles[0].Decision.Debit)
	require.EqualValues(t, 9990, w.last(dispute.OccasionClosed).Outstanding)
}

func TestWithdrawal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(day, func() { w.signal(dispute.SignalWithdrawal, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}) })
	w.closes(dispute.ClosedByWithdrawal)
	require.Zero(t, w.settles[0].Decision.Debit)
}

func TestMerchantSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.closes(dispute.ClosedMerchantSilent)
	require.EqualValues(t, 12990, w.settles[0].Decision.Debit)
	// 21 business days after Monday 23 November end with Tuesday, 22 December, in Berlin.
	require.Equal(t, "2026-12-23", w.settles[0].Today)
	require.Zero(t, w.settles[0].At.Sub(time.Date(2026, time.December, 22, 23, 0, 0, 0, time.UTC)))
}

func TestComplaintNotSubstantiated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.toStatement()
	w.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 1, w.count(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant))
	require.Equal(t, 1, w.count(dispute.OccasionReasonAsked, dispute.PartyCustomer))
}

func TestComplaintNotJustified(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.toDesk()
	w.at(after, func() { w.send(dispute.UpdateRule, justified(&no)) })
	w.closes(dispute.ClosedNotJustified)
	require.Equal(t, 1, w.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
}

func TestNoInformation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.toEvidence()
	w.closes(dispute.ClosedNoInformation)
	require.Equal(t, 1, w.count(dispute.OccasionInformationRequested, dispute.PartyMerchant))
}

func TestDecidedForMerchant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.toDecision()
	w.at(after, func() { w.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	w.closes(dispute.ClosedForMerchant)
	require.Equal(t, 2, w.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
	require.Equal(t, []dispute.Evidence{evidence}, w.last(dispute.OccasionRulingAsked).Evidence)
}

func TestDecidedForCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.toDecision()
	w.at(after, func() { w.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	w.closes(dispute.ClosedForCustomer)
	require.EqualValues(t, 12990, w.settles[0].Decision.Debit)
}

// TestLossAccepted: an accepted loss counts in every wait before the decision.
func TestLossAccepted(t *testing.T) {
	t.Parallel()
	for wait, prepare := range waits {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			after := prepare(w)
			var answer *reply
			w.at(after, func() {
				require.Equal(t, wait, w.status().WaitingFor)
				answer = w.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
			})
			w.at(after+time.Minute, func() { w.heal() })
			w.closes(dispute.ClosedLossAccepted)
			require.NoError(t, answer.err)
		})
	}
}

// TestCancellation: a cancellation counts in every wait before the decision.
func TestCancellation(t *testing.T) {
	t.Parallel()
	for wait, prepare := range waits {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			after := prepare(w)
			w.at(after, func() {
				require.Equal(t, wait, w.status().WaitingFor)
				w.env.CancelWorkflow()
			})
			w.at(after+time.Minute, func() { w.heal() })
			view := w.run()
			require.True(t, temporal.IsCanceledError(w.env.GetWorkflowError()))
			w.ended(view, dispute.ClosedByOperator)
			require.Zero(t, w.settles[0].Decision.Debit)
		})
	}
}

// waits brings a dispute into each wait before the decision and tells when it is there.
var waits = map[dispute.Wait]func(w *world) time.Duration{
	dispute.WaitPause: func(w *world) time.Duration {
		w.trouble["ledger"] = forever
		return time.Minute
	},
	dispute.WaitNotification: func(w *world) time.Duration {
		w.trouble["email"] = forever
		return time.Minute
	},
	dispute.WaitRetryNotification: func(w *world) time.Duration {
		w.refused[string(dispute.OccasionOpened)] = true
		return time.Minute
	},
	dispute.WaitAgreement:     func(*world) time.Duration { return day },
	dispute.WaitStatement:     (*world).toStatement,
	dispute.WaitJustification: (*world).toDesk,
	dispute.WaitEvidence:      (*world).toEvidence,
	dispute.WaitDecision:      (*world).toDecision,
}

// heal brings every system back.
func (w *world) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.trouble)
	clear(w.refused)
}
