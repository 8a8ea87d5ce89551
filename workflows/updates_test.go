package workflows_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// accepted has the waits in which each update is accepted.
var accepted = map[string][]dispute.Wait{
	dispute.UpdateRespond:        {dispute.WaitAgreement},
	dispute.UpdatePropose:        undecided,
	dispute.UpdateAnswerProposal: nil, // nothing is proposed
	dispute.UpdateAcceptLoss: {
		dispute.WaitPause, dispute.WaitNotification, dispute.WaitRetryNotification, dispute.WaitAgreement,
		dispute.WaitStatement, dispute.WaitJustification, dispute.WaitEvidence, dispute.WaitDecision,
	},
	dispute.UpdateStateReason:       {dispute.WaitStatement},
	dispute.UpdateSubmitEvidence:    {dispute.WaitAgreement, dispute.WaitEvidence},
	dispute.UpdateRule:              {dispute.WaitJustification, dispute.WaitDecision},
	dispute.UpdateMoveDeadline:      {dispute.WaitAgreement, dispute.WaitStatement, dispute.WaitEvidence},
	dispute.UpdateRetryNotification: {dispute.WaitRetryNotification},
	dispute.UpdateAcknowledge:       nil, // nothing is raised
	dispute.UpdateReportBounce: {
		dispute.WaitNotification, dispute.WaitRetryNotification, dispute.WaitAgreement,
		dispute.WaitStatement, dispute.WaitJustification, dispute.WaitEvidence, dispute.WaitDecision,
	},
}

// messages returns a valid message for every update.
func messages() map[string]any {
	return map[string]any{
		dispute.UpdateRespond:           responded,
		dispute.UpdatePropose:           refunds3000,
		dispute.UpdateAnswerProposal:    dispute.ProposalAnswer{Proposal: 1, Accept: &yes, AnsweredBy: dispute.PartyCustomer},
		dispute.UpdateAcceptLoss:        dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant},
		dispute.UpdateStateReason:       stated,
		dispute.UpdateSubmitEvidence:    evidence,
		dispute.UpdateRule:              justified(&yes),
		dispute.UpdateMoveDeadline:      moveTo(monday.Add(90 * day)),
		dispute.UpdateRetryNotification: dispute.Retry{RequestedBy: "op-1"},
		dispute.UpdateAcknowledge:       acknowledged(dispute.CauseMessageIgnored),
		dispute.UpdateReportBounce:      bounced(dispute.OccasionReminder7, dispute.PartyMerchant),
	}
}

func moveTo(at time.Time) dispute.DeadlineMove {
	return dispute.DeadlineMove{To: at, Reason: "The parcel is being searched for.", MovedBy: "op-1"}
}

func acknowledged(cause dispute.Cause) dispute.Acknowledgement {
	return dispute.Acknowledgement{Cause: cause, AcknowledgedBy: "op-1", Note: "Seen."}
}

// everyWait returns the waits before the decision and those after it, as waits does.
func everyWait() map[dispute.Wait]func(*fixture) time.Duration {
	every := map[dispute.Wait]func(*fixture) time.Duration{
		dispute.WaitSettlement:      func(f *fixture) time.Duration { return f.agreeWithout("ledger") },
		dispute.WaitClosingMessages: func(f *fixture) time.Duration { return f.agreeWithout("email") },
	}
	for wait, prepare := range waits {
		every[wait] = prepare
	}
	return every
}

// agreeWithout takes a system down and has the parties agree; it returns when that is done.
func (f *fixture) agreeWithout(system string) time.Duration {
	f.at(day, func() {
		f.takeDown(system)
		f.signal(dispute.SignalAgreement, customerPays)
	})
	return day + time.Minute
}

