package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func bounced(occasion dispute.Occasion, recipient dispute.Party) dispute.Bounce {
	return dispute.Bounce{Occasion: occasion, Recipient: recipient, Reason: "550 5.1.1 no such user", ReportedBy: "op-1"}
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
