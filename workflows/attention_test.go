package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestDeskOverdue: 60 days without a ruling call for a person; the ruling, or whatever else ends the
// wait, takes the call back.
func TestDeskOverdue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*world) time.Duration
		end     func(*world)
		reason  dispute.ClosingReason
	}{
		"justification":             {(*world).toDesk, func(w *world) { w.send(dispute.UpdateRule, justified(&no)) }, dispute.ClosedNotJustified},
		"decision":                  {(*world).toDecision, func(w *world) { w.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) }, dispute.ClosedForMerchant},
		"overtaken by a withdrawal": {(*world).toDecision, func(w *world) { w.signal(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByWithdrawal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			asked := test.prepare(w) - day // the desk was asked within the step before
			w.at(asked+60*day-time.Minute, func() { require.Empty(t, w.status().Attention) })
			var acknowledge *reply
			w.at(asked+60*day+time.Minute, func() {
				require.Equal(t, []dispute.Cause{dispute.CauseDeskOverdue}, w.status().Attention)
				acknowledge = w.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseDeskOverdue))
			})
			w.at(asked+100*day, func() {
				require.Equal(t, []dispute.Cause{dispute.CauseDeskOverdue}, w.status().Attention)
				test.end(w)
			})
			view := w.closes(test.reason)
			require.Empty(t, view.Attention)
			failure := acknowledge.refusal(t)
			require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
			require.Contains(t, failure.Message(), dispute.UpdateRule)
		})
	}
}

// TestDeskOverdueIsRelievedByTheRuling: before anything else happens.
func TestDeskOverdueIsRelievedByTheRuling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.toDesk() + 70*day
	w.at(after, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseDeskOverdue}, w.status().Attention)
		w.send(dispute.UpdateRule, justified(&yes))
	})
	w.at(after+time.Second, func() {
		require.Equal(t, dispute.WaitEvidence, w.status().WaitingFor)
		require.Empty(t, w.status().Attention)
	})
	w.closes(dispute.ClosedNoInformation)
}

// TestDecisionTakesBackWhatItMakesVoid: the answer to the one who decides calls for nobody any more.
func TestDecisionTakesBackWhatItMakesVoid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*world) time.Duration
		cause   dispute.Cause
	}{
		"the address": {waits[dispute.WaitRetryNotification], dispute.CauseUnreachable},
		"the ruling":  {func(w *world) time.Duration { return w.toDesk() + 70*day }, dispute.CauseDeskOverdue},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			after := test.prepare(w)
			var answer *reply
			w.at(after, func() {
				require.Equal(t, []dispute.Cause{test.cause}, w.status().Attention)
				answer = w.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
			})
			w.at(after+time.Second, w.heal)
			w.closes(dispute.ClosedLossAccepted)
			require.NoError(t, answer.err)
			require.Empty(t, answer.view.Attention)
		})
	}
}

// TestUnreachableIsNotAcknowledged: it goes away with the delivery only.
func TestUnreachableIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := waits[dispute.WaitRetryNotification](w)
	var answer *reply
	w.at(after, func() { answer = w.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseUnreachable)) })
	w.at(after+time.Minute, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, w.status().Attention)
		w.env.CancelWorkflow()
	})
	view := w.run()
	require.Empty(t, view.Attention, "it is gone with the dispute")
	failure := answer.refusal(t)
	require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
	require.Contains(t, failure.Message(), dispute.UpdateRetryNotification)
}

// TestAcknowledge: it takes one cause off, and the same cause can be raised again.
func TestAcknowledge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused[string(dispute.OccasionReceived)] = true
	ignored := func() { w.signal(dispute.SignalAgreement, raw(`{}`)) }
	acknowledge := func() { w.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageIgnored)) }
	raised := func(causes ...dispute.Cause) func() {
		return func() { require.Equal(t, causes, w.status().Attention) }
	}
	for i, step := range []func(){
		raised(dispute.CauseMessageFailed),
		ignored, raised(dispute.CauseMessageFailed, dispute.CauseMessageIgnored),
		ignored, raised(dispute.CauseMessageFailed, dispute.CauseMessageIgnored),
		acknowledge, raised(dispute.CauseMessageFailed),
		ignored, raised(dispute.CauseMessageFailed, dispute.CauseMessageIgnored),
	} {
		w.at(day+time.Duration(i)*time.Minute, step)
	}
	view := w.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, 3, countEvents(view, "agreement-ignored"))
	entry := view.Timeline[indexOf(view, dispute.UpdateAcknowledge)]
	require.Equal(t, dispute.PartyOperator, entry.Actor)
	require.Contains(t, entry.Detail, "op-1")
	require.Contains(t, entry.Detail, "Seen.")
}
