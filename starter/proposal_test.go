package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// standing returns the number of the proposal that a party has made.
func (h *scenario) standing(by dispute.Party) string {
	h.Helper()
	view := h.reaches(func(view dispute.View) bool { return dispute.StandingOf(view.Proposals, by) >= 0 })
	return fmt.Sprint(view.Proposals[dispute.StandingOf(view.Proposals, by)].Number)
}

// TestBargain: two shells play merchant and customer through proposal, counter-proposal and acceptance.
func TestBargain(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("write", "--reported-by", "customer", "--message", "It is scratched.")
	refund := []string{"propose", "--terms", "merchant_refunds", "--proposed-by", "merchant", "--refund"}
	require.Regexp(t, `(?m)^proposal \d+: the merchant proposes a refund of 10\.00 EUR; the customer answers$`, h.sends(append(refund, "10.00 EUR")...))
	first := h.standing(dispute.PartyMerchant)
	require.Regexp(t, `(?m)^proposed +proposal `+first+`: the merchant proposes a refund of 10\.00 EUR; the customer answers$`, h.does("status", h.dispute.ID))
	require.NotContains(t, h.sends("decline", "--proposal", first, "--answered-by", "customer", "--note", "Too little."), "proposal")
	h.sends("propose", "--terms", "merchant_refunds", "--refund", "60,00 EUR", "--proposed-by", "customer")
	h.sends(append(refund, "30.00 EUR")...)
	require.Contains(t, h.refuses(dispute.CodeNotAccepted, "accept", "--proposal", first, "--answered-by", "customer"), "was declined; proposal ")
	h.sends("accept", "--proposal", h.standing(dispute.PartyMerchant), "--answered-by", "customer")
	h.closes(dispute.ClosedByAgreement)
	require.Regexp(t, `(?m)^outstanding +99\.90 EUR$`, h.does("ledger", "show", h.invoice.ID))
	require.Regexp(t, `(?m)^money +the merchant refunds 30\.00 EUR, as the merchant has proposed$`, h.does("status", h.dispute.ID))
}

// TestAgreementOfOneParty: the command says that it is a proposal only, also when it is repeated.
func TestAgreementOfOneParty(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	for range 2 {
		require.Contains(t, h.sends("agree", "--terms", "merchant_refunds", "--refund", "0.01 EUR", "--reported-by", "merchant"),
			"proposed, not agreed yet: "+h.dispute.ID+" is PRE_ARBITRATION")
	}
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
}

// TestEffectOfAnOffer: what is asked before an offer is sent says whether the other party still has to accept.
func TestEffectOfAnOffer(t *testing.T) {
	t.Parallel()
	refunds := dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ProposedBy: dispute.PartyMerchant}
	wants := refunds
	wants.ProposedBy = dispute.PartyCustomer
	view := dispute.View{DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}}
	const effect = "the merchant refunds 30.00 EUR of the disputed 129.90 EUR, and the customer pays the rest of the invoice"
	require.Equal(t, "if the customer accepts, "+effect, offered(refunds, view, "the disputed 129.90 EUR"))
	view.Proposals = []dispute.Proposal{dispute.NewProposal(1, wants, time.Time{})}
	require.Equal(t, effect, offered(refunds, view, "the disputed 129.90 EUR"), "it equals the customer's")
	view = dispute.View{DisputedAmount: *refunds.Refund}
	require.Equal(t, effect, offered(refunds, view, "the disputed 129.90 EUR"), "it is all that is disputed")
	require.Empty(t, offered(dispute.Offer{Terms: dispute.MerchantRefunds}, view, ""), "it is refused")
}

// TestHelpSaysWhoReadsTheWords: what settles the dispute is no message to the other party, so its words are for the case file.
func TestHelpSaysWhoReadsTheWords(t *testing.T) {
	t.Parallel()
	for command, says := range map[string]string{
		"propose": "for the case file; the other party sees it with a proposal", "agree": "for the case file; the other party sees it with a proposal",
		"accept": "for the case file; the other party sees it with the proposal", "decline": "what the party says with it, for the other one",
	} {
		require.Contains(t, starter(t).does(command, "--help"), says, command)
	}
}
