package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestOvertaken: a message that is still under way when an event makes it untrue is never sent, and the timeline says
// so.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	respond := func(f *fixture) { f.send(dispute.UpdateRespond, responded) }
	for name, test := range map[string]struct {
		message dispute.Occasion
		to      dispute.Party
		// after is when the event happens. On the way there the deadline may be moved and other messages be sent.
		after time.Duration
		event func(*fixture)
	}{
		"reminder-7 by the reaction":     {dispute.OccasionReminder7, dispute.PartyMerchant, 20 * day, respond},
		"reminder-2 by the reaction":     {dispute.OccasionReminder2, dispute.PartyMerchant, 27 * day, respond},
		"the copy by the reaction":       {dispute.OccasionOpenedCopy, dispute.PartyMerchant, day, respond},
		"a reminder by the next one":     {dispute.OccasionReminder7, dispute.PartyMerchant, 27 * day, func(*fixture) {}},
		"a reminder by a moved deadline": {dispute.OccasionReminder7, dispute.PartyMerchant, 20 * day, func(f *fixture) { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) }},
		"received by the question for the reason": {dispute.OccasionReceived, dispute.PartyCustomer, 31 * day, func(f *fixture) {
			require.Equal(f, dispute.WaitStatement, f.status().WaitingFor)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
			f.holdMessages(test.message)
			if test.message == dispute.OccasionReceived {
				f.at(day, func() { respond(f) })
			}
			f.at(test.after, func() {
				require.NotContains(t, events(f.status()), "sent-"+string(test.message))
				test.event(f)
			})
			f.at(test.after+time.Minute, func() {
				view := f.status()
				require.Contains(t, view.Timeline[indexOf(view, "not-sent-"+string(test.message))].Detail, string(test.to)+": dropped")
				require.Empty(t, view.Attention)
				f.recorder.release()
				f.env.CancelWorkflow()
			})
			f.run()
			require.Zero(t, f.count(test.message, test.to))
		})
	}
}

// TestKlarnaStepsInOvertaken: a merchant who was asked for information is not asked to wait afterwards.
func TestKlarnaStepsInOvertaken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionKlarnaStepsIn)
	f.at(f.toEvidence()+time.Minute, func() {
		require.Equal(t, dispute.WaitEvidence, f.status().WaitingFor)
		require.Equal(t, 1, countEvents(f.status(), "not-sent-klarna-steps-in"))
		f.recorder.release()
		f.env.CancelWorkflow()
	})
	f.run()
	require.Zero(t, f.count(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant))
	require.Equal(t, 1, f.count(dispute.OccasionInformationRequested, dispute.PartyMerchant))
}

// TestCopyAfterMove: a copy of the opening that is still under way when the deadline is moved goes out with the new
// day.
func TestCopyAfterMove(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
	f.holdMessages(dispute.OccasionOpenedCopy)
	f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
	f.at(2*day, f.recorder.release)
	f.at(3*day, func() { f.env.CancelWorkflow() })
	view := f.run()
	require.Equal(t, 1, f.count(dispute.OccasionOpenedCopy, dispute.PartyMerchant))
	require.True(t, laterWindow.Equal(f.last(dispute.OccasionOpenedCopy).Deadline))
	require.Equal(t, 1, countEvents(view, "not-sent-opened-copy"))
}

// TestOvertakenAtTheEnd: a message whose last attempt takes longer than all that is left to do is in the record too.
func TestOvertakenAtTheEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.toDesk()
	f.beforeSend = func(notice dispute.Notice) {
		if notice.Key.Occasion != dispute.OccasionRulingAsked {
			return
		}
		f.refuse(string(dispute.OccasionRulingAsked))
		f.signal(dispute.SignalWithdrawal, withdrawn)
		require.Eventually(t, func() bool {
			return f.count(dispute.OccasionClosed, dispute.PartyMerchant)+f.count(dispute.OccasionClosed, dispute.PartyCustomer) == 2
		}, time.Minute, time.Millisecond)
	}
	view := f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, 1, countEvents(view, "not-sent-ruling-asked"), events(view))
}

// TestMoveOvertakenByTheAnswer: a party that has answered is not told afterwards until when it can answer.
func TestMoveOvertakenByTheAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*fixture) time.Duration
		to      dispute.Party
		update  string
		answer  any
	}{
		"statement": {(*fixture).toStatement, dispute.PartyCustomer, dispute.UpdateStateReason, stated},
		"evidence":  {(*fixture).toEvidence, dispute.PartyMerchant, dispute.UpdateSubmitEvidence, evidence},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.holdMessages(dispute.OccasionDeadlineMoved)
			after := test.prepare(f)
			f.at(after, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
			f.at(after+time.Minute, func() { f.send(test.update, test.answer) })
			f.at(after+2*time.Minute, func() {
				view := f.status()
				require.Contains(t, view.Timeline[indexOf(view, "not-sent-deadline-moved")].Detail, string(test.to)+": dropped")
				f.recorder.release()
				f.env.CancelWorkflow()
			})
			f.run()
			require.Zero(t, f.count(dispute.OccasionDeadlineMoved, test.to))
		})
	}
}

// TestQuestionToTheDeskOvertaken: a desk that has ruled is not asked for that ruling afterwards.
func TestQuestionToTheDeskOvertaken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionRulingAsked)
	after := f.toDesk()
	f.at(after, func() { f.send(dispute.UpdateRule, justified(&yes)) })
	f.at(after+time.Minute, func() {
		view := f.status()
		require.Equal(t, dispute.WaitEvidence, view.WaitingFor)
		require.Contains(t, view.Timeline[indexOf(view, "not-sent-ruling-asked")].Detail, "desk: dropped")
		f.recorder.release()
		f.env.CancelWorkflow()
	})
	f.run()
	require.Zero(t, f.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
}

// TestReplacedBeforeItIsAnnounced: a proposal that is replaced in the task that brings it is not told to the other party.
func TestReplacedBeforeItIsAnnounced(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalAgreement, refundOf(5000, "EUR", dispute.PartyCustomer))
		f.signal(dispute.SignalAgreement, refundOf(3000, "EUR", dispute.PartyCustomer))
	})
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalReplaced, dispute.ProposalExpired}, states(f.proposals()))
	require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyMerchant))
	require.EqualValues(t, 3000, f.last(dispute.OccasionProposalMade).Proposal.Refund.Amount)
}
