package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestEarlyEvidenceDoesNotUseUpTheAnswer: a merchant who has sent as much as is taken before the request
// can still answer it.
func TestEarlyEvidenceDoesNotUseUpTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 10 {
		w.at(time.Duration(i+1)*time.Hour, func() { w.send(dispute.UpdateSubmitEvidence, evidence) })
	}
	var eleventh *reply
	w.at(12*time.Hour, func() { eleventh = w.send(dispute.UpdateSubmitEvidence, evidence) })
	after := w.toDecision()
	w.at(after, func() { w.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	w.closes(dispute.ClosedForMerchant)
	require.True(t, eleventh.rejected)
	require.Len(t, w.last(dispute.OccasionRulingAsked).Evidence, 11)
}

// TestTakenOverDisputeStartsAnew: what the ledger had open before this run began was told by a run that is
// gone, and with it what the merchant had answered. Nobody loses for that silence.
func TestTakenOverDisputeStartsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opened := dispute.NoticeKey{DisputeID: w.dispute.ID, Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant}
	w.receipts[opened] = dispute.Receipt{Key: opened, Channel: dispute.ChannelEmail, At: monday.Add(-2 * month)}
	w.pausedBefore = &activities.Paused{At: monday.Add(-2 * month), InvoiceID: w.dispute.InvoiceID, Open: 12990}
	w.at(day, func() {
		view := w.status()
		require.Equal(t, dispute.WaitAgreement, view.WaitingFor)
		require.Equal(t, "taken-over", view.Timeline[0].Event)
		require.Equal(t, "2026-12-23T00:00:00+01:00", view.Deadline.Format(time.RFC3339))
		require.Equal(t, 1, w.count(dispute.OccasionOpened, dispute.PartyMerchant))
		w.signal(dispute.SignalWithdrawal, withdrawn)
	})
	w.closes(dispute.ClosedByWithdrawal)
}
