package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// handedOver returns what the run knows, as a run that takes over from it would get it.
func (f *fixture) handedOver() (takeover activities.Takeover) {
	f.Helper()
	value, err := f.env.QueryWorkflow(workflows.QueryTakeover)
	require.NoError(f, err)
	require.NoError(f, value.Get(&takeover))
	return takeover
}

// TestTakeoverKeepsProposals: a proposal made to the stopped run is accepted in the next one under the number that the party
// knows; only what had not been delivered is sent again.
func TestTakeoverKeepsProposals(t *testing.T) {
	t.Parallel()
	s := stop(t, 3*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
		f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
		f.at(2*day, func() {
			f.holdMessages(dispute.OccasionProposalMade, dispute.OccasionMessage)
			f.send(dispute.UpdatePropose, wantsAll)
			f.send(dispute.UpdateRespond, dispute.Response{Message: "Where is it?", ReportedBy: dispute.PartyCustomer})
		})
	})
	f := s.takenOver(t)
	f.at(day, func() {
		require.Len(t, f.status().Proposals, 2)
		require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyMerchant))
		require.Equal(t, 1, f.count(dispute.OccasionMessage, dispute.PartyMerchant))
		require.Zero(t, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
		require.Zero(t, f.count(dispute.OccasionMessage, dispute.PartyCustomer))
		f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, refunds3000.NumberOf(1), true))
	})
	view := f.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 3000, f.settles[0].Decision.Debit)
	require.Empty(t, view.Attention)
}

// TestTakeoverHearsWhatCameMeanwhile: a signal that comes while the pause is retried meets the proposals of the stopped run; one
// that the stopped run had heard is a repeat.
func TestTakeoverHearsWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	alone := refundOf(3000, "EUR", dispute.PartyMerchant)
	s := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.signal(dispute.SignalAgreement, alone) })
	})
	for name, test := range map[string]struct {
		signal dispute.Agreement
		reason dispute.ClosingReason
	}{
		"the other party says the same": {refundOf(3000, "EUR", dispute.PartyCustomer), dispute.ClosedByAgreement},
		"the same again":                {alone, dispute.ClosedNotSubstantiated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := s.takenOver(t)
			after := waits[dispute.WaitPause](f)
			f.at(after, func() { f.signal(dispute.SignalAgreement, test.signal) })
			f.at(after+time.Second, f.restore)
			f.closes(test.reason)
			require.Len(t, f.proposals(), 1)
		})
	}
}

// TestTakeoverWithoutMemory: where nothing of the stopped run could be read, proposals get other numbers than its.
func TestTakeoverWithoutMemory(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.pausedBefore = &activities.Paused{At: monday.Add(-month), InvoiceID: f.dispute.InvoiceID, Outstanding: 12990, Run: 2}
	f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
	f.at(2*day, func() {
		require.Equal(t, refunds3000.NumberOf(101), f.status().Proposals[0].Number)
		f.env.CancelWorkflow()
	})
	f.run()
}

// TestTakeoverKeepsTheOrder: what the stopped run had not heard came before what comes while the new run retries its pause. The
// later proposal of a party stands, and is the only one that the other party is told of.
func TestTakeoverKeepsTheOrder(t *testing.T) {
	t.Parallel()
	f := stoppedWith(t, func(from *activities.Takeover) {
		from.Unheard = []activities.UnheardSignal{unheard(t, dispute.SignalAgreement, refundOf(5000, "EUR", dispute.PartyMerchant))}
	})
	after := waits[dispute.WaitPause](f)
	f.at(after, func() { f.signal(dispute.SignalAgreement, refundOf(3000, "EUR", dispute.PartyMerchant)) })
	f.at(after+time.Second, f.restore)
	f.at(after+day, func() {
		standing := f.status().Proposals
		require.Len(t, standing, 1)
		require.EqualValues(t, 3000, standing[0].Refund.Amount)
		require.Equal(t, []dispute.ProposalState{dispute.ProposalReplaced, dispute.ProposalStanding}, states(f.proposals()))
		require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
	})
	f.closes(dispute.ClosedNotSubstantiated)
}

// TestTakeoverNumbersAnew: each run has numbers of its own, also when it takes over from one that could read nothing of the run
// before and had heard nothing itself: a party knows proposals of that run by their numbers.
func TestTakeoverNumbersAnew(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		heard    []dispute.Proposal
		sequence int
	}{
		"nothing was heard":    {nil, 201},
		"a proposal was heard": {[]dispute.Proposal{dispute.NewProposal(refunds1.NumberOf(101), refunds1, monday)}, 202},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := stoppedWith(t, func(from *activities.Takeover) { from.Proposals = test.heard })
			f.pausedBefore.Run = 3
			var answer *reply
			f.at(day, func() { answer = f.send(dispute.UpdatePropose, refunds3000) })
			f.closes(dispute.ClosedNotSubstantiated)
			require.Equal(t, refunds3000.NumberOf(test.sequence), answer.view.Proposals[0].Number)
		})
	}
}

// TestTakeoverExpiresProposals: a decision that comes while the new run still pauses the invoice ends the proposals made to the
// stopped one.
func TestTakeoverExpiresProposals(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdatePropose, wants3000) })
	}).takenOver(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "PauseInvoice" })
	f.at(time.Hour, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.at(2*time.Hour, f.recorder.release)
	f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalExpired}, states(f.proposals()))
}
