package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestOutageDecidesNothing: an outage of any system during any step decides nothing, and the dispute ends as it should,
// with each step taken once.
func TestOutageDecidesNothing(t *testing.T) {
	t.Parallel()
	steps := map[string]func(*fixture) time.Duration{
		"opening":     func(*fixture) time.Duration { return time.Millisecond },
		"reminder":    func(*fixture) time.Duration { return reminder7.Sub(monday) - time.Minute },
		"stepping in": func(f *fixture) time.Duration { f.toStatement(); return windowEnds.Sub(monday) - time.Minute },
		"judging":     func(f *fixture) time.Duration { return f.toDesk() - day },
		"asking":      func(f *fixture) time.Duration { return f.toEvidence() - day },
		"deciding":    func(f *fixture) time.Duration { return f.toDecision() - day },
	}
	for step, prepare := range steps {
		for _, system := range []string{"ledger", "receipts", "portal", "email", "arbiter"} {
			t.Run(system+" "+step, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
				if step == "opening" {
					f.outages[system] = 7
				}
				after := prepare(f)
				f.at(after-time.Second, func() { f.takeDownBriefly(system) })
				f.at(after+time.Hour, func() { require.Empty(t, f.status().Outcome) })
				f.at(after+2*day, func() {
					f.restore()
					f.signal(dispute.SignalWithdrawal, withdrawn)
				})
				view := f.closes(dispute.ClosedByWithdrawal)
				require.Empty(t, view.Attention)
				f.requireOnceEach()
			})
		}
	}
}

// takeDownBriefly takes a system down for seven calls: the environment gives up a regular activity at its tenth
// attempt.
func (f *fixture) takeDownBriefly(system string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outages[system] = 7
}

// TestOutageAfterTheDecision: the settlement and the closing messages wait for the system that is away.
func TestOutageAfterTheDecision(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"ledger", "receipts", "portal", "email", "archive"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive = true
			f.at(day, func() {
				f.takeDownBriefly(system)
				f.signal(dispute.SignalAgreement, customerPays)
			})
			view := f.closes(dispute.ClosedByAgreement)
			require.Empty(t, view.Attention)
			require.Equal(t, []string{"portal shop@example.de"}, f.sentVia(dispute.OccasionClosed, dispute.PartyMerchant)[:1])
		})
	}
}

// TestRetryAfterIsHonoured: the next attempt waits for the delay that the other side asks for, after the first attempt
// too. The window begins with the delivery, and the dispute takes messages meanwhile.
func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for attempts := 1; attempts < 4; attempts++ {
		f := newFixture(t)
		f.merchant.PortalActive, f.retryAfter, f.outages["portal"] = true, time.Hour, attempts
		taken := monday.Add(time.Duration(attempts) * time.Hour)
		f.on(taken.Add(-time.Second), func() { require.Equal(t, dispute.WaitNotification, f.status().WaitingFor) })
		f.on(taken.Add(time.Second), func() {
			require.Equal(t, dispute.WaitAgreement, f.status().WaitingFor)
			f.signal(dispute.SignalWithdrawal, withdrawn)
		})
		f.closes(dispute.ClosedByWithdrawal)
		require.Equal(t, taken, f.sent[slices.IndexFunc(f.sent, func(s sending) bool { return s.via == "portal" })].at.UTC())
		f.requireOnceEach()
	}
	f := newFixture(t)
	f.merchant.PortalActive, f.retryAfter, f.outages["portal"] = true, time.Hour, 1
	f.at(time.Minute, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.closes(dispute.ClosedByWithdrawal)
	require.Zero(t, f.count(dispute.OccasionOpened, dispute.PartyMerchant))
}

// TestRetriedMessageIsOvertaken: a message whose delivery fails and which is dropped by the decision does not count as
// refused and raises no attention, even when the failure and the decision arrive in one task.
func TestRetriedMessageIsOvertaken(t *testing.T) {
	t.Parallel()
	for _, occasion := range []dispute.Occasion{dispute.OccasionDeadlineMoved, dispute.OccasionReceived} {
		t.Run(string(occasion), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.holdMessages(occasion)
			f.at(time.Hour, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-time.Hour))) })
			f.at(day, func() {
				f.mu.Lock()
				f.outages["email"] = 10 // as often as the recorder tries what it lets go on
				f.mu.Unlock()
				f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn)
				f.recorder.release()
			})
			view := f.closes(dispute.ClosedByWithdrawal)
			require.Empty(t, view.Attention)
			i := slices.IndexFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == "not-sent-"+string(occasion) })
			require.Contains(t, view.Timeline[i].Detail, ": dropped, an event has overtaken it")
		})
	}
}

