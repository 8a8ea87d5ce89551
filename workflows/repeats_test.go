package workflows_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestRepeatOfADeclinedProposal: a signal that is repeated after its proposal was declined counts if the other party has
// proposed the same terms since: both have said them. It changes nothing before, nor after its party has proposed something else.
func TestRepeatOfADeclinedProposal(t *testing.T) {
	t.Parallel()
	said := refundOf(3000, "EUR", dispute.PartyMerchant)
	declined := func(f *fixture) {
		f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, said.Offer().NumberOf(1), false))
	}
	for name, test := range map[string]struct {
		meanwhile func(*fixture)
		reason    dispute.ClosingReason
	}{
		"declined": {declined, dispute.ClosedNotSubstantiated},
		"declined, and proposed by the other party": {func(f *fixture) {
			declined(f)
			f.send(dispute.UpdatePropose, wants3000)
		}, dispute.ClosedByAgreement},
		"replaced, and proposed by the other party": {func(f *fixture) {
			f.send(dispute.UpdatePropose, refunds1)
			f.send(dispute.UpdatePropose, wants3000)
		}, dispute.ClosedNotSubstantiated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.at(day, func() { f.signal(dispute.SignalAgreement, said) })
			f.at(2*day, func() { test.meanwhile(f) })
			f.at(3*day, func() { f.signal(dispute.SignalAgreement, said) })
			require.Empty(t, f.closes(test.reason).Attention)
		})
	}
}

// TestAcceptanceBySignalHasNoLimit: a signal that says what the other party has proposed is the agreement, however many proposals
// its own party has made.
func TestAcceptanceBySignalHasNoLimit(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		for i := range 20 {
			offer := refunds1
			offer.Message = fmt.Sprint("Offer ", i)
			f.send(dispute.UpdatePropose, offer)
		}
		f.send(dispute.UpdatePropose, wants3000)
	})
	f.at(2*day, func() { f.signal(dispute.SignalAgreement, refundOf(3000, "EUR", dispute.PartyMerchant)) })
	require.Empty(t, f.closes(dispute.ClosedByAgreement).Attention)
	require.EqualValues(t, 3000, f.settles[0].Decision.Debit)
}

// TestRepeatedProposal: a party that proposes again what it has standing changes nothing: the proposal is accepted under the number
// that the other party was told, once. Other words are another proposal. Each counts towards the party's limit.
func TestRepeatedProposal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	inOtherWords := refunds1
	inOtherWords.Message = "Really no more."
	signalled := dispute.Agreement{Terms: refunds1.Terms, Refund: refunds1.Refund, ReportedBy: refunds1.ProposedBy, Note: refunds1.Message}
	var last, over *reply
	f.at(day, func() { f.send(dispute.UpdatePropose, refunds1) })
	f.at(2*day, func() {
		for range 18 {
			f.send(dispute.UpdatePropose, refunds1)
		}
		f.signal(dispute.SignalAgreement, signalled)
	})
	f.at(3*day, func() {
		require.Equal(t, []dispute.ProposalState{dispute.ProposalStanding}, states(f.proposals()))
		require.Equal(t, refunds1.NumberOf(1), f.status().Proposals[0].Number)
		require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
		require.Equal(t, 1, countEvents(f.status(), dispute.UpdatePropose))
		last = f.send(dispute.UpdatePropose, inOtherWords)
		over = f.send(dispute.UpdatePropose, inOtherWords)
	})
	require.Empty(t, f.closes(dispute.ClosedNotSubstantiated).Attention)
	require.Equal(t, inOtherWords.NumberOf(2), last.view.Proposals[0].Number)
	require.Equal(t, string(dispute.CodeLimitReached), over.refusal(t).Type())
}
