package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// bounced reports the first message of an occasion in the first period.
func bounced(occasion dispute.Occasion, recipient dispute.Party) dispute.Bounce {
	return dispute.Bounce{Occasion: occasion, Number: 1, Recipient: recipient, Reason: "550 5.1.1 no such user", ReportedBy: "op-1"}
}

// TestBounceOfTheOpening: a merchant whose mail came back has not been heard. The window ends, and begins again when the
// message has arrived at the corrected address.
func TestBounceOfTheOpening(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(20*day, func() { f.send(dispute.UpdateReportBounce, bounced(dispute.OccasionOpened, dispute.PartyMerchant)) })
	f.on(windowEnds.Add(day), func() {
		view := f.status()
		require.Equal(t, dispute.WaitRetryNotification, view.WaitingFor)
		require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, view.Attention)
		require.Nil(t, view.Deadline, "no period runs unheard")
		f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: "new@example.de", RequestedBy: "op-1"})
	})
	again := windowEnds.Add(2 * day)
	f.on(again, func() {
		view := f.status()
		require.Equal(t, dispute.WaitAgreement, view.WaitingFor)
		require.Equal(t, dispute.StatePreArbitration, view.State)
		require.Empty(t, view.Attention)
		require.True(t, view.Deadline.After(again.Add(20*day)), "the full window again")
		require.Equal(t, 2, f.count(dispute.OccasionOpened, dispute.PartyMerchant))
		require.Equal(t, "new@example.de", f.last(dispute.OccasionOpened).To.Email)
	})
	view := f.closes(dispute.ClosedMerchantSilent)
	require.True(t, f.settles[0].At.After(again.Add(20*day)))
	require.Equal(t, 1, countEvents(view, dispute.UpdateReportBounce))
	require.Equal(t, 1, f.count(dispute.OccasionReminder2, dispute.PartyMerchant), "of the second window")
	f.requireOnceEach()
}

// TestBounces: which messages a running period rests on.
func TestBounces(t *testing.T) {
	t.Parallel()
	moved := func(f *fixture) { f.send(dispute.UpdateMoveDeadline, moveTo(f.status().Deadline.Add(-day))) }
	for name, test := range map[string]struct {
		to     func(*fixture) time.Duration
		before func(*fixture)
		bounce dispute.Bounce
		rests  bool
	}{
		"the question for the reason":     {(*fixture).toStatement, nil, bounced(dispute.OccasionReasonAsked, dispute.PartyCustomer), true},
		"the request for information":     {(*fixture).toEvidence, nil, bounced(dispute.OccasionInformationRequested, dispute.PartyMerchant), true},
		"an earlier deadline":             {(*fixture).toEvidence, moved, bounced(dispute.OccasionDeadlineMoved, dispute.PartyMerchant), true},
		"a copy":                          {(*fixture).toEvidence, nil, bounced(dispute.OccasionInformationRequested.Copy(), dispute.PartyMerchant), false},
		"what opened an earlier period":   {(*fixture).toEvidence, nil, bounced(dispute.OccasionOpened, dispute.PartyMerchant), false},
		"a message to the other party":    {(*fixture).toStatement, nil, bounced(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant), false},
		"a message that holds up nothing": {(*fixture).toStatement, nil, bounced(dispute.OccasionReceived, dispute.PartyCustomer), false},
		"no period runs":                  {(*fixture).toDesk, nil, bounced(dispute.OccasionReasonAsked, dispute.PartyCustomer), false},
		"the merchant has reacted": {
			func(*fixture) time.Duration { return day }, func(f *fixture) { f.send(dispute.UpdateRespond, responded) },
			bounced(dispute.OccasionOpened, dispute.PartyMerchant), false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			at := test.to(f)
			if test.before != nil {
				f.at(at, func() { test.before(f) })
			}
			var answer *reply
			var before dispute.View
			f.at(at+time.Minute, func() {
				before = f.status()
				if f.count(test.bounce.Occasion, test.bounce.Recipient) > 0 {
					test.bounce.Number = f.lastTo(test.bounce.Recipient, test.bounce.Occasion).Key.Number
				}
				answer = f.send(dispute.UpdateReportBounce, test.bounce)
			})
			f.at(at+time.Hour, func() {
				require.NoError(t, answer.err)
				view := f.status()
				if !test.rests {
					require.Equal(t, before.WaitingFor, view.WaitingFor)
					require.Equal(t, before.Deadline, view.Deadline)
					require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
					f.env.CancelWorkflow()
					return
				}
				require.Equal(t, dispute.WaitRetryNotification, view.WaitingFor)
				require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, view.Attention)
				f.send(dispute.UpdateRetryNotification, dispute.Retry{RequestedBy: "op-1"})
			})
			f.at(at+2*time.Hour, func() {
				view := f.status()
				require.Equal(t, before.WaitingFor, view.WaitingFor)
				require.Equal(t, before.State, view.State)
				require.True(t, view.Deadline.After(monday.Add(at).Add(10*day)), "the full period again")
				f.env.CancelWorkflow()
			})
			f.run()
		})
	}
}

