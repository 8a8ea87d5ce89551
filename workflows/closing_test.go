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
func (f *fixture) toStatement() time.Duration {
	f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
	return 30 * day
}

// toDesk goes on until the desk is asked whether the complaint is justified.
func (f *fixture) toDesk() time.Duration {
	after := f.toStatement()
	f.at(after, func() { f.send(dispute.UpdateStateReason, stated) })
	return after + day
}

// toEvidence goes on until the merchant is asked for information.
func (f *fixture) toEvidence() time.Duration {
	after := f.toDesk()
	f.at(after, func() { f.send(dispute.UpdateRule, justified(&yes)) })
	return after + day
}

// toDecision goes on until the desk is asked for the decision.
func (f *fixture) toDecision() time.Duration {
	after := f.toEvidence()
	f.at(after, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	return after + day
}

func TestAgreementThatTheCustomerPays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(3*day, func() {
		f.signal(dispute.SignalAgreement, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer})
	})
	f.closes(dispute.ClosedByAgreement)
	require.Zero(t, f.settles[0].Decision.Debit)
}

func TestAgreementOnRefund(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(3*day, func() {
		f.signal(dispute.SignalAgreement, dispute.Agreement{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyOperator,
		})
	})
	f.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 3000, f.settles[0].Decision.Debit)
	require.EqualValues(t, 9990, f.last(dispute.OccasionClosed).Outstanding)
}

func TestWithdrawal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() { f.signal(dispute.SignalWithdrawal, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}) })
	f.closes(dispute.ClosedByWithdrawal)
	require.Zero(t, f.settles[0].Decision.Debit)
}

func TestMerchantSilent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.closes(dispute.ClosedMerchantSilent)
	require.EqualValues(t, 12990, f.settles[0].Decision.Debit)
	// 21 business days after Monday 23 November end with Tuesday, 22 December, in Berlin.
	require.Equal(t, "2026-12-23", f.settles[0].Today)
	require.Zero(t, f.settles[0].At.Sub(time.Date(2026, time.December, 22, 23, 0, 0, 0, time.UTC)))
}

func TestComplaintNotSubstantiated(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.toStatement()
	f.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 1, f.count(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant))
	require.Equal(t, 1, f.count(dispute.OccasionReasonAsked, dispute.PartyCustomer))
}

func TestComplaintNotJustified(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.toDesk()
	f.at(after, func() { f.send(dispute.UpdateRule, justified(&no)) })
	f.closes(dispute.ClosedNotJustified)
	require.Equal(t, 1, f.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
}

func TestNoInformation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.toEvidence()
	f.closes(dispute.ClosedNoInformation)
	require.Equal(t, 1, f.count(dispute.OccasionInformationRequested, dispute.PartyMerchant))
}

func TestDecidedForMerchant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.toDecision()
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	f.closes(dispute.ClosedForMerchant)
	require.Equal(t, 2, f.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
	require.Equal(t, []dispute.Evidence{evidence}, f.last(dispute.OccasionRulingAsked).Evidence)
}

func TestDecidedForCustomer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.toDecision()
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	f.closes(dispute.ClosedForCustomer)
	require.EqualValues(t, 12990, f.settles[0].Decision.Debit)
}

// TestLossAccepted: an accepted loss counts in every wait before the decision.
func TestLossAccepted(t *testing.T) {
	t.Parallel()
	for wait, prepare := range waits {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := prepare(f)
			var answer *reply
			f.at(after, func() {
				require.Equal(t, wait, f.status().WaitingFor)
				answer = f.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
			})
			f.at(after+time.Minute, func() { f.restore() })
			f.closes(dispute.ClosedLossAccepted)
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
			f := newFixture(t)
			after := prepare(f)
			f.at(after, func() {
				require.Equal(t, wait, f.status().WaitingFor)
				f.env.CancelWorkflow()
			})
			f.at(after+time.Minute, func() { f.restore() })
			view := f.run()
			require.True(t, temporal.IsCanceledError(f.env.GetWorkflowError()))
			f.ended(view, dispute.ClosedByOperator)
			require.Zero(t, f.settles[0].Decision.Debit)
		})
	}
}

// waits has a function for each wait before the decision; it brings a dispute there and returns how long that takes.
var waits = map[dispute.Wait]func(f *fixture) time.Duration{
	dispute.WaitPause: func(f *fixture) time.Duration {
		f.outages["ledger"] = forever
		return time.Minute
	},
	dispute.WaitNotification: func(f *fixture) time.Duration {
		f.outages["email"] = forever
		return time.Minute
	},
	dispute.WaitRetryNotification: func(f *fixture) time.Duration {
		f.refused[string(dispute.OccasionOpened)] = true
		return time.Minute
	},
	dispute.WaitAgreement:     func(*fixture) time.Duration { return day },
	dispute.WaitStatement:     (*fixture).toStatement,
	dispute.WaitJustification: (*fixture).toDesk,
	dispute.WaitEvidence:      (*fixture).toEvidence,
	dispute.WaitDecision:      (*fixture).toDecision,
}

// restore ends every outage and every refusal.
func (f *fixture) restore() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.outages)
	clear(f.refused)
}

// TestMessageWhileTheCaseIsArchived: the archive has the last state also when a message comes while it is written.
func TestMessageWhileTheCaseIsArchived(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		f.takeDown("archive")
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	f.at(day+time.Minute, func() {
		f.signal(dispute.SignalAgreement, customerPays)
		f.restore()
	})
	f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, f.currentCase().Attention)
}
