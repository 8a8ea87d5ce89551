package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestPartiesEndTheDispute: an agreement and a withdrawal end the dispute in every wait before the decision.
// TestLossAccepted and TestCancellation show the same for the update and the cancellation.
func TestPartiesEndTheDispute(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		signal  string
		message any
		reason  dispute.ClosingReason
	}{
		{dispute.SignalAgreement, refundOf(3000, "EUR", dispute.PartyOperator), dispute.ClosedByAgreement},
		{dispute.SignalWithdrawal, withdrawn, dispute.ClosedByWithdrawal},
	} {
		for wait, prepare := range waits {
			t.Run(test.signal+" in "+string(wait), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				after := prepare(f)
				f.at(after, func() {
					require.Equal(t, wait, f.status().WaitingFor)
					f.signal(test.signal, test.message)
				})
				f.at(after+time.Minute, f.restore)
				view := f.closes(test.reason)
				require.Empty(t, view.Attention)
				if view.Timeline[0].Event == "invoice-paused" && (wait == dispute.WaitPause || wait == dispute.WaitNotification) {
					require.Zero(t, f.count(dispute.OccasionOpened, dispute.PartyMerchant), "the opening notice is skipped")
				}
			})
		}
	}
}

// TestEndedBeforeThePause: a message that decides the dispute before the pause is booked takes effect once it is, and
// the closing message is the only one that goes out.
func TestEndedBeforeThePause(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*fixture){
		"agreement":     func(f *fixture) { f.signal(dispute.SignalAgreement, customerPays) },
		"withdrawal":    func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) },
		"accepted loss": func(f *fixture) { f.send(dispute.UpdateAcceptLoss, messages()[dispute.UpdateAcceptLoss]) },
		"cancellation":  func(f *fixture) { f.env.CancelWorkflow() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := waits[dispute.WaitPause](f)
			f.at(after, func() { end(f) })
			f.at(after+time.Second, func() {
				view := f.status()
				require.Equal(t, dispute.WaitPause, view.WaitingFor)
				require.Empty(t, view.Outcome, "nothing is decided before the pause is booked")
				f.restore()
			})
			view := f.run()
			f.ended(view, view.ClosingReason)
			require.Len(t, f.sent, 2)
			require.Zero(t, countEvents(view, "sent-received")+countEvents(view, "sent-opened"), "nothing else was begun")
		})
	}
}

// TestEndedWhileAsking: what ends the dispute while a question is undelivered or refused ends the question too.
func TestEndedWhileAsking(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		occasion dispute.Occasion
		party    dispute.Party
		prepare  func(*fixture) time.Duration
		state    dispute.State
	}{
		{dispute.OccasionReasonAsked, dispute.PartyCustomer, (*fixture).toStatement, dispute.StateArbitrationPending},
		{dispute.OccasionInformationRequested, dispute.PartyMerchant, (*fixture).toEvidence, dispute.StateEvidencePending},
	} {
		for wait, hinder := range map[dispute.Wait]func(*fixture){
			dispute.WaitNotification:      func(f *fixture) { f.holdMessages(test.occasion) },
			dispute.WaitRetryNotification: func(f *fixture) { f.refuse(string(test.occasion)) },
		} {
			t.Run(string(test.occasion)+" in "+string(wait), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				hinder(f)
				after := test.prepare(f)
				f.at(after, func() {
					require.Equal(t, wait, f.status().WaitingFor)
					require.Equal(t, test.state, f.status().State)
					f.takeDown("ledger")
					f.signal(dispute.SignalAgreement, customerPays)
				})
				f.at(after+time.Second, f.recorder.release)
				f.at(after+time.Minute, f.restore)
				view := f.closes(dispute.ClosedByAgreement)
				require.Zero(t, f.count(test.occasion, test.party))
				require.Empty(t, view.Attention)
			})
		}
	}
}

