package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestDeskOverdue: 60 days without a ruling raise attention; the ruling, or whatever else ends the wait, relieves it.
func TestDeskOverdue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*fixture) time.Duration
		end     func(*fixture)
		reason  dispute.ClosingReason
	}{
		"justification":             {(*fixture).toDesk, func(f *fixture) { f.send(dispute.UpdateRule, justified(&no)) }, dispute.ClosedNotJustified},
		"decision":                  {(*fixture).toDecision, func(f *fixture) { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) }, dispute.ClosedForMerchant},
		"overtaken by a withdrawal": {(*fixture).toDecision, func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByWithdrawal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			asked := test.prepare(f) - day // the desk was asked within the step before
			f.at(asked+60*day-time.Minute, func() { require.Empty(t, f.status().Attention) })
			var acknowledge *reply
			f.at(asked+60*day+time.Minute, func() {
				require.Equal(t, []dispute.Cause{dispute.CauseDeskOverdue}, f.status().Attention)
				acknowledge = f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseDeskOverdue))
			})
			f.at(asked+100*day, func() {
				require.Equal(t, []dispute.Cause{dispute.CauseDeskOverdue}, f.status().Attention)
				test.end(f)
			})
			view := f.closes(test.reason)
			require.Empty(t, view.Attention)
			failure := acknowledge.refusal(t)
			require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
			require.Contains(t, failure.Message(), dispute.UpdateRule)
		})
	}
}

// TestDeskOverdueIsRelievedByTheRuling: the ruling relieves the attention before the dispute does anything else.
func TestDeskOverdueIsRelievedByTheRuling(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.toDesk() + 70*day
	f.at(after, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseDeskOverdue}, f.status().Attention)
		f.send(dispute.UpdateRule, justified(&yes))
	})
	f.at(after+time.Second, func() {
		require.Equal(t, dispute.WaitEvidence, f.status().WaitingFor)
		require.Empty(t, f.status().Attention)
	})
	f.closes(dispute.ClosedNoInformation)
}

// TestDecisionTakesBackWhatItMakesVoid: the view that answers the deciding update no longer asks for a person.
func TestDecisionTakesBackWhatItMakesVoid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*fixture) time.Duration
		cause   dispute.Cause
	}{
		"the address": {waits[dispute.WaitRetryNotification], dispute.CauseUnreachable},
		"the ruling":  {func(f *fixture) time.Duration { return f.toDesk() + 70*day }, dispute.CauseDeskOverdue},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := test.prepare(f)
			var answer *reply
			f.at(after, func() {
				require.Equal(t, []dispute.Cause{test.cause}, f.status().Attention)
				answer = f.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
			})
			f.at(after+time.Second, f.restore)
			f.closes(dispute.ClosedLossAccepted)
			require.NoError(t, answer.err)
			require.Empty(t, answer.view.Attention)
		})
	}
}

// TestUnreachableIsNotAcknowledged: only the delivery relieves the cause.
func TestUnreachableIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := waits[dispute.WaitRetryNotification](f)
	var answer *reply
	f.at(after, func() { answer = f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseUnreachable)) })
	f.at(after+time.Minute, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, f.status().Attention)
		f.env.CancelWorkflow()
	})
	view := f.run()
	require.Empty(t, view.Attention, "it is gone with the dispute")
	failure := answer.refusal(t)
	require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
	require.Contains(t, failure.Message(), dispute.UpdateRetryNotification)
}

// TestAcknowledge: an acknowledgement takes one cause off, and the same cause can be raised again.
func TestAcknowledge(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refused[string(dispute.OccasionReceived)] = true
	ignored := func() { f.signal(dispute.SignalAgreement, raw(`{"reportedBy":"customer"}`)) }
	acknowledge := func() { f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageIgnored)) }
	raised := func(causes ...dispute.Cause) func() {
		return func() { require.Equal(t, causes, f.status().Attention) }
	}
	for i, step := range []func(){
		raised(dispute.CauseMessageFailed),
		ignored, raised(dispute.CauseMessageFailed, dispute.CauseMessageIgnored),
		ignored, raised(dispute.CauseMessageFailed, dispute.CauseMessageIgnored),
		acknowledge, raised(dispute.CauseMessageFailed),
		ignored, raised(dispute.CauseMessageFailed, dispute.CauseMessageIgnored),
	} {
		f.at(day+time.Duration(i)*time.Minute, step)
	}
	view := f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, 3, countEvents(view, "agreement-ignored"))
	entry := view.Timeline[indexOf(view, dispute.UpdateAcknowledge)]
	require.Equal(t, dispute.PartyOperator, entry.Actor)
	require.Contains(t, entry.Detail, "op-1")
	require.Contains(t, entry.Detail, "Seen.")
}
