package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestPartiesEndTheDispute: an agreement and a withdrawal count in every wait before the decision, as
// TestLossAccepted and TestCancellation show for the others that end a dispute.
func TestPartiesEndTheDispute(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		signal  string
		message any
		reason  dispute.ClosingReason
	}{
		{dispute.SignalAgreement, refundOf(3000, "EUR", dispute.PartyCustomer), dispute.ClosedByAgreement},
		{dispute.SignalWithdrawal, withdrawn, dispute.ClosedByWithdrawal},
	} {
		for wait, prepare := range waits {
			t.Run(test.signal+" in "+string(wait), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				after := prepare(w)
				w.at(after, func() {
					require.Equal(t, wait, w.status().WaitingFor)
					w.signal(test.signal, test.message)
				})
				w.at(after+time.Minute, w.heal)
				view := w.closes(test.reason)
				require.Empty(t, view.Attention)
				if view.Timeline[0].Event == "invoice-paused" && (wait == dispute.WaitPause || wait == dispute.WaitNotification) {
					require.Zero(t, w.count(dispute.OccasionOpened, dispute.PartyMerchant), "the opening notice is skipped")
				}
			})
		}
	}
}

// TestEndedBeforeThePause: what was said before the pause is booked counts with it, and nothing but the
// result is told.
func TestEndedBeforeThePause(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world){
		"agreement":     func(w *world) { w.signal(dispute.SignalAgreement, customerPays) },
		"withdrawal":    func(w *world) { w.signal(dispute.SignalWithdrawal, withdrawn) },
		"accepted loss": func(w *world) { w.send(dispute.UpdateAcceptLoss, messages()[dispute.UpdateAcceptLoss]) },
		"cancellation":  func(w *world) { w.env.CancelWorkflow() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			after := waits[dispute.WaitPause](w)
			w.at(after, func() { end(w) })
			w.at(after+time.Second, func() {
				view := w.status()
				require.Equal(t, dispute.WaitPause, view.WaitingFor)
				require.Empty(t, view.Outcome, "nothing is decided before the pause is booked")
				w.heal()
			})
			view := w.run()
			w.ended(view, view.ClosingReason)
			require.Len(t, w.sent, 2)
			require.Zero(t, countEvents(view, "sent-received")+countEvents(view, "sent-opened"), "nothing else was begun")
		})
	}
}

// TestEndedWhileAsking: what ends the dispute while a question cannot be delivered, or is refused, ends the
// asking too.
func TestEndedWhileAsking(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		occasion dispute.Occasion
		party    dispute.Party
		prepare  func(*world) time.Duration
		state    dispute.State
	}{
		{dispute.OccasionReasonAsked, dispute.PartyCustomer, (*world).toStatement, dispute.StateArbitrationPending},
		{dispute.OccasionInformationRequested, dispute.PartyMerchant, (*world).toEvidence, dispute.StateEvidencePending},
	} {
		for wait, hinder := range map[dispute.Wait]func(*world){
			dispute.WaitNotification:      func(w *world) { w.holdMessages(test.occasion) },
			dispute.WaitRetryNotification: func(w *world) { w.refuse(string(test.occasion)) },
		} {
			t.Run(string(test.occasion)+" in "+string(wait), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				hinder(w)
				after := test.prepare(w)
				w.at(after, func() {
					require.Equal(t, wait, w.status().WaitingFor)
					require.Equal(t, test.state, w.status().State)
					w.breakDown("ledger")
					w.signal(dispute.SignalAgreement, customerPays)
				})
				w.at(after+time.Second, w.probe.release)
				w.at(after+time.Minute, w.heal)
				view := w.closes(dispute.ClosedByAgreement)
				require.Zero(t, w.count(test.occasion, test.party))
				require.Empty(t, view.Attention)
			})
		}
	}
}

