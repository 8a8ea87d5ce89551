package browser_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestTextIsKept: what somebody writes while the dispute moves on is on the page that says so, in the form where it still has one.
func TestTextIsKept(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		s.proposes(3000)
		merchant := s.merchant()
		merchant.fill(pages.ActAnswer, pages.FieldNote, "Einverstanden, wenn Sie die Ware behalten.")
		s.proposes(4000)
		merchant.press(formOf(pages.ActAnswer) + " button[value=decline]")
		merchant.reads("Der Streitfall hat sich inzwischen geändert", "40,00 €")
		require.Equal(t, "Einverstanden, wenn Sie die Ware behalten.", merchant.value(pages.ActAnswer, pages.FieldNote))
		require.Equal(t, dispute.ProposalStanding, s.waitsFor(dispute.WaitAgreement).Proposals[1].State)

		merchant.fill(pages.ActRespond, pages.FieldMessage, "Wir fragen den Paketdienst.")
		require.NoError(t, shared.Disputes.Withdraw(t.Context(), s.Dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
		s.closes(dispute.ClosedByWithdrawal)
		merchant.press(sendOf(pages.ActRespond))
		merchant.reads("Der Streitfall ist inzwischen entschieden", "Wir fragen den Paketdienst.")
		require.Empty(t, s.closes(dispute.ClosedByWithdrawal).Conversation)
	})
}

// TestDoubleClick: a form that is sent twice takes effect once.
func TestDoubleClick(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		merchant := s.merchant()
		merchant.fill(pages.ActRespond, pages.FieldMessage, "Wir fragen den Paketdienst.")
		click := merchant.click(sendOf(pages.ActRespond))
		merchant.leads(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { return chromedp.Do(ctx, click, click) }))
		merchant.eventually("Wir fragen den Paketdienst.", "zugestellt")
		require.Len(t, s.waitsFor(dispute.WaitAgreement).Conversation, 1)
	})
}

// proposes has the complainant propose a refund.
func (s story) proposes(amount int64) {
	s.Helper()
	refund := dispute.Money{Amount: amount, Currency: "EUR"}
	_, err := shared.Disputes.Propose(s.Context(), s.Dispute.ID,
		dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &refund, ProposedBy: dispute.PartyCustomer})
	require.NoError(s, err)
}
