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
	w.pausedBefore = &activities.Paused{At: monday.Add(-2 * month), InvoiceID: w.dispute.InvoiceID, Outstanding: 12990}
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

// TestWhatCameFirstCountsFirst: an accepted loss does not overtake a withdrawal or a cancellation that came
// while the ledger was away.
func TestWhatCameFirstCountsFirst(t *testing.T) {
	t.Parallel()
	for reason, send := range map[dispute.ClosingReason]func(*world){
		dispute.ClosedByWithdrawal: func(w *world) { w.signal(dispute.SignalWithdrawal, withdrawn) },
		dispute.ClosedByAgreement:  func(w *world) { w.signal(dispute.SignalAgreement, customerPays) },
		dispute.ClosedByOperator:   func(w *world) { w.env.CancelWorkflow() },
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.trouble["ledger"] = forever
			var late *reply
			w.at(time.Minute, func() { send(w) })
			w.at(time.Minute+time.Second, func() {
				late = w.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
			})
			w.at(2*time.Minute, func() { w.heal() })
			w.ended(w.run(), reason)
			require.Equal(t, dispute.CodeNotAccepted, codeOf(late.err), "%v", late.err)
			require.Zero(t, w.settles[0].Decision.Debit)
		})
	}
}

// TestEarlyEvidenceIsBounded: all of it goes to the arbiter in one message, which Temporal limits.
func TestEarlyEvidenceIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	large := dispute.Evidence{Text: strings.Repeat("<", dispute.MaxText)} // six bytes each in JSON
	var replies []*reply
	for i := range 6 {
		w.at(time.Duration(i+1)*time.Hour, func() { replies = append(replies, w.send(dispute.UpdateSubmitEvidence, large)) })
	}
	w.at(day, func() { w.signal(dispute.SignalWithdrawal, withdrawn) })
	w.closes(dispute.ClosedByWithdrawal)
	require.NoError(t, replies[3].err)
	require.Equal(t, dispute.CodeLimitReached, codeOf(replies[4].err), "%v", replies[4].err)
}

// TestViewIsBoundedInBytes: Temporal answers no query beyond 2 MiB, so that a flood of messages must not
// make a dispute unreadable.
func TestViewIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	junk := raw(`{"` + strings.Repeat("<", 60) + `":1,"a":` + strings.Repeat(`[`, 2000) + strings.Repeat(`]`, 2000) + `}`)
	for i := range 600 {
		w.at(time.Duration(i+1)*time.Second, func() { w.signal(dispute.SignalWithdrawal, junk) })
	}
	for i := range 20 {
		w.at(time.Duration(i+1)*time.Hour, func() {
			w.send(dispute.UpdateRespond, dispute.Response{Message: strings.Repeat("<", dispute.MaxText), ReportedBy: dispute.PartyMerchant})
		})
	}
	w.at(day, func() { w.signal(dispute.SignalWithdrawal, withdrawn) })
	view := w.closes(dispute.ClosedByWithdrawal)
	size, err := json.Marshal(view)
	require.NoError(t, err)
	require.Less(t, len(size), 2<<20)
	require.Positive(t, view.TimelineOmitted)
}

// codeOf is the code with which an update was refused.
func codeOf(err error) dispute.Code {
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return dispute.Code(refusal.Type())
	}
	return ""
}
