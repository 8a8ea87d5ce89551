package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestConfirm: what moves money says how much, asks on a terminal, and needs --yes without one.
func TestConfirm(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	agree := []string{"agree", h.dispute.ID, "--terms", "merchant_refunds", "--refund", "2,61 EUR", "--reported-by", "operator"}
	const effect = ": the merchant refunds 2.61 EUR of the disputed 129.90 EUR, and the customer pays the rest of the invoice.\n"

	got := h.run(agree...)
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "this moves money and there is no terminal to ask on; confirm it with --yes\n")

	h.terminal = true
	for _, answer := range []string{"", "\n", "n\n", "ja\n"} {
		got = h.runWith(answer, agree...)
		require.Equal(t, exitFailed, got.code)
		require.Empty(t, got.out)
		require.Contains(t, got.err, "Dispute "+h.dispute.ID+effect+"Go on? [y/N] ")
		require.True(t, strings.HasSuffix(got.err, "failed: not confirmed; nothing was sent\n"), got.err)
	}
	h.waitsFor(dispute.WaitAgreement)
	got = h.runWith("y\n", agree...)
	require.Equal(t, exitDone, got.code, got.err)
	require.Contains(t, got.out, "SETTLED (merchant_solved_the_dispute_with_the_customer): the merchant refunds 2.61 EUR\n")
	h.closes(dispute.ClosedByAgreement)
	require.Regexp(t, `(?m)^money +the merchant refunds 2\.61 EUR$`, h.does("status", h.dispute.ID))
}

// TestConfirmed: with --yes the effect is said and nothing is asked.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	got := h.run(h.on([]string{"accept-loss", "--json"})...)
	require.Equal(t, exitDone, got.code)
	require.Equal(t, "Dispute "+h.dispute.ID+": the disputed 129.90 EUR will be charged back to the merchant.\n", got.err)
	require.True(t, strings.HasPrefix(got.out, "{\n"), "the output is JSON alone")
}

// TestEffects: which messages move money, and what they say about it.
func TestEffects(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	const amount = "the disputed 129.90 EUR"
	back, kept := amount+" will be charged back to the merchant", "the invoice will be reactivated, with nothing charged back of "+amount
	for _, c := range []struct {
		want   string
		ruling dispute.Ruling
	}{
		{back, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer}},
		{kept, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant}},
		{kept, dispute.Ruling{Stage: dispute.StageJustification, Justified: &no}},
		{"", dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes}},
		{"", dispute.Ruling{Stage: dispute.StageDecision}},
	} {
		require.Equal(t, c.want, ruled(c.ruling, amount))
	}
	require.Equal(t, kept, settled(dispute.Offer{Terms: dispute.CustomerPays}, amount))
	require.Empty(t, settled(dispute.Offer{Terms: dispute.MerchantRefunds}, amount), "it is refused")
}

func TestMoved(t *testing.T) {
	t.Parallel()
	view := dispute.View{DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}}
	for outcome, want := range map[dispute.Outcome]string{
		"": "", dispute.OutcomeLost: "chargeback of 129.90 EUR", dispute.OutcomeSettled: "as merchant and customer have agreed",
		dispute.OutcomeWon:       "invoice reactivated, no chargeback of 129.90 EUR",
		dispute.OutcomeCancelled: "invoice reactivated, no chargeback of 129.90 EUR",
	} {
		view.Outcome = outcome
		require.Equal(t, want, moved(view))
	}
}
