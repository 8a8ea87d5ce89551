package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// holdInput holds the activities with an input of type In.
func holdInput[In any](f *fixture) {
	f.recorder.hold(func(_ string, input any) bool { _, holds := input.(In); return holds })
}

// TestStalled: a step that the dispute waits for and that has not succeeded for an hour calls a person, until it succeeds.
// Only the step can take the cause off.
func TestStalled(t *testing.T) {
	t.Parallel()
	agreed := func(f *fixture) time.Duration {
		f.at(day, func() { f.signal(dispute.SignalAgreement, customerPays) })
		return day
	}
	for name, test := range map[string]struct {
		hold func(*fixture)
		// prepare brings the dispute to the step, and returns when it begins.
		prepare func(*fixture) time.Duration
		wait    dispute.Wait
	}{
		"pause":           {holdInput[activities.Opening], func(*fixture) time.Duration { return 0 }, dispute.WaitPause},
		"opening message": {func(f *fixture) { f.holdMessages(dispute.OccasionOpened) }, func(*fixture) time.Duration { return 0 }, dispute.WaitNotification},
		"question for the reason": {func(f *fixture) { f.holdMessages(dispute.OccasionReasonAsked) }, func(f *fixture) time.Duration {
			f.toStatement()
			return windowEnds.Sub(monday)
		}, dispute.WaitNotification},
		"request for information": {func(f *fixture) { f.holdMessages(dispute.OccasionInformationRequested) }, func(f *fixture) time.Duration { return f.toEvidence() - day }, dispute.WaitNotification},
		"arbiter":                 {holdInput[activities.Case], func(f *fixture) time.Duration { return f.toDesk() - day }, dispute.WaitJustification},
		"settlement":              {holdInput[activities.Settle], agreed, dispute.WaitSettlement},
		"closing messages":        {func(f *fixture) { f.holdMessages(dispute.OccasionClosed) }, agreed, dispute.WaitClosingMessages},
		"copy of the closing message": {func(f *fixture) {
			f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
			f.holdMessages(dispute.OccasionClosed.Copy())
		}, agreed, dispute.WaitClosingMessages},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			test.hold(f)
			begun := test.prepare(f)
			var acknowledge *reply
			f.at(begun+time.Hour-time.Second, func() {
				require.Equal(t, test.wait, f.status().WaitingFor)
				require.Empty(t, f.status().Attention)
			})
			f.at(begun+time.Hour+time.Second, func() {
				require.Equal(t, test.wait, f.status().WaitingFor)
				require.Equal(t, []dispute.Cause{dispute.CauseStalled}, f.status().Attention)
				acknowledge = f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseStalled))
			})
			f.at(begun+400*day, func() {
				require.Equal(t, []dispute.Cause{dispute.CauseStalled}, f.status().Attention)
				f.recorder.release()
			})
			f.at(begun+400*day+time.Second, func() {
				require.Empty(t, f.status().Attention)
				f.env.CancelWorkflow()
			})
			view := f.run()
			require.Empty(t, view.Attention)
			failure := acknowledge.refusal(t)
			require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
			require.Contains(t, failure.Message(), "when the step succeeds")
		})
	}
}

// TestStalledTwice: of two steps that have stalled, the last one takes the cause off.
func TestStalledTwice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stuck := map[dispute.Party]bool{dispute.PartyMerchant: true, dispute.PartyCustomer: true}
	hold := func() {
		f.recorder.hold(func(_ string, input any) bool {
			one, single := input.(activities.Notification)
			both, several := input.([]activities.Notification)
			return single && one.Occasion == dispute.OccasionClosed && stuck[one.Recipient] || several && both[0].Occasion == dispute.OccasionClosed
		})
	}
	hold()
	f.at(day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.at(2*day, func() {
		delete(stuck, dispute.PartyMerchant)
		hold()
	})
	f.at(2*day+time.Second, func() {
		require.Equal(t, 1, f.count(dispute.OccasionClosed, dispute.PartyMerchant))
		require.Equal(t, []dispute.Cause{dispute.CauseStalled}, f.status().Attention)
		f.recorder.release()
	})
	require.Empty(t, f.closes(dispute.ClosedByWithdrawal).Attention)
}

// TestStalledWithTheDecision: a decision that drops the step takes the cause off.
func TestStalledWithTheDecision(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionOpened)
	f.at(day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	require.Empty(t, f.closes(dispute.ClosedByWithdrawal).Attention)
}

// TestStalledInTheTaskOfTheSuccess: a step that succeeds in the task in which its hour is over is not stalled.
func TestStalledInTheTaskOfTheSuccess(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.outages, f.recorder.joined = true, "until the dispute is stalled"
	f.holdMessages(dispute.OccasionOpened)
	released := false
	f.env.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { f.recorder.joins = released })
	f.at(2*time.Hour, func() {
		require.Empty(t, f.status().Attention)
		released = true
		f.recorder.release()
	})
	f.at(3*time.Hour, func() {
		require.Equal(t, dispute.WaitAgreement, f.status().WaitingFor)
		require.Empty(t, f.status().Attention)
	})
	f.closes(dispute.ClosedMerchantSilent)
}

// TestBackgroundMessagesDoNotStall: what holds nothing back calls nobody.
func TestBackgroundMessagesDoNotStall(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute, f.merchant.EmailOnDeadlines = true, true, true
	f.holdMessages(
		dispute.OccasionReceived, dispute.OccasionOpenedCopy, dispute.OccasionReminder7, dispute.OccasionKlarnaStepsIn,
		dispute.OccasionDeadlineMoved, dispute.OccasionRulingAsked, dispute.OccasionInformationRequested.Copy(),
	)
	f.at(time.Hour, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-time.Hour))) })
	after := f.toEvidence()
	for at := 2 * time.Hour; at < after+day; at += day {
		f.at(at, func() { require.NotContains(t, f.status().Attention, dispute.CauseStalled) })
	}
	f.at(after+day, func() {
		f.recorder.release()
		f.env.CancelWorkflow()
	})
	f.run()
}
