package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestConflictIsNoDelivery: what a party says is neither delivered nor copied when an earlier message of other content stands.
func TestConflictIsNoDelivery(t *testing.T) {
	t.Parallel()
	asks := dispute.Response{Message: "Where is it?", ReportedBy: dispute.PartyCustomer}
	for occasion, test := range map[dispute.Occasion]struct {
		update  string
		message any
		number  int
	}{
		dispute.OccasionMessage:      {dispute.UpdateRespond, asks, asks.NumberOf(1)},
		dispute.OccasionProposalMade: {dispute.UpdatePropose, wants3000, wants3000.NumberOf(1)},
	} {
		for name, conflict := range map[string]bool{"": false, " in conflict": true} {
			t.Run(string(occasion)+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
				key := dispute.NoticeKey{DisputeID: "d-1", Occasion: occasion, Number: test.number, Recipient: dispute.PartyMerchant}
				if conflict {
					f.receipts[key] = dispute.Receipt{Key: key, ContentHash: "1-other", Channel: dispute.ChannelPortal, At: monday, Answer: "earlier"}
				}
				f.at(day, func() { f.send(test.update, test.message) })
				f.at(2*day, func() {
					said := f.handedOver()
					delivered := len(said.Remarks) == 1 && said.Remarks[0].Delivered || len(said.Proposals) == 1 && said.Proposals[0].Delivered
					require.Equal(t, !conflict, delivered)
					require.Equal(t, !conflict, f.count(occasion.Copy(), dispute.PartyMerchant) == 1)
					f.env.CancelWorkflow()
				})
				f.run()
			})
		}
	}
}

// waitFor waits, within a channel, until a message was sent a number of times.
func (f *fixture) waitFor(times int, occasion dispute.Occasion, to dispute.Party) {
	require.Eventually(f, func() bool { return f.count(occasion, to) == times }, time.Minute, time.Millisecond)
}

// TestNoCopyOfAnEndedProposal: a proposal that is replaced while the portal takes it is not told by e-mail afterwards.
func TestNoCopyOfAnEndedProposal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
	f.beforeSend = func(notice dispute.Notice) {
		if notice.Key.Recipient != dispute.PartyMerchant || notice.Key.Number != wants3000.NumberOf(1) {
			return
		}
		f.signal(dispute.SignalAgreement, refundOf(5000, "EUR", dispute.PartyCustomer))
		f.signal(dispute.SignalAgreement, merchantAlone)
		f.waitFor(1, dispute.OccasionProposalMade, dispute.PartyCustomer)
	}
	f.at(day, func() { f.send(dispute.UpdatePropose, wants3000) })
	f.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 2, f.count(dispute.OccasionProposalMade, dispute.PartyMerchant))
	require.Equal(t, 1, f.count(dispute.OccasionProposalMade.Copy(), dispute.PartyMerchant))
	require.EqualValues(t, 5000, f.last(dispute.OccasionProposalMade.Copy()).Proposal.Refund.Amount)
}