// TestArbiterOvertaken: what ends the dispute while the arbiter works makes its answer void.
func TestArbiterOvertaken(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ruling  dispute.Ruling
		prepare func(*world) time.Duration
		// ruled and referred are what happened before this stage.
		ruled, referred int
	}{
		{justified(&no), (*world).toDesk, 0, 0},
		{inFavourOf(dispute.PartyCustomer), (*world).toDecision, 1, 1},
	} {
		t.Run(string(test.ruling.Stage), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.rulings[test.ruling.Stage] = &test.ruling
			w.probe.hold(func(_ string, input any) bool {
				in, ok := input.(activities.Case)
				return ok && in.Stage == test.ruling.Stage
			})
			after := test.prepare(w)
			w.at(after, func() { w.signal(dispute.SignalWithdrawal, withdrawn) })
			w.at(after+time.Second, w.probe.release)
			view := w.closes(dispute.ClosedByWithdrawal)
			require.Equal(t, test.ruled, countEvents(view, dispute.UpdateRule))
			require.Equal(t, test.referred, countEvents(view, "referred-to-desk"))
		})
	}
}

// TestArbiterRules: what the arbiter rules itself is not referred to the desk, and the desk's ruling is
// not accepted.
func TestArbiterRules(t *testing.T) {
	t.Parallel()
	for reason, rulings := range map[dispute.ClosingReason][]dispute.Ruling{
		dispute.ClosedNotJustified: {justified(&no)},
		dispute.ClosedForMerchant:  {justified(&yes), inFavourOf(dispute.PartyMerchant)},
		dispute.ClosedForCustomer:  {justified(&yes), inFavourOf(dispute.PartyCustomer)},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, ruling := range rulings {
				w.rulings[ruling.Stage] = &ruling
			}
			after := w.toDesk()
			w.at(after, func() { w.send(dispute.UpdateSubmitEvidence, evidence) })
			view := w.closes(reason)
			require.Zero(t, w.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
			require.Equal(t, len(rulings), countEvents(view, dispute.UpdateRule))
		})
	}
}

// TestRuleBeforeTheDeskIsAsked: the desk rules only on what it was asked, and not twice.
func TestRuleBeforeTheDeskIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.probe.hold(func(name string, _ any) bool { return name == "AskArbiter" })
	after := w.toDesk()
	var early, wrong *reply
	w.at(after, func() { early = w.send(dispute.UpdateRule, justified(&yes)) })
	w.at(after+time.Minute, w.probe.release)
	w.at(after+time.Hour, func() { wrong = w.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	w.at(after+day, func() { w.send(dispute.UpdateRule, justified(&no)) })
	w.closes(dispute.ClosedNotJustified)
	require.Equal(t, string(dispute.CodeNotAccepted), early.refusal(t).Type())
	require.Contains(t, early.refusal(t).Message(), "asked")
	require.Equal(t, string(dispute.CodeNotAccepted), wrong.refusal(t).Type())
	require.Contains(t, wrong.refusal(t).Message(), "justification")
}

// TestCancellationAfterTheDecision is noted, and the settlement completes.
func TestCancellationAfterTheDecision(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"ledger", "email"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			after := w.agreeWithout(system)
			w.at(after, w.env.CancelWorkflow)
			w.at(after+time.Minute, w.heal)
			view := w.closes(dispute.ClosedByAgreement)
			require.Contains(t, events(view), "cancellation-ignored")
			require.Empty(t, view.Attention)
		})
	}
}

// TestDecisionIsFixedBeforeTheMoneyMoves: the outcome is fixed at the decision, while the money still waits for the ledger.
func TestDecisionIsFixedBeforeTheMoneyMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.agreeWithout("ledger")
	w.at(after, func() {
		view := w.status()
		require.Equal(t, dispute.StatePreArbitration, view.State)
		require.Equal(t, dispute.WaitSettlement, view.WaitingFor)
		require.Equal(t, dispute.OutcomeSettled, view.Outcome)
		require.Equal(t, dispute.ClosedByAgreement, view.ClosingReason)
		require.Nil(t, view.Deadline)
		require.Empty(t, w.settles)
		w.heal()
	})
	w.closes(dispute.ClosedByAgreement)
}

func countEvents(view dispute.View, event string) int {
	n := 0
	for _, entry := range view.Timeline {
		if entry.Event == event {
			n++
		}
	}
	return n
}
