package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestRefusedWordsAreSentAgain: what a party's address has refused reaches it once an operator has corrected the address, each
// once; a proposal only if it still stands.
func TestRefusedWordsAreSentAgain(t *testing.T) {
	t.Parallel()
	const corrected = "corrected@example.de"
	f := newFixture(t)
	f.at(day, func() {
		f.refused["jonas@example.de"] = true
		f.send(dispute.UpdateRespond, responded)
		f.send(dispute.UpdatePropose, refunds1)
	})
	f.at(2*day, func() { f.send(dispute.UpdatePropose, refunds3000) })
	after := windowEnds.Sub(monday) + time.Hour
	f.at(after, func() {
		require.Equal(t, dispute.WaitRetryNotification, f.status().WaitingFor)
		require.Zero(t, f.count(dispute.OccasionMessage, dispute.PartyCustomer))
		f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: corrected, RequestedBy: "ops"})
	})
	f.at(after+time.Hour, func() {
		require.Equal(t, dispute.WaitStatement, f.status().WaitingFor)
		require.True(t, f.status().Proposals[0].Delivered)
		f.send(dispute.UpdateStateReason, stated)
	})
	f.at(after+2*time.Hour, func() { f.send(dispute.UpdateRule, justified(&no)) })
	f.closes(dispute.ClosedNotJustified)
	require.Equal(t, []string{"email " + corrected}, f.sentVia(dispute.OccasionMessage, dispute.PartyCustomer))
	require.Equal(t, []string{"email " + corrected}, f.sentVia(dispute.OccasionProposalMade, dispute.PartyCustomer))
	require.Equal(t, refunds3000.NumberOf(2), f.last(dispute.OccasionProposalMade).Key.Number)
}

// TestWordsUnderWayAreNotSentTwice: a period that opens meanwhile sends nothing that is still under way.
func TestWordsUnderWayAreNotSentTwice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionMessage, dispute.OccasionProposalMade)
	f.at(day, func() {
		f.send(dispute.UpdateRespond, responded)
		f.send(dispute.UpdatePropose, refunds3000)
	})
	f.on(windowEnds.Add(time.Hour), func() {
		require.Equal(t, dispute.WaitStatement, f.status().WaitingFor)
		f.recorder.release()
	})
	view := f.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 1, f.count(dispute.OccasionMessage, dispute.PartyCustomer))
	require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
	require.Equal(t, 1, countEvents(view, "sent-message"))
	require.Equal(t, 1, countEvents(view, "sent-proposal-made"))
}

// TestEveryWordIsBounded: the notes of answers and of agreements that become proposals count like what a party writes. Without
// a note, both have their effect.
func TestEveryWordIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	long := strings.Repeat("<", 5000)
	var replies []*reply
	var without *reply
	f.at(day, func() {
		for i := range int64(9) {
			offer := refunds1
			offer.Refund = &dispute.Money{Amount: 1000 + i, Currency: "EUR"}
			f.send(dispute.UpdatePropose, offer)
			answer := answerOf(dispute.PartyCustomer, offer.NumberOf(int(i)+1), false)
			answer.Note = long
			replies = append(replies, f.send(dispute.UpdateAnswerProposal, answer))
			answer.Note = ""
			without = f.send(dispute.UpdateAnswerProposal, answer)
		}
	})
	wanted := refundOf(3000, "EUR", dispute.PartyCustomer)
	tooLong := wanted
	tooLong.Note = long
	f.at(2*day, func() { f.signal(dispute.SignalAgreement, tooLong) })
	f.at(3*day, func() {
		require.Empty(t, f.status().Proposals)
		require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, f.status().Attention)
		f.signal(dispute.SignalAgreement, wanted)
	})
	f.at(4*day, func() {
		require.Len(t, f.status().Proposals, 1)
		f.env.CancelWorkflow()
	})
	view := f.run()
	require.NoError(t, replies[7].err)
	failure := replies[8].refusal(t)
	require.Equal(t, string(dispute.CodeLimitReached), failure.Type())
	require.Contains(t, failure.Message(), "may have 262144 bytes in all; an answer without a note is accepted")
	require.NoError(t, without.err)
	require.Contains(t, view.Timeline[indexOf(view, "agreement-ignored")].Detail, "what the customer writes to the merchant")
}
