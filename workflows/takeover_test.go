package workflows_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// stopped is a run that was stopped: its answer to the query takeover, and the receipts until then.
type stopped struct {
	stopped  bool
	takeover activities.Takeover
	receipts map[dispute.NoticeKey]dispute.Receipt
	settles  []activities.Settle
}

// stop runs a dispute and stops it after a time.
func stop(t *testing.T, after time.Duration, drive func(*fixture)) (s stopped) {
	t.Helper()
	f := newFixture(t)
	drive(f)
	f.at(after, func() {
		value, err := f.env.QueryWorkflow(workflows.QueryTakeover)
		require.NoError(t, err)
		require.NoError(t, value.Get(&s.takeover))
		s.stopped, s.receipts, s.settles = true, maps.Clone(f.receipts), f.settles
		f.restore() // the test environment does not terminate: what follows is dropped
		f.env.CancelWorkflow()
	})
	f.run()
	require.True(t, s.stopped)
	return s
}

// takenOver returns the run that takes over from a stopped one.
func (s stopped) takenOver(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.takeover, f.receipts = &s.takeover, maps.Clone(s.receipts)
	f.pausedBefore = &activities.Paused{At: monday.Add(-month), InvoiceID: f.dispute.InvoiceID, Outstanding: 12990, Run: 2}
	return f
}

// TestTakeoverKeepsReaction: a merchant who has answered the stopped run does not lose for silence in the next one.
func TestTakeoverKeepsReaction(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
		f.at(day, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	}).takenOver(t)
	f.at(day, func() {
		view := f.status()
		require.Contains(t, events(view), dispute.UpdateRespond, "what was said stays in the timeline")
		require.Contains(t, events(view), "taken-over")
		require.Contains(t, f.metadata().CurrentDetails, "operator · taken-over: from a run that was stopped; what the parties had said")
		require.Contains(t, view.AtDeadline, "Klarna steps in")
		require.Equal(t, "2026-12-23T00:00:00+01:00", view.Deadline.Format(time.RFC3339), "the full time again")
	})
	f.at(30*day, func() { f.send(dispute.UpdateStateReason, stated) })
	f.at(31*day, func() { f.send(dispute.UpdateRule, justified(&no)) })
	f.closes(dispute.ClosedNotJustified)
	require.Len(t, f.last(dispute.OccasionRulingAsked).Evidence, 1)
}

// TestTakeoverGoesOn: arbitration goes on with the question that the stopped run had not finished, and asks nobody again who
// has answered.
func TestTakeoverGoesOn(t *testing.T) {
	t.Parallel()
	for wait, drive := range map[dispute.Wait]func(*fixture) time.Duration{
		dispute.WaitStatement:     (*fixture).toStatement,
		dispute.WaitJustification: (*fixture).toDesk,
		dispute.WaitEvidence:      (*fixture).toEvidence,
		dispute.WaitDecision:      (*fixture).toDecision,
	} {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := stop(t, 35*day, func(f *fixture) {
				drive(f)
			}).takenOver(t)
			f.at(day, func() {
				view := f.status()
				require.Equal(t, wait, view.WaitingFor)
				require.Empty(t, view.Attention)
				require.Zero(t, f.count(dispute.OccasionOpened, dispute.PartyMerchant))
				require.Equal(t, wait == dispute.WaitStatement, f.count(dispute.OccasionReasonAsked, dispute.PartyCustomer) == 1)
				require.Equal(t, wait == dispute.WaitEvidence, f.count(dispute.OccasionInformationRequested, dispute.PartyMerchant) == 1)
				f.signal(dispute.SignalWithdrawal, withdrawn)
			})
			f.closes(dispute.ClosedByWithdrawal)
		})
	}
}

// TestTakeoverSettlesAsDecided: what the stopped run had decided is settled by the next one, and both parties are told.
func TestTakeoverSettlesAsDecided(t *testing.T) {
	t.Parallel()
	s := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() {
			f.outages["ledger"] = forever
			f.signal(dispute.SignalAgreement, customerPays)
		})
	})
	require.Empty(t, s.settles)
	f := s.takenOver(t)
	f.at(day, func() { f.signal(dispute.SignalAgreement, customerPays) })
	view := f.closes(dispute.ClosedByAgreement)
	require.Equal(t, 0, f.count(dispute.OccasionOpened, dispute.PartyMerchant), "nothing is opened anew")
	require.Empty(t, view.Attention)
}

// TestTakeoverSettlesAsDecidedWhateverComes: what comes while the new run still pauses the invoice comes after the decision
// of the stopped one. It is refused, or ignored and noted.
func TestTakeoverSettlesAsDecidedWhateverComes(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() {
			f.outages["ledger"] = forever
			f.signal(dispute.SignalAgreement, customerPays)
		})
	}).takenOver(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "PauseInvoice" })
	var loss *reply
	f.at(time.Hour, func() {
		f.signal(dispute.SignalAgreement, customerPays)
		f.signal(dispute.SignalWithdrawal, withdrawn)
		loss = f.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
	})
	f.at(2*time.Hour, f.recorder.release)
	view := f.closes(dispute.ClosedByAgreement)
	require.ErrorContains(t, loss.err, "it came after the decision: merchant_solved_the_dispute_with_the_customer")
	require.Equal(t, 1, countEvents(view, "withdrawal-ignored"))
	require.Zero(t, countEvents(view, "agreement-ignored"), "a repeat changes nothing at all")
	require.Zero(t, countEvents(view, string(dispute.ClosedLossAccepted)))
}

