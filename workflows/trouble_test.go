package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestSystemAway: whatever is away for a while at whatever step, nothing is decided on it, and the dispute
// ends as it should, with each step taken once.
func TestSystemAway(t *testing.T) {
	t.Parallel()
	steps := map[string]func(*world) time.Duration{
		"opening":     func(*world) time.Duration { return time.Millisecond },
		"reminder":    func(*world) time.Duration { return reminder7.Sub(monday) - time.Minute },
		"stepping in": func(w *world) time.Duration { w.toStatement(); return windowEnds.Sub(monday) - time.Minute },
		"judging":     func(w *world) time.Duration { return w.toDesk() - day },
		"asking":      func(w *world) time.Duration { return w.toEvidence() - day },
		"deciding":    func(w *world) time.Duration { return w.toDecision() - day },
	}
	for step, prepare := range steps {
		for _, system := range []string{"ledger", "outbox", "portal", "email", "arbiter"} {
			t.Run(system+" "+step, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.merchant.PortalActive, w.merchant.EmailOnDispute = true, true
				if step == "opening" {
					w.trouble[system] = 7
				}
				after := prepare(w)
				w.at(after-time.Second, func() { w.away7(system) })
				w.at(after+time.Hour, func() { require.Empty(t, w.status().Outcome) })
				w.at(after+2*day, func() {
					w.heal()
					w.signal(dispute.SignalWithdrawal, withdrawn)
				})
				view := w.closes(dispute.ClosedByWithdrawal)
				require.Empty(t, view.Attention)
				w.requireOnceEach()
			})
		}
	}
}

// away7 takes a system away for some minutes: the environment gives up a regular activity at its tenth try.
func (w *world) away7(system string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble[system] = 7
}

// TestAwayAtTheEnd: the settlement and the closing messages wait for what is away.
func TestAwayAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"ledger", "outbox", "portal", "email"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.merchant.PortalActive = true
			w.at(day, func() {
				w.away7(system)
				w.signal(dispute.SignalAgreement, customerPays)
			})
			view := w.closes(dispute.ClosedByAgreement)
			require.Empty(t, view.Attention)
			require.Equal(t, []string{"portal shop@example.de"}, w.sentVia(dispute.OccasionClosed, dispute.PartyMerchant)[:1])
		})
	}
}

// TestAskedAgainWhenTheOtherSideWantsIt: after the first attempt too, and the window begins then. Meanwhile
// the dispute listens.
func TestAskedAgainWhenTheOtherSideWantsIt(t *testing.T) {
	t.Parallel()
	for attempts := 1; attempts < 4; attempts++ {
		w := newWorld(t)
		w.merchant.PortalActive, w.busy, w.trouble["portal"] = true, time.Hour, attempts
		taken := monday.Add(time.Duration(attempts) * time.Hour)
		w.on(taken.Add(-time.Second), func() { require.Equal(t, dispute.WaitNotification, w.status().WaitingFor) })
		w.on(taken.Add(time.Second), func() {
			require.Equal(t, dispute.WaitAgreement, w.status().WaitingFor)
			w.signal(dispute.SignalWithdrawal, withdrawn)
		})
		w.closes(dispute.ClosedByWithdrawal)
		require.Equal(t, taken, w.sent[slices.IndexFunc(w.sent, func(s sending) bool { return s.via == "portal" })].at.UTC())
		w.requireOnceEach()
	}
	w := newWorld(t)
	w.merchant.PortalActive, w.busy, w.trouble["portal"] = true, time.Hour, 1
	w.at(time.Minute, func() { w.signal(dispute.SignalWithdrawal, withdrawn) })
	w.closes(dispute.ClosedByWithdrawal)
	require.Zero(t, w.count(dispute.OccasionOpened, dispute.PartyMerchant))
}