// TestSettlementIsNeverGivenUp: a settlement that an operator fails by hand (here: the environment's last attempt) is
// tried again until the ledger has booked it.
func TestSettlementIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		f.mu.Lock()
		f.outages["ledger"] = 30
		f.mu.Unlock()
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	view := f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, 2, countEvents(view, "settlement-failed"))
}

// TestMoveWaitsForItsPlan: a moved deadline counts, and its update is answered, once its reminders are planned. The
// answer has the deadline in the calendar's zone.
func TestMoveWaitsForItsPlan(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	first, to := monday.Add(50*day), monday.Add(40*day)
	var overtaken, answer *reply
	f.at(day, func() { overtaken = f.send(dispute.UpdateMoveDeadline, moveTo(first)) })
	f.at(2*day, func() { answer = f.send(dispute.UpdateMoveDeadline, moveTo(to)) })
	f.at(3*day, func() {
		require.True(t, overtaken.answered, "by the second move")
		require.False(t, answer.answered)
		require.True(t, windowEnds.Equal(*f.status().Deadline))
		require.Zero(t, f.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
		f.recorder.release()
	})
	f.at(3*day+time.Second, func() {
		require.Equal(t, "2027-01-02T10:15:00+01:00", answer.view.Deadline.Format(time.RFC3339))
		require.Equal(t, answer.view.Deadline, f.status().Deadline)
	})
	f.closes(dispute.ClosedMerchantSilent)
	require.WithinDuration(t, to, f.settles[0].At, time.Second)
	require.Equal(t, 1, f.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
	require.Equal(t, 1, f.count(dispute.OccasionReminder7, dispute.PartyMerchant))
}

// TestReceiptOfAnEarlierRun: a new run of the same dispute continues from the receipts. The window counts from the
// message on record, and a reminder that is already past is not sent.
func TestReceiptOfAnEarlierRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant}
	// 21 business days after Monday, 2 November end with Tuesday, 1 December; seven before is 20 November.
	said := dispute.Notice{Dispute: f.dispute, Facts: dispute.Facts{State: dispute.StateOpened, BusinessDays: f.dispute.Policy.ResponseBusinessDays}}
	f.receipts[key] = dispute.Receipt{Key: key, ContentHash: said.Hash(), Channel: dispute.ChannelEmail, At: monday.Add(-21 * day)}
	f.at(time.Hour, func() { require.Equal(t, "2026-12-02T00:00:00+01:00", f.status().Deadline.Format(time.RFC3339)) })
	f.closes(dispute.ClosedMerchantSilent)
	require.Zero(t, f.count(dispute.OccasionOpened, dispute.PartyMerchant))
	require.Zero(t, f.count(dispute.OccasionReminder7, dispute.PartyMerchant))
	require.Equal(t, 1, f.count(dispute.OccasionReminder2, dispute.PartyMerchant))
}

// TestMessagesDuringARetry: the dispute takes signals and updates while a step is being retried.
func TestMessagesDuringARetry(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "AskArbiter" })
	after := f.toDesk()
	f.at(after, func() { f.signal(dispute.SignalAgreement, raw(`{}`)) })
	f.at(after+time.Second, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseStalled, dispute.CauseMessageIgnored}, f.status().Attention)
		f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageIgnored))
	})
	f.at(after+time.Minute, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseStalled}, f.status().Attention)
		f.signal(dispute.SignalAgreement, customerPays)
	})
	f.closes(dispute.ClosedByAgreement)
}

// TestSentButNotRecorded: a message that was sent and has no receipt is sent again under the same key, and the period
// counts from the receipt.
func TestSentButNotRecorded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outages["save opened"] = 1 // alone, or with received
	f.at(day, func() { require.True(t, windowEnds.Equal(*f.status().Deadline)) })
	view := f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, 1, countEvents(view, "sent-opened"))
	require.Equal(t, []string{"email shop@example.de", "email shop@example.de"}, f.sentVia(dispute.OccasionOpened, dispute.PartyMerchant))
	require.Len(t, f.receipts, 6)
}