// TestTakeoverTellsUnderTheSameKey: a worker that stopped in the middle of a task had told a party under a number that the
// stopped run does not remember.
func TestTakeoverTellsUnderTheSameKey(t *testing.T) {
	t.Parallel()
	s := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() {
			f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow))
			f.signal(dispute.SignalWithdrawal, withdrawn)
			f.refused["jonas@example.de"] = true
		})
	})
	decision := *s.takeover.Decision
	before := stop(t, day/2, func(*fixture) {}) // the same run at an earlier point of its history
	before.takeover.Decision, before.takeover.Closed, before.receipts = &decision, true, s.receipts
	f := before.takenOver(t)
	f.refusal = dispute.Refuse(dispute.CodeDisputeClosed, "dispute d-1 was closed")
	f.run()
	require.Equal(t, 0, f.count(dispute.OccasionClosed, dispute.PartyMerchant), "has it already")
	require.Equal(t, 1, f.count(dispute.OccasionClosed, dispute.PartyCustomer))
}

// TestTakeoverTells: a dispute that was settled and not told is told by the next run. Who has the message gets no second
// one.
func TestTakeoverTells(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string][]string{
		"nobody was told":           {"shop@example.de", "jonas@example.de"},
		"the customer was not told": {"jonas@example.de"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stop(t, 2*day, func(f *fixture) {
				f.at(day, func() {
					for _, address := range refused {
						f.refused[address] = true
					}
					f.signal(dispute.SignalWithdrawal, withdrawn)
				})
			})
			require.Len(t, s.settles, 1)
			s.takeover.Closed = true
			f := s.takenOver(t)
			f.refusal = dispute.Refuse(dispute.CodeDisputeClosed, "dispute d-1 was closed")
			answer := f.sendWithStart(dispute.UpdateOpen, f.dispute)
			view := f.run()
			require.NoError(t, f.env.GetWorkflowError())
			require.NoError(t, (*answer).err)
			require.Equal(t, dispute.ClosedByWithdrawal, view.ClosingReason)
			require.Equal(t, dispute.StateClosed, view.State)
			require.Empty(t, view.WaitingFor)
			require.Len(t, f.sent, len(refused))
			require.Equal(t, 1, f.count(dispute.OccasionClosed, dispute.PartyCustomer))
		})
	}
}

// TestTakeoverOfClosedIsRefused: the parties are informed only of what the ledger has settled; where that is unknown, a
// closed dispute is refused.
func TestTakeoverOfClosedIsRefused(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
		f.at(day, func() { f.refused["email"] = true })
	}).takenOver(t)
	f.refusal = dispute.Refuse(dispute.CodeDisputeClosed, "dispute d-1 was closed")
	f.run()
	require.Equal(t, string(dispute.CodeDisputeClosed), f.failure().Type())
	require.Empty(t, f.sent)
}

// TestTakeoverKeepsLaterDeadline: a party that relies on a later deadline of the stopped run still has it.
func TestTakeoverKeepsLaterDeadline(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(60*day))) })
	}).takenOver(t)
	f.at(day, func() {
		require.True(t, monday.Add(60*day).Equal(*f.status().Deadline))
		require.Equal(t, 1, f.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
		require.Equal(t, dispute.MoveTakeover, f.last(dispute.OccasionDeadlineMoved).Move, "a mail says it in the reader's language")
	})
	f.closes(dispute.ClosedMerchantSilent)
}

// TestTakeoverKeepsLaterDeadlineOnce: the periods after the one that the stopped run had moved have their own length.
func TestTakeoverKeepsLaterDeadlineOnce(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(60*day))) })
	}).takenOver(t)
	f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
	f.at(2*day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(5*day))) })
	f.at(6*day, func() {
		view := f.status()
		require.Equal(t, dispute.WaitStatement, view.WaitingFor)
		require.Equal(t, "2026-12-12T00:00:00+01:00", view.Deadline.Format(time.RFC3339), "ten business days after Saturday, 28 November")
	})
	f.closes(dispute.ClosedNotSubstantiated)
}

// TestTakeoverKeepsWhatConcernsOperators: an address that was corrected stays so, and what waits to be acknowledged still does.
func TestTakeoverKeepsWhatConcernsOperators(t *testing.T) {
	t.Parallel()
	f := stop(t, 3*day, func(f *fixture) {
		f.refused["shop@example.de"] = true
		f.at(day, func() {
			f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: "new@example.de", RequestedBy: "op-1"})
		})
		f.at(2*day, func() { f.signal(dispute.SignalWithdrawal, raw(`{}`)) })
	}).takenOver(t)
	f.at(day, func() { require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, f.status().Attention) })
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, "new@example.de", f.last(dispute.OccasionReminder7).To.Email)
}

