package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestNextMessageWaitsForADroppedOne: a reminder that is dropped while the mail server takes it arrives before the next message.
func TestNextMessageWaitsForADroppedOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.beforeSend = func(notice dispute.Notice) {
		if notice.Key.Occasion != dispute.OccasionReminder7 {
			return
		}
		f.signal(dispute.SignalAgreement, merchantAlone)
		f.waitFor(1, dispute.OccasionProposalMade, dispute.PartyCustomer)
		f.signal(dispute.SignalAgreement, refundOf(5000, "EUR", dispute.PartyCustomer))
		f.signal(dispute.SignalAgreement, refundOf(2, "EUR", dispute.PartyMerchant))
		f.waitFor(2, dispute.OccasionProposalMade, dispute.PartyCustomer)
	}
	f.closes(dispute.ClosedNotSubstantiated)
	var toMerchant []dispute.Occasion
	for _, sent := range f.sent {
		if sent.Key.Recipient == dispute.PartyMerchant {
			toMerchant = append(toMerchant, sent.Key.Occasion)
		}
	}
	require.Equal(t, []dispute.Occasion{dispute.OccasionReminder7, dispute.OccasionProposalMade}, toMerchant[1:3])
}

// TestNoCopyOfADroppedMessage: a reminder that is dropped while the portal takes it is not repeated by e-mail.
func TestNoCopyOfADroppedMessage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
	f.beforeSend = func(notice dispute.Notice) {
		if notice.Key.Occasion == dispute.OccasionReminder7 {
			f.signal(dispute.SignalAgreement, merchantAlone)
			f.waitFor(1, dispute.OccasionProposalMade, dispute.PartyCustomer)
		}
	}
	f.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 1, f.count(dispute.OccasionReminder7, dispute.PartyMerchant))
	require.Zero(t, f.count(dispute.OccasionReminder7.Copy(), dispute.PartyMerchant))
}
