package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// copiedOccasions are the occasions of which a merchant of the portal gets a copy by e-mail with emailOnDeadlines.
var copiedOccasions = []dispute.Occasion{
	dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved, dispute.OccasionKlarnaStepsIn,
	dispute.OccasionInformationRequested, dispute.OccasionMessage, dispute.OccasionProposalMade, dispute.OccasionProposalDeclined,
	dispute.OccasionClosed,
}

// everyOccasion brings a dispute through every message to the merchant.
func (f *fixture) everyOccasion() {
	f.at(reminder2.Sub(monday)+2*time.Hour, func() {
		f.send(dispute.UpdateRespond, dispute.Response{Message: "Where is it?", ReportedBy: dispute.PartyCustomer})
		f.send(dispute.UpdatePropose, wants3000)
		f.send(dispute.UpdatePropose, refunds1)
		f.send(dispute.UpdateAnswerProposal, dispute.ProposalAnswer{
			Proposal: refunds1.NumberOf(2), Accept: &no, AnsweredBy: dispute.PartyCustomer,
		})
	})
	f.on(reminder2.Add(time.Hour), func() {
		f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(time.Hour)))
		f.send(dispute.UpdateRespond, responded)
	})
	f.at(30*day, func() { f.send(dispute.UpdateStateReason, stated) })
	f.at(31*day, func() { f.send(dispute.UpdateRule, justified(&yes)) })
	f.at(32*day, func() { f.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}) })
}

// TestCopies: emailOnDeadlines asks for a copy of each message about a deadline and of the result, emailOnDispute for one of
// the opening. A copy says what its original says, under its number; without the portal there is no copy.
func TestCopies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ portal, onDispute, onDeadlines bool }{
		"on dispute": {true, true, false}, "on deadlines": {true, false, true}, "on both": {true, true, true},
		"on neither": {true, false, false}, "without the portal": {false, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive, f.merchant.EmailOnDispute, f.merchant.EmailOnDeadlines = test.portal, test.onDispute, test.onDeadlines
			f.everyOccasion()
			f.closes(dispute.ClosedLossAccepted)
			require.Equal(t, test.portal && test.onDispute, f.count(dispute.OccasionOpenedCopy, dispute.PartyMerchant) == 1)
			for _, occasion := range copiedOccasions {
				require.Equal(t, 1, f.count(occasion, dispute.PartyMerchant), occasion)
				if !test.portal || !test.onDeadlines {
					require.Zero(t, f.count(occasion.Copy(), dispute.PartyMerchant), occasion)
					continue
				}
				require.Equal(t, []string{"email shop@example.de"}, f.sentVia(occasion.Copy(), dispute.PartyMerchant), occasion)
				original, byEmail := f.lastTo(dispute.PartyMerchant, occasion), f.lastTo(dispute.PartyMerchant, occasion.Copy())
				require.Equal(t, original.Key.Number, byEmail.Key.Number, occasion)
				require.True(t, original.Deadline.Equal(byEmail.Deadline), occasion)
				require.Equal(t, original.BusinessDays, byEmail.BusinessDays, occasion)
				require.Equal(t, original.Decision, byEmail.Decision, occasion)
			}
			f.requireOnceEach()
		})
	}
}

// TestCopyOfARefusedMessage: a message that went out by e-mail, because the portal refused it, needs no copy.
func TestCopyOfARefusedMessage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute, f.merchant.EmailOnDeadlines = true, true, true
	f.refused["portal"] = true
	f.everyOccasion()
	f.closes(dispute.ClosedLossAccepted)
	for _, sent := range f.sent {
		require.False(t, sent.Key.Occasion.IsCopy(), "%s", sent.Key)
	}
}

