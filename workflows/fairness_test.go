package workflows_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestEarlyEvidenceDoesNotUseUpTheAnswer: a merchant who has sent as much evidence as is accepted before the request
// can still answer the request.
func TestEarlyEvidenceDoesNotUseUpTheAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 10 {
		f.at(time.Duration(i+1)*time.Hour, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	}
	var eleventh *reply
	f.at(12*time.Hour, func() { eleventh = f.send(dispute.UpdateSubmitEvidence, evidence) })
	after := f.toDecision()
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	f.closes(dispute.ClosedForMerchant)
	require.True(t, eleventh.rejected)
	require.Len(t, f.last(dispute.OccasionRulingAsked).Evidence, 11)
}

// TestTakenOverDisputeStartsAnew: when the ledger had the dispute open before this run began, an earlier run is gone,
// and the merchant's answers to it too. Both parties are informed anew, and nobody loses by silence.
func TestTakenOverDisputeStartsAnew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	opened := dispute.NoticeKey{DisputeID: f.dispute.ID, Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant}
	f.receipts[opened] = dispute.Receipt{Key: opened, Channel: dispute.ChannelEmail, At: monday.Add(-2 * month)}
	f.pausedBefore = &activities.Paused{At: monday.Add(-2 * month), InvoiceID: f.dispute.InvoiceID, Outstanding: 12990, Run: 2}
	f.at(day, func() {
		view := f.status()
		require.Equal(t, dispute.WaitAgreement, view.WaitingFor)
		require.Equal(t, "taken-over", view.Timeline[0].Event)
		require.Equal(t, "2026-12-23T00:00:00+01:00", view.Deadline.Format(time.RFC3339))
		require.Equal(t, 1, f.count(dispute.OccasionOpened, dispute.PartyMerchant))
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	f.closes(dispute.ClosedByWithdrawal)
	for _, sent := range f.sent {
		if sent.Key.Occasion == dispute.OccasionClosed { // once for each dispute, whichever run sends it
			continue
		}
		require.Greater(t, sent.Key.Number, 10_000, "%s: each run has numbers of its own", sent.Key)
	}
}

// TestAcceptedLossDoesNotOvertakeSignals: a withdrawal, an agreement or a cancellation that came while the ledger was
// away counts before an accepted loss that came later.
func TestAcceptedLossDoesNotOvertakeSignals(t *testing.T) {
	t.Parallel()
	for reason, send := range map[dispute.ClosingReason]func(*fixture){
		dispute.ClosedByWithdrawal: func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) },
		dispute.ClosedByAgreement:  func(f *fixture) { f.signal(dispute.SignalAgreement, customerPays) },
		dispute.ClosedByOperator:   func(f *fixture) { f.env.CancelWorkflow() },
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.outages["ledger"] = forever
			var late *reply
			f.at(time.Minute, func() { send(f) })
			f.at(time.Minute+time.Second, func() {
				late = f.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
			})
			f.at(2*time.Minute, func() { f.restore() })
			f.ended(f.run(), reason)
			require.Equal(t, dispute.CodeNotAccepted, codeOf(late.err), "%v", late.err)
			require.Zero(t, f.settles[0].Decision.Debit)
		})
	}
}

// TestEarlyEvidenceIsBounded: the evidence before the request is limited in bytes, because all of it goes to the
// arbiter in one message, whose size Temporal limits.
func TestEarlyEvidenceIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	large := dispute.Evidence{Text: strings.Repeat("<", dispute.MaxText)} // six bytes each in JSON
	var replies []*reply
	for i := range 6 {
		f.at(time.Duration(i+1)*time.Hour, func() { replies = append(replies, f.send(dispute.UpdateSubmitEvidence, large)) })
	}
	f.at(day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.closes(dispute.ClosedByWithdrawal)
	require.NoError(t, replies[3].err)
	require.Equal(t, dispute.CodeLimitReached, codeOf(replies[4].err), "%v", replies[4].err)
}

// TestAnswerBesideEarlyEvidence: what came early does not count against the answer to the request, which can be given once.
func TestAnswerBesideEarlyEvidence(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	large := dispute.Evidence{Text: strings.Repeat("<", dispute.MaxText)}
	for i := range 4 {
		f.at(time.Duration(i+1)*time.Hour, func() { require.NoError(t, f.send(dispute.UpdateSubmitEvidence, large).err) })
	}
	var answer, second *reply
	after := f.toEvidence()
	f.at(after, func() {
		answer = f.send(dispute.UpdateSubmitEvidence, large)
		second = f.send(dispute.UpdateSubmitEvidence, evidence)
	})
	f.at(after+day, f.env.CancelWorkflow)
	f.run()
	require.NoError(t, answer.err)
	require.Equal(t, dispute.CodeNotAccepted, codeOf(second.err), "%v", second.err)
}

// TestViewIsBoundedInBytes: a flood of messages leaves the dispute readable, although Temporal answers no query beyond
// 2 MiB.
func TestViewIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	junk := raw(`{"` + strings.Repeat("<", 60) + `":1,"a":` + strings.Repeat(`[`, 2000) + strings.Repeat(`]`, 2000) + `}`)
	for i := range 600 {
		f.at(time.Duration(i+1)*time.Second, func() { f.signal(dispute.SignalWithdrawal, junk) })
	}
	for i := range 20 {
		f.at(time.Duration(i+1)*time.Hour, func() {
			f.send(dispute.UpdateRespond, dispute.Response{Message: strings.Repeat("<", dispute.MaxText), ReportedBy: dispute.PartyMerchant})
		})
	}
	f.at(day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	view := f.closes(dispute.ClosedByWithdrawal)
	size, err := json.Marshal(view)
	require.NoError(t, err)
	require.Less(t, len(size), 2<<20)
	require.Positive(t, view.TimelineOmitted)
}

// codeOf returns the code with which an update was refused.
func codeOf(err error) dispute.Code {
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return dispute.Code(refusal.Type())
	}
	return ""
}