// TestTroubleOvertaken: a message in trouble that is dropped because the dispute is decided was not refused, and calls for
// nobody, also when the news of both comes in one task.
func TestTroubleOvertaken(t *testing.T) {
	t.Parallel()
	for _, occasion := range []dispute.Occasion{dispute.OccasionDeadlineMoved, dispute.OccasionReceived} {
		t.Run(string(occasion), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.holdMessages(occasion)
			w.at(time.Hour, func() { w.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-time.Hour))) })
			w.at(day, func() {
				w.mu.Lock()
				w.trouble["email"] = 10 // as often as the probe tries what it lets go on
				w.mu.Unlock()
				w.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn)
				w.probe.release()
			})
			view := w.closes(dispute.ClosedByWithdrawal)
			require.Empty(t, view.Attention)
			i := slices.IndexFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == "not-sent-"+string(occasion) })
			require.Contains(t, view.Timeline[i].Detail, ": dropped, an event has overtaken it")
		})
	}
}

// TestSettlementIsNeverGivenUp: failed by an operator's hand, which here the environment's last try stands
// for, it is tried again until the ledger has booked it.
func TestSettlementIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(day, func() {
		w.mu.Lock()
		w.trouble["ledger"] = 30
		w.mu.Unlock()
		w.signal(dispute.SignalWithdrawal, withdrawn)
	})
	view := w.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, 2, countEvents(view, "settlement-failed"))
}

// TestPlanningAway: a moved deadline holds while its reminders cannot be planned, and is told when they are.
func TestPlanningAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.probe.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	first, to := monday.Add(40*day), monday.Add(20*day)
	w.at(day, func() { w.send(dispute.UpdateMoveDeadline, moveTo(first)) })
	w.at(2*day, func() { w.send(dispute.UpdateMoveDeadline, moveTo(to)) })
	w.at(3*day, func() {
		require.True(t, to.Equal(*w.status().Deadline))
		require.Equal(t, to.Format(time.RFC3339), w.upserts()[2]["DisputeDeadline"])
		require.Zero(t, w.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
		w.probe.release()
	})
	w.closes(dispute.ClosedMerchantSilent)
	require.WithinDuration(t, to, w.settles[0].At, time.Second)
	require.Equal(t, 1, w.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
	require.Equal(t, 1, w.count(dispute.OccasionReminder7, dispute.PartyMerchant))
}

// TestTakenOver: a new run of the same dispute goes on with what the record says was sent: the window began
// with that, and a reminder that is past when the deadline is set is not sent.
func TestTakenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant}
	// 21 business days after Monday, 2 November end with Tuesday, 1 December; seven before is 20 November.
	said := dispute.Notice{Dispute: w.dispute, Facts: dispute.Facts{State: dispute.StateOpened, BusinessDays: w.dispute.Policy.ResponseBusinessDays}}
	w.receipts[key] = dispute.Receipt{Key: key, ContentHash: said.Hash(), Channel: dispute.ChannelEmail, At: monday.Add(-21 * day)}
	w.at(time.Hour, func() { require.Equal(t, "2026-12-02T00:00:00+01:00", w.status().Deadline.Format(time.RFC3339)) })
	w.closes(dispute.ClosedMerchantSilent)
	require.Zero(t, w.count(dispute.OccasionOpened, dispute.PartyMerchant))
	require.Zero(t, w.count(dispute.OccasionReminder7, dispute.PartyMerchant))
	require.Equal(t, 1, w.count(dispute.OccasionReminder2, dispute.PartyMerchant))
}

// TestMessagesWhileAway: the parties are heard while a step is tried again and again.
func TestMessagesWhileAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.probe.hold(func(name string, _ any) bool { return name == "AskArbiter" })
	after := w.toDesk()
	w.at(after, func() { w.signal(dispute.SignalAgreement, raw(`{}`)) })
	w.at(after+time.Second, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, w.status().Attention)
		w.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageIgnored))
	})
	w.at(after+time.Minute, func() {
		require.Empty(t, w.status().Attention)
		w.signal(dispute.SignalAgreement, customerPays)
	})
	w.closes(dispute.ClosedByAgreement)
}

// TestSentButNotRecorded: in the one gap that stays, the same message goes out again under the same key,
// and the period runs from the one on record.
func TestSentButNotRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.trouble["record opened"] = 1 // alone, or with received
	w.at(day, func() { require.True(t, windowEnds.Equal(*w.status().Deadline)) })
	view := w.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, 1, countEvents(view, "sent-opened"))
	require.Equal(t, []string{"email shop@example.de", "email shop@example.de"}, w.sentVia(dispute.OccasionOpened, dispute.PartyMerchant))
	require.Len(t, w.receipts, 6)
}