// TestUnreadableTakeoverStartsAnew: an argument that is no takeover counts as none.
func TestUnreadableTakeoverStartsAnew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.takeover = raw(`{"state": 1}`)
	f.pausedBefore = &activities.Paused{InvoiceID: f.dispute.InvoiceID, Outstanding: 12990, Run: 2}
	f.at(day, func() {
		require.Contains(t, f.status().Timeline[0].Detail, "could not be read")
	})
	f.closes(dispute.ClosedMerchantSilent)
}

// TestTakeoverOfNothing: where the ledger knows of no earlier run, what is said to have been heard has no effect.
func TestTakeoverOfNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	decision := dispute.Decide(dispute.ClosedForCustomer, f.dispute.DisputedAmount, nil)
	f.takeover = activities.Takeover{Reacted: true, Decision: &decision, Closed: true, Deadline: monday.Add(90 * day)}
	f.closes(dispute.ClosedMerchantSilent)
	require.True(t, windowEnds.Equal(f.settles[0].At))
}

// TestTakeoverBeforeThePause: what signals have said counts although the run was stopped before its invoice was paused.
func TestTakeoverBeforeThePause(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		say    func(*fixture)
		reason dispute.ClosingReason
	}{
		"withdrawal": {func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByWithdrawal},
		"agreement":  {func(f *fixture) { f.signal(dispute.SignalAgreement, customerPays) }, dispute.ClosedByAgreement},
		"reaction": {
			func(f *fixture) { f.signal(dispute.SignalAgreement, refundOf(12991, "EUR", dispute.PartyMerchant)) }, dispute.ClosedNotSubstantiated,
		},
		"proposal": {
			func(f *fixture) { f.signal(dispute.SignalAgreement, refundOf(3000, "EUR", dispute.PartyMerchant)) }, dispute.ClosedNotSubstantiated,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stop(t, time.Minute+time.Second, func(f *fixture) { f.at(waits[dispute.WaitPause](f), func() { test.say(f) }) })
			f := s.takenOver(t)
			f.pausedBefore = nil
			f.closes(test.reason)
			if name == "proposal" {
				require.Len(t, f.proposals(), 1)
				require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
			}
		})
	}
}

// TestTakeoverOfTakeover: a run that is stopped while its pause is retried hands over what it has taken over, and what it has heard.
func TestTakeoverOfTakeover(t *testing.T) {
	t.Parallel()
	s := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
		f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
	})
	between := s.takenOver(t)
	var second activities.Takeover
	between.at(waits[dispute.WaitPause](between), func() { between.signal(dispute.SignalAgreement, refundOf(5000, "EUR", dispute.PartyCustomer)) })
	between.at(time.Minute+time.Second, func() {
		value, err := between.env.QueryWorkflow(workflows.QueryTakeover)
		require.NoError(t, err)
		require.NoError(t, value.Get(&second))
		between.restore()
		between.env.CancelWorkflow()
	})
	between.run()
	f := stopped{takeover: second, receipts: s.receipts}.takenOver(t)
	f.pausedBefore.Run = 3
	f.closes(dispute.ClosedNotSubstantiated) // the merchant had reacted
	require.Len(t, f.proposals(), 2)
}

// TestTakeoverOfTakeoverKeepsReaction: a merchant who has reacted while a run was still pausing the invoice does not lose for
// silence in the run that takes over from it.
func TestTakeoverOfTakeoverKeepsReaction(t *testing.T) {
	t.Parallel()
	between := stop(t, day, func(*fixture) {}).takenOver(t)
	var second activities.Takeover
	between.at(waits[dispute.WaitPause](between), func() { between.signal(dispute.SignalAgreement, refundOf(12991, "EUR", dispute.PartyMerchant)) })
	between.at(time.Minute+time.Second, func() {
		value, err := between.env.QueryWorkflow(workflows.QueryTakeover)
		require.NoError(t, err)
		require.NoError(t, value.Get(&second))
		between.restore()
		between.env.CancelWorkflow()
	})
	between.run()
	f := stopped{takeover: second}.takenOver(t)
	f.receipts = map[dispute.NoticeKey]dispute.Receipt{}
	f.pausedBefore.Run = 3
	f.closes(dispute.ClosedNotSubstantiated)
}

// TestTakeoverKeepsWhatComesDuringThePause: a reaction that arrives while the new run still pauses the invoice counts.
func TestTakeoverKeepsWhatComesDuringThePause(t *testing.T) {
	t.Parallel()
	f := stop(t, day, func(*fixture) {}).takenOver(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "PauseInvoice" })
	f.at(time.Hour, func() { f.signal(dispute.SignalAgreement, raw(`{"terms":"merchant_refunds","reportedBy":"merchant"}`)) })
	f.at(2*time.Hour, f.recorder.release)
	f.closes(dispute.ClosedNotSubstantiated)
}