// TestArbiterOvertaken: the arbiter's answer is void when the dispute was decided meanwhile.
func TestArbiterOvertaken(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ruling  dispute.Ruling
		prepare func(*fixture) time.Duration
		// ruled and referred count the rulings and referrals before this stage.
		ruled, referred int
	}{
		{justified(&no), (*fixture).toDesk, 0, 0},
		{inFavourOf(dispute.PartyCustomer), (*fixture).toDecision, 1, 1},
	} {
		t.Run(string(test.ruling.Stage), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.rulings[test.ruling.Stage] = &test.ruling
			f.recorder.hold(func(_ string, input any) bool {
				in, ok := input.(activities.Case)
				return ok && in.Stage == test.ruling.Stage
			})
			after := test.prepare(f)
			f.at(after, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
			f.at(after+time.Second, f.recorder.release)
			view := f.closes(dispute.ClosedByWithdrawal)
			require.Equal(t, test.ruled, countEvents(view, dispute.UpdateRule))
			require.Equal(t, test.referred, countEvents(view, "referred-to-desk"))
		})
	}
}

// TestArbiterRules: a case that the arbiter rules on itself is not referred to the desk.
func TestArbiterRules(t *testing.T) {
	t.Parallel()
	for reason, rulings := range map[dispute.ClosingReason][]dispute.Ruling{
		dispute.ClosedNotJustified: {justified(&no)},
		dispute.ClosedForMerchant:  {justified(&yes), inFavourOf(dispute.PartyMerchant)},
		dispute.ClosedForCustomer:  {justified(&yes), inFavourOf(dispute.PartyCustomer)},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			for _, ruling := range rulings {
				f.rulings[ruling.Stage] = &ruling
			}
			after := f.toDesk()
			f.at(after, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
			view := f.closes(reason)
			require.Zero(t, f.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
			require.Equal(t, len(rulings), countEvents(view, dispute.UpdateRule))
		})
	}
}

// TestRuleBeforeTheDeskIsAsked: the desk rules only when it was asked, and only on the stage that it was asked for.
func TestRuleBeforeTheDeskIsAsked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "AskArbiter" })
	after := f.toDesk()
	var early, wrong *reply
	f.at(after, func() { early = f.send(dispute.UpdateRule, justified(&yes)) })
	f.at(after+time.Minute, f.recorder.release)
	f.at(after+time.Hour, func() { wrong = f.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	f.at(after+day, func() { f.send(dispute.UpdateRule, justified(&no)) })
	f.closes(dispute.ClosedNotJustified)
	require.Equal(t, string(dispute.CodeNotAccepted), early.refusal(t).Type())
	require.Contains(t, early.refusal(t).Message(), "asked")
	require.Equal(t, string(dispute.CodeNotAccepted), wrong.refusal(t).Type())
	require.Contains(t, wrong.refusal(t).Message(), "justification")
}

// TestCancellationAfterTheDecision: a cancellation after the decision is noted, and the settlement completes.
func TestCancellationAfterTheDecision(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"ledger", "email"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := f.agreeWithout(system)
			f.at(after, f.env.CancelWorkflow)
			f.at(after+time.Minute, f.restore)
			view := f.closes(dispute.ClosedByAgreement)
			require.Contains(t, events(view), "cancellation-ignored")
			require.Empty(t, view.Attention)
		})
	}
}

// TestDecisionIsFixedBeforeTheMoneyMoves: the outcome is fixed at the decision, while the settlement still waits for
// the ledger.
func TestDecisionIsFixedBeforeTheMoneyMoves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.agreeWithout("ledger")
	f.at(after, func() {
		view := f.status()
		require.Equal(t, dispute.StatePreArbitration, view.State)
		require.Equal(t, dispute.WaitSettlement, view.WaitingFor)
		require.Equal(t, dispute.OutcomeSettled, view.Outcome)
		require.Equal(t, dispute.ClosedByAgreement, view.ClosingReason)
		require.Nil(t, view.Deadline)
		require.Empty(t, f.settles)
		f.restore()
	})
	f.closes(dispute.ClosedByAgreement)
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

// TestDecisionEmptiesTheQueue: a message that waits to be sent when the dispute is decided is not even begun.
func TestDecisionEmptiesTheQueue(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() { f.send(dispute.UpdatePropose, refunds1) })
	var declined *reply
	f.at(2*day, func() {
		f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn)
		declined = f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, refunds1.NumberOf(1), false))
	})
	view := f.closes(dispute.ClosedByWithdrawal)
	require.NoError(t, declined.err)
	require.Equal(t, 1, countEvents(view, dispute.UpdateAnswerProposal))
	require.Zero(t, f.count(dispute.OccasionProposalDeclined, dispute.PartyMerchant))
	require.NotContains(t, events(view), "not-sent-proposal-declined")
}