// TestUpdateInTheWrongWait: an update that the wait does not accept is refused with those that it allows, and leaves no
// trace.
func TestUpdateInTheWrongWait(t *testing.T) {
	t.Parallel()
	for wait, prepare := range everyWait() {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := prepare(f)
			var before dispute.View
			replies := map[string]*reply{}
			f.at(after, func() {
				before = f.status()
				require.Equal(t, wait, before.WaitingFor)
				for name, message := range messages() {
					if !slices.Contains(accepted[name], wait) {
						replies[name] = f.send(name, message)
					}
				}
			})
			f.at(after+time.Second, func() {
				require.Equal(t, before, f.status(), "a refused update leaves no trace")
				f.cancelAndRestore()
			})
			f.run()
			for name, reply := range replies {
				failure := reply.refusal(t)
				require.Equal(t, string(dispute.CodeNotAccepted), failure.Type(), name)
				if name == dispute.UpdateAcknowledge {
					require.Contains(t, failure.Message(), "raised are")
					continue
				}
				if name == dispute.UpdateRetryNotification && wait == dispute.WaitClosingMessages {
					require.Contains(t, failure.Message(), "no message is refused")
					continue
				}
				if name == dispute.UpdateAnswerProposal && slices.Contains(undecided, wait) {
					require.Contains(t, failure.Message(), "no proposal of the merchant stands")
					continue
				}
				require.Contains(t, failure.Message(), "it waits for "+string(wait), name)
				require.Contains(t, failure.Message(), "which allows "+strings.Join(dispute.Allowed(wait), ", "), name)
			}
		})
	}
}

// TestUpdateAccepted: an update takes effect in each wait that accepts it, and returns the view without the timeline at
// once.
func TestUpdateAccepted(t *testing.T) {
	t.Parallel()
	for name, waits := range accepted {
		for _, wait := range waits {
			t.Run(name+" in "+string(wait), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				after := everyWait()[wait](f)
				message := messages()[name]
				if wait == dispute.WaitDecision && name == dispute.UpdateRule {
					message = inFavourOf(dispute.PartyMerchant)
				}
				var answer *reply
				f.at(after, func() {
					require.Equal(t, wait, f.status().WaitingFor)
					answer = f.send(name, message)
				})
				f.at(after+time.Second, func() {
					require.True(t, answer.answered)
					require.NoError(t, answer.err)
					require.Equal(t, f.dispute.ID, answer.view.ID)
					require.Empty(t, answer.view.Timeline)
					f.cancelAndRestore()
				})
				view := f.run()
				if name == dispute.UpdateAcceptLoss {
					require.Contains(t, events(view), string(dispute.ClosedLossAccepted))
					return
				}
				require.Contains(t, events(view), name)
			})
		}
	}
}

// TestUpdateLimits: each update is accepted a limited number of times in a dispute.
func TestUpdateLimits(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]int{
		dispute.UpdateRespond:        20,
		dispute.UpdatePropose:        20,
		dispute.UpdateSubmitEvidence: 10,
		dispute.UpdateMoveDeadline:   20,
		dispute.UpdateAcknowledge:    50,
		dispute.UpdateReportBounce:   50,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var replies []*reply
			f.at(day, func() {
				for range limit + 1 {
					if name == dispute.UpdateAcknowledge {
						f.signal(dispute.SignalWithdrawal, raw(`{}`))
					}
					replies = append(replies, f.send(name, messages()[name]))
				}
			})
			f.at(2*day, f.env.CancelWorkflow)
			view := f.run()
			f.limited(replies, limit)
			noted := limit
			switch name {
			case dispute.UpdateMoveDeadline: // only the last of those that come at once takes effect
				noted = 1
			case dispute.UpdatePropose: // the others repeat the first
				noted = 1
			}
			require.Equal(t, noted, countEvents(view, name))
		})
	}
}

// TestRetryNotificationLimit: a message can be sent again 200 times.
func TestRetryNotificationLimit(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refused[string(dispute.OccasionOpened)] = true
	var replies []*reply
	for i := range 201 {
		f.at(time.Duration(i+1)*time.Minute, func() {
			replies = append(replies, f.send(dispute.UpdateRetryNotification, dispute.Retry{RequestedBy: "op-1"}))
		})
	}
	f.at(day, f.env.CancelWorkflow)
	f.run()
	f.limited(replies, 200)
}

// TestAcceptLossOnce: while the pause is not booked, an accepted loss is known but not final, so a second one is
// refused by its limit.
func TestAcceptLossOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := waits[dispute.WaitPause](f)
	var replies []*reply
	f.at(after, func() {
		for range 2 {
			replies = append(replies, f.send(dispute.UpdateAcceptLoss, messages()[dispute.UpdateAcceptLoss]))
		}
	})
	f.at(after+time.Second, f.restore)
	f.closes(dispute.ClosedLossAccepted)
	f.limited(replies, 1)
}