// requireRefused asserts that a report was refused, and that the refusal names the fault.
func requireRefused(t *testing.T, answer *reply, message string) {
	t.Helper()
	require.True(t, answer.rejected)
	require.ErrorContains(t, answer.err, message)
	var refusal *temporal.ApplicationError
	require.ErrorAs(t, answer.err, &refusal)
	require.Equal(t, string(dispute.CodeNotAccepted), refusal.Type())
}

// TestBounceReportedAgain: a mail is reported late and then lost, by two people. Only the first report ends the period.
func TestBounceReportedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	report := bounced(dispute.OccasionOpened, dispute.PartyMerchant)
	var first, together, second, third, wrong *reply
	f.at(day, func() {
		wrong = f.send(dispute.UpdateReportBounce, dispute.Bounce{
			Occasion: dispute.OccasionDeadlineMoved, Number: 1, Recipient: dispute.PartyMerchant, Reason: "x", ReportedBy: "op-1",
		})
		first, together = f.send(dispute.UpdateReportBounce, report), f.send(dispute.UpdateReportBounce, report)
	})
	f.at(2*day, func() { second = f.send(dispute.UpdateReportBounce, report) })
	f.at(3*day, func() {
		f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: "new@example.de", RequestedBy: "op-1"})
	})
	f.at(4*day, func() { third = f.send(dispute.UpdateReportBounce, report) })
	f.at(5*day, func() {
		require.NoError(t, first.err)
		const ended = "the period that rested on it has ended, because a message has come back; retry-notification begins it again"
		requireRefused(t, together, ended)
		requireRefused(t, second, ended)
		requireRefused(t, wrong, "does not rest on deadline-moved with number 1 to the merchant; it rests on: opened with number 1 to the merchant, by email")
		requireRefused(t, third, "the running period does not rest on opened with number 1 to the merchant; "+
			"it rests on: opened with number 2 to the merchant, by email")
		view := f.status()
		require.Equal(t, dispute.WaitAgreement, view.WaitingFor)
		require.Empty(t, view.Attention)
		require.Equal(t, 2, f.last(dispute.OccasionOpened).Key.Number)
		report.Number = 2
		first = f.send(dispute.UpdateReportBounce, report)
	})
	f.at(6*day, func() {
		require.NoError(t, first.err)
		require.Equal(t, dispute.WaitRetryNotification, f.status().WaitingFor, "the second one has come back as well")
		f.env.CancelWorkflow()
	})
	f.run()
}

// TestBounceOfAPortalMessage: no mail can come back of what the portal has taken, and the merchant has it.
func TestBounceOfAPortalMessage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive = true
	var answer *reply
	f.at(day, func() {
		answer = f.send(dispute.UpdateReportBounce, bounced(dispute.OccasionOpened, dispute.PartyMerchant))
	})
	f.at(2*day, func() {
		requireRefused(t, answer, "it did not go by email; the running period rests on: opened with number 1 to the merchant, by portal")
		require.Equal(t, dispute.WaitAgreement, f.status().WaitingFor)
		require.Equal(t, windowEnds.UTC(), f.status().Deadline.UTC())
		f.env.CancelWorkflow()
	})
	f.run()
}

// TestBounceKeepsALaterDeadline: a period that begins again ends by the later deadline that an operator had granted.
func TestBounceKeepsALaterDeadline(t *testing.T) {
	t.Parallel()
	granted := windowEnds.Add(60 * day)
	for name, report := range map[string]dispute.Bounce{
		"the opening":        bounced(dispute.OccasionOpened, dispute.PartyMerchant),
		"the later deadline": bounced(dispute.OccasionDeadlineMoved, dispute.PartyMerchant),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(granted)) })
			f.at(2*day, func() {
				report.Number = f.last(report.Occasion).Key.Number
				f.send(dispute.UpdateReportBounce, report)
			})
			f.at(3*day, func() {
				require.Equal(t, dispute.WaitRetryNotification, f.status().WaitingFor)
				f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: "new@example.de", RequestedBy: "op-1"})
			})
			f.at(4*day, func() {
				require.Equal(t, granted.UTC(), f.status().Deadline.UTC())
				require.Equal(t, "new@example.de", f.last(dispute.OccasionDeadlineMoved).To.Email)
				require.Equal(t, dispute.MoveTakeover, f.last(dispute.OccasionDeadlineMoved).Move)
			})
			f.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, granted.UTC(), f.settles[0].At.UTC())
		})
	}
}

// TestBounceOfAnEarlierMove: a period whose deadline was moved twice does not rest on the message about the first move.
func TestBounceOfAnEarlierMove(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	report := bounced(dispute.OccasionDeadlineMoved, dispute.PartyMerchant)
	var answer *reply
	f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(day))) })
	f.at(2*day, func() {
		report.Number = f.last(dispute.OccasionDeadlineMoved).Key.Number
		f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow))
	})
	f.at(3*day, func() { answer = f.send(dispute.UpdateReportBounce, report) })
	f.at(4*day, func() {
		requireRefused(t, answer, "it rests on: opened with number 1 to the merchant, by email; deadline-moved with number 3 to the merchant, by email")
		require.Equal(t, dispute.WaitAgreement, f.status().WaitingFor)
		f.env.CancelWorkflow()
	})
	f.run()
}
