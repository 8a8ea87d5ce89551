package demo

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/terminal"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	settled := ledger.Invoice{Amount: dispute.Money{Amount: 69900, Currency: "EUR"}, Refunded: 34950}
	for want, entry := range map[string]dispute.Entry{
		"tells the merchant in the dispute app. Merchant and customer have until the end of Monday to agree.": {
			Event: "sent-opened", Detail: "merchant by portal at 2026-11-22T23:49:49Z: message 1 of the portal's inbox",
		},
		"tells the customer by e-mail how it ended.": {
			Event: "sent-closed", Detail: "customer by email at 2026-11-22T23:49:49Z: written to a.eml",
		},
		"":                                   {Event: "sent-ruling-asked", Detail: "desk: nobody asked for it"},
		"writes: “We look into it by noon.”": {Event: dispute.UpdateRespond, Detail: "We look into it by noon."},
		"proposes that the merchant refunds 30.00 EUR: “Our: last word.”": {
			Event: dispute.UpdatePropose, Detail: "2342: the merchant refunds 30.00 EUR, in place of 1342: Our: last word.",
		},
		"proposes that the customer pays.":     {Event: dispute.UpdatePropose, Detail: "1342: the customer pays"},
		"declines the proposal: “Too little.”": {Event: dispute.UpdateAnswerProposal, Detail: "declines 1342: Too little."},
		"accepts the proposal.":                {Event: dispute.UpdateAnswerProposal, Detail: "accepts 1342"},
		"sends a file: “Here: it is.”":         {Event: dispute.UpdateSubmitEvidence, Detail: "1 files: Here: it is."},
		"finds the complaint not justified: “It: was paid.”": {
			Event: dispute.UpdateRule, Detail: "justification: not justified, by anna: It: was paid.",
		},
		"decides in favour of the customer, finally: “Billed twice.”": {
			Event: dispute.UpdateRule, Detail: "decision: in favour of the customer, by anna: Billed twice.",
		},
		"charges back 349.50 EUR: the customer gets 349.50 EUR back, and the merchant is debited.": {
			Event: "invoice-settled", Detail: "0.00 EUR off the invoice",
		},
		"settlement-failed: the database is away": {Event: "settlement-failed", Detail: "the database is away"},
		"taken-over.": {Event: "taken-over"},
	} {
		require.Equal(t, want, sentence(entry, "the end of Monday", settled))
	}
}

// TestEveryMessageHasASentence: an occasion without one would be said with the raw detail of its entry.
func TestEveryMessageHasASentence(t *testing.T) {
	t.Parallel()
	for _, occasion := range dispute.Occasions {
		require.NotEmpty(t, sentences["sent-"+string(occasion)], occasion)
	}
}

func TestSettlement(t *testing.T) {
	t.Parallel()
	amount := dispute.Money{Amount: 10000, Currency: "EUR"}
	require.Equal(t, "reactivates the invoice: the customer has to pay 100.00 EUR.",
		settlement(ledger.Invoice{Amount: amount, Outstanding: 10000}))
	require.Equal(t, "charges back 100.00 EUR: the customer gets 60.00 EUR back, the customer owes 40.00 EUR less, and the merchant is debited.",
		settlement(ledger.Invoice{Amount: amount, Refunded: 6000, Credited: 4000}))
}

func TestMailOf(t *testing.T) {
	t.Parallel()
	require.Equal(t, "demo-01-closed-3-customer_ab.eml", mailOf(dispute.Entry{
		Event: "sent-closed", Detail: "customer by email at 2026-11-22T23:49:49Z: written to demo-01-closed-3-customer_ab.eml",
	}))
	require.Empty(t, mailOf(dispute.Entry{Event: dispute.UpdateRespond, Detail: "written to you"}))
}

// TestScreen: sentences are wrapped behind the name of who acts, which alone is coloured.
func TestScreen(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	s := newScreen(&out)
	s.acts(dispute.PartyMerchant, strings.Repeat("äääää ", 20))
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, 2)
	require.Equal(t, "Merchant  "+strings.TrimSpace(strings.Repeat("äääää ", 15)), lines[0])
	require.Equal(t, "          "+strings.TrimSpace(strings.Repeat("äääää ", 5)), lines[1])
	out.Reset()
	s.coloured = true
	s.acts(dispute.PartyMerchant, "answers.")
	require.Equal(t, terminal.Paint("Merchant  ", terminal.Cyan)+"answers.\n", out.String())
}