// TestCopyOvertakenWithItsOriginal: what drops a message under way drops its copy too.
func TestCopyOvertakenWithItsOriginal(t *testing.T) {
	t.Parallel()
	respond := func(f *fixture) { f.send(dispute.UpdateRespond, responded) }
	later := func(f *fixture) { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) }
	for name, test := range map[string]struct {
		original dispute.Occasion
		at       time.Duration
		event    func(*fixture)
	}{
		"reminder-7 by the reaction":        {dispute.OccasionReminder7, 20 * day, respond},
		"reminder-2 by the reaction":        {dispute.OccasionReminder2, 26 * day, respond},
		"reminder-7 by the next one":        {dispute.OccasionReminder7, 26 * day, func(*fixture) {}},
		"reminder-7 by the move":            {dispute.OccasionReminder7, 20 * day, later},
		"reminder-2 by the decision":        {dispute.OccasionReminder2, 26 * day, func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) }},
		"a moved deadline by the next move": {dispute.OccasionDeadlineMoved, 3 * day, later},
		"a moved deadline by its shortening": {dispute.OccasionDeadlineMoved, 3 * day, func(f *fixture) {
			f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-day)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
			f.holdMessages(test.original.Copy())
			if test.original == dispute.OccasionDeadlineMoved {
				f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(day))) })
			}
			f.at(test.at-time.Second, func() {
				require.Equal(t, 1, f.count(test.original, dispute.PartyMerchant))
				test.event(f)
			})
			f.at(test.at, func() {
				view := f.status()
				entry := view.Timeline[indexOf(view, "not-sent-"+string(test.original.Copy()))]
				require.Contains(t, entry.Detail, "merchant: dropped")
				f.recorder.release()
				f.env.CancelWorkflow()
			})
			view := f.run()
			require.Empty(t, view.Attention)
			for _, sent := range f.sent {
				if sent.Key.Occasion == test.original.Copy() {
					require.NotEqual(t, monday.Add(test.at), sent.at)
					require.NotEqual(t, windowEnds.Add(day), sent.Deadline.UTC(), "what the original said")
				}
			}
		})
	}
}

// TestCopyOfStepsInOvertaken: the request for information drops the copy of the message that asked to wait.
func TestCopyOfStepsInOvertaken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
	f.holdMessages(dispute.OccasionKlarnaStepsIn.Copy())
	f.at(f.toEvidence(), func() {
		f.recorder.release()
		f.env.CancelWorkflow()
	})
	f.run()
	require.Zero(t, f.count(dispute.OccasionKlarnaStepsIn.Copy(), dispute.PartyMerchant))
	require.Equal(t, 1, f.count(dispute.OccasionInformationRequested.Copy(), dispute.PartyMerchant))
}

// TestCopyOfALateMessage: a copy has the number of its original, however far the dispute has come meanwhile.
func TestCopyOfALateMessage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
	f.holdMessages(dispute.OccasionKlarnaStepsIn)
	after := f.toDesk()
	f.at(after, func() {
		require.Equal(t, 3, f.last(dispute.OccasionRulingAsked).Key.Number)
		f.recorder.release()
	})
	f.at(after+time.Second, f.env.CancelWorkflow)
	f.run()
	require.Equal(t, 2, f.last(dispute.OccasionKlarnaStepsIn).Key.Number)
	require.Equal(t, 2, f.last(dispute.OccasionKlarnaStepsIn.Copy()).Key.Number)
}

// TestCopyOfTheRequestAfterMove: a copy of the request for information that is under way when the deadline is moved goes
// out with the new day.
func TestCopyOfTheRequestAfterMove(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
	f.holdMessages(dispute.OccasionInformationRequested.Copy())
	after := f.toEvidence()
	f.at(after, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
	f.at(after+day, f.recorder.release)
	f.at(after+day+time.Second, f.env.CancelWorkflow)
	f.run()
	require.True(t, laterWindow.Equal(f.last(dispute.OccasionInformationRequested.Copy()).Deadline))
	require.Equal(t, 1, f.count(dispute.OccasionInformationRequested.Copy(), dispute.PartyMerchant))
}

// TestClosedCopyBeforeTheRunEnds: the run ends when the copy of the result is taken, or refused for good.
func TestClosedCopyBeforeTheRunEnds(t *testing.T) {
	t.Parallel()
	for name, refuses := range map[string]bool{"taken": false, "refused": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive, f.merchant.EmailOnDeadlines = true, true
			f.refused[string(dispute.OccasionClosed.Copy())] = refuses
			f.holdMessages(dispute.OccasionClosed.Copy())
			f.at(day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
			f.at(2*day, func() {
				require.Equal(t, dispute.WaitClosingMessages, f.status().WaitingFor)
				f.recorder.release()
			})
			view := f.closes(dispute.ClosedByWithdrawal)
			require.WithinDuration(t, monday.Add(2*day), f.env.Now(), time.Second, "a refused copy keeps nothing open")
			require.Equal(t, refuses, len(view.Attention) == 1)
			require.Equal(t, !refuses, f.count(dispute.OccasionClosed.Copy(), dispute.PartyMerchant) == 1)
		})
	}
}