func (f *fixture) limited(replies []*reply, limit int) {
	f.Helper()
	require.Len(f, replies, limit+1)
	for _, reply := range replies[:limit] {
		require.NoError(f, reply.err)
	}
	failure := replies[limit].refusal(f.T)
	require.Equal(f, string(dispute.CodeLimitReached), failure.Type())
	require.Contains(f, failure.Message(), strconv.Itoa(limit))
}

// TestSameUpdateTwice: two updates with the same id take effect once.
func TestSameUpdateTwice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var first, second *reply
	f.at(day, func() { first = f.sendAs("event-1", dispute.UpdateRespond, responded) })
	f.at(2*day, func() { second = f.sendAs("event-1", dispute.UpdateRespond, responded) })
	f.at(3*day, f.env.CancelWorkflow)
	view := f.run()
	require.NoError(t, first.err)
	require.True(t, second.answered)
	require.NoError(t, second.err)
	require.Len(t, slices.DeleteFunc(events(view), func(event string) bool { return event != dispute.UpdateRespond }), 1)
}

// TestUpdatesInTheSameMoment: the first answer ends the wait, even before the process has acted on it.
func TestUpdatesInTheSameMoment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wait          dispute.Wait
		first, second any
	}{
		dispute.UpdateStateReason:    {dispute.WaitStatement, stated, stated},
		dispute.UpdateSubmitEvidence: {dispute.WaitEvidence, evidence, evidence},
		dispute.UpdateRule:           {dispute.WaitJustification, justified(&yes), justified(&no)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := waits[test.wait](f)
			var first, second *reply
			f.at(after, func() { first, second = f.send(name, test.first), f.send(name, test.second) })
			f.at(after+time.Hour, f.env.CancelWorkflow)
			f.run()
			require.NoError(t, first.err)
			require.Error(t, second.err)
		})
	}
}

// refusal returns the typed error of an update that was rejected by its validator.
func (r *reply) refusal(t *testing.T) *temporal.ApplicationError {
	t.Helper()
	require.True(t, r.rejected, "accepted, or not answered: %v", r.err)
	failure, ok := errors.AsType[*temporal.ApplicationError](r.err)
	require.True(t, ok)
	require.True(t, failure.NonRetryable())
	return failure
}

// takeDown takes a system down until restore.
func (f *fixture) takeDown(system string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outages[system] = forever
}

// cancelAndRestore ends a test that has seen enough.
func (f *fixture) cancelAndRestore() {
	f.env.CancelWorkflow()
	f.restore()
}

// TestUpdateAfterASignalInOneTask: a signal that came before an update takes effect first, and the update is refused if it is
// too late then.
func TestUpdateAfterASignalInOneTask(t *testing.T) {
	t.Parallel()
	for _, name := range []string{dispute.UpdateRespond, dispute.UpdateSubmitEvidence, dispute.UpdateAcceptLoss} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var late *reply
			f.at(day, func() {
				f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn)
				late = f.send(name, messages()[name])
			})
			view := f.closes(dispute.ClosedByWithdrawal)
			require.False(t, late.rejected, "it was in time for the validator")
			failure, ok := errors.AsType[*temporal.ApplicationError](late.err)
			require.True(t, ok, late.err)
			require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
			require.Zero(t, countEvents(view, name)+countEvents(view, string(dispute.ClosedLossAccepted)))
		})
	}
}

// TestSecondAnswerToTheRequest: the information is given once, even while the process is about to move the deadline.
func TestSecondAnswerToTheRequest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	after := f.toEvidence()
	var first, second *reply
	f.at(after, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow.Add(30*day))) })
	f.at(after+time.Hour, func() { first = f.send(dispute.UpdateSubmitEvidence, evidence) })
	f.at(after+2*time.Hour, func() { second = f.send(dispute.UpdateSubmitEvidence, dispute.Evidence{Text: "And a photo."}) })
	f.at(after+3*time.Hour, f.recorder.release)
	f.at(after+4*time.Hour, f.env.CancelWorkflow)
	view := f.run()
	require.NoError(t, first.err)
	failure := second.refusal(t)
	require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
	require.Contains(t, failure.Message(), "has already been given")
	require.Equal(t, 1, countEvents(view, dispute.UpdateSubmitEvidence))
}
