package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestRefusalsNeedAttention: what a refused message holds back decides the cause. A refusal that cannot be recorded is retried.
func TestRefusalsNeedAttention(t *testing.T) {
	t.Parallel()
	received := opened()
	received.Occasion, received.Recipient, received.Period = dispute.OccasionReceived, dispute.PartyCustomer, 0
	for cause, in := range map[dispute.Cause]activities.Notification{
		dispute.CauseUnreachable: opened(), dispute.CauseMessageFailed: received,
	} {
		f := newFixture()
		f.email.err = dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
		f.receipts.failures["attention"] = errAway
		_, err := f.notify(t, in)
		require.ErrorIs(t, err, errAway)
		require.False(t, throughTemporal(t, err).NonRetryable())
		f.receipts.failures["attention"] = nil
		_, err = f.notify(t, in)
		require.True(t, throughTemporal(t, err).NonRetryable())
		require.Equal(t, map[dispute.NoticeKey]dispute.Cause{in.Key(): cause}, f.receipts.attention)
	}
}

// TestWhatSucceedsNeedsNoAttention: neither a message that was taken does, nor one that is retried.
func TestWhatSucceedsNeedsNoAttention(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.email.err = errAway
	_, err := f.notify(t, opened())
	require.ErrorIs(t, err, errAway)
	f.email.err = nil
	_, err = f.notify(t, opened())
	require.NoError(t, err)
	require.Empty(t, f.receipts.attention)
}

// TestReceiptOfAProposal: it has what the proposal would settle, and none of its words.
func TestReceiptOfAProposal(t *testing.T) {
	t.Parallel()
	f, in := newFixture(), opened()
	in.Occasion, in.Recipient, in.Period, in.Reminders = dispute.OccasionProposalMade, dispute.PartyCustomer, 0, false
	in.Facts.Proposal = &dispute.Proposal{
		Number: 1, By: dispute.PartyMerchant, Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, Message: "Sorry",
	}
	_, err := f.notify(t, in)
	require.NoError(t, err)
	require.Equal(t, dispute.MerchantRefunds, f.receipts.kept[in.Key()].Terms)
	require.EqualValues(t, 3000, f.receipts.kept[in.Key()].Refund)
}
