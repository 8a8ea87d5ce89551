package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestSilence: what silence costs is on the page before the deadline, and what it has cost after it.
func TestSilence(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		merchant, customer := s.merchant(), s.customer()
		merchant.reads("Reagieren Sie nicht, werden Ihnen 129,90 € belastet", "noch 21 Geschäftstage")
		customer.reads("€129.90")
		s.endPeriod(dispute.WaitAgreement)

		found := s.closes(dispute.ClosedMerchantSilent)
		require.Equal(t, int64(12990), found.Settlement.Credited)
		merchant.open(pages.CasePath(s.Dispute.ID))
		merchant.reads("Ihnen belastet", "129,90 €")
		require.False(t, merchant.has("main form"), "there is nothing left to do")
		customer.open(pages.CasePath(s.Dispute.ID))
		customer.reads("€129.90")
		require.False(t, customer.has("main form"))
	})
}

// TestWithdraw: the complainant states the reason, and withdraws: only with the box, which nobody has ticked before.
func TestWithdraw(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		s.asked()
		customer := s.customer()
		customer.fill(pages.ActReason, pages.FieldText, "The parcel never came.")
		customer.press(sendOf(pages.ActReason))
		customer.reads("The parcel never came.")
		customer.confirm(pages.ActReason)
		require.Equal(t, "The parcel never came.", s.waitsFor(dispute.WaitJustification).Statement.Text)

		customer.open(pages.CasePath(s.Dispute.ID))
		customer.press("a[href='" + pages.ActPath(s.Dispute.ID, pages.ActWithdraw) + "']")
		require.False(t, customer.has(fieldOf(pages.ActWithdraw, pages.FieldConfirmed)+":checked"))
		customer.fill(pages.ActWithdraw, pages.FieldNote, "It was at the neighbour's.")
		customer.press(sendOf(pages.ActWithdraw))
		require.True(t, customer.has(fieldOf(pages.ActWithdraw, pages.FieldConfirmed)+"[aria-invalid=true]"), "the box is asked for")
		require.Equal(t, "It was at the neighbour's.", customer.value(pages.ActWithdraw, pages.FieldNote))
		require.Equal(t, dispute.WaitJustification, s.waitsFor(dispute.WaitJustification).WaitingFor)
		customer.confirm(pages.ActWithdraw)
		s.closes(dispute.ClosedByWithdrawal)
		customer.eventually("€129.90")
		require.False(t, customer.has("main form"))
	})
}
