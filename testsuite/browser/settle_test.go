package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestSettleBetweenThem: the merchant reads, writes and proposes a refund, the complainant counters, the merchant accepts; both
// see how it ended, in money.
func TestSettleBetweenThem(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		merchant := s.merchant()
		merchant.reads("129,90 €", "Jonas Weber")
		merchant.fill(pages.ActRespond, pages.FieldMessage, "Das tut uns leid.")
		merchant.press(sendOf(pages.ActRespond))
		require.Equal(t, pages.CasePath(s.Dispute.ID), merchant.path())
		merchant.reads("Das tut uns leid.")
		merchant.choose(pages.ActPropose, pages.FieldTerms, pages.TermsRefund)
		merchant.fill(pages.ActPropose, pages.FieldAmount, "30,00", pages.FieldMessage, "Behalten Sie die Ware.")
		merchant.press(sendOf(pages.ActPropose))
		merchant.reads("30,00 €", "Behalten Sie die Ware.")

		customer := s.customer()
		customer.eventually("€30.00", "Das tut uns leid.", "Behalten Sie die Ware.")
		customer.choose(pages.ActPropose, pages.FieldTerms, pages.TermsRefund)
		customer.fill(pages.ActPropose, pages.FieldAmount, "50")
		customer.press(sendOf(pages.ActPropose))
		customer.reads("€50.00")

		merchant.open(pages.CasePath(s.Dispute.ID))
		merchant.eventually("50,00 €")
		merchant.press(formOf(pages.ActAnswer) + " button[value=accept]")
		require.Equal(t, dispute.WaitAgreement, s.waitsFor(dispute.WaitAgreement).WaitingFor, "nothing happens before it is confirmed")
		merchant.reads("50,00 €")
		merchant.confirm(pages.ActAnswer)

		found := s.closes(dispute.ClosedByAgreement)
		require.Equal(t, int64(5000), found.Settlement.Credited)
		require.Len(t, found.Conversation, 1)
		merchant.eventually("Ihnen belastet", "79,90 €, fällig am")
		customer.open(pages.CasePath(s.Dispute.ID))
		customer.eventually("€79.90")
	})
}
