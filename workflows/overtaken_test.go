package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestOvertaken: a message that is still under way when an event makes it untrue is never sent, and the timeline says so.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	respond := func(w *world) { w.send(dispute.UpdateRespond, responded) }
	for name, test := range map[string]struct {
		message dispute.Occasion
		to      dispute.Party
		// event happens after so long; the deadline of the window is moved, or other messages pass, on the way there.
		after time.Duration
		event func(*world)
	}{
		"reminder-7 by the reaction":     {dispute.OccasionReminder7, dispute.PartyMerchant, 20 * day, respond},
		"reminder-2 by the reaction":     {dispute.OccasionReminder2, dispute.PartyMerchant, 27 * day, respond},
		"the copy by the reaction":       {dispute.OccasionOpenedCopy, dispute.PartyMerchant, day, respond},
		"a reminder by the next one":     {dispute.OccasionReminder7, dispute.PartyMerchant, 27 * day, func(*world) {}},
		"a reminder by a moved deadline": {dispute.OccasionReminder7, dispute.PartyMerchant, 20 * day, func(w *world) { w.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) }},
		"received by the question for the reason": {dispute.OccasionReceived, dispute.PartyCustomer, 31 * day, func(w *world) {
			require.Equal(w, dispute.WaitStatement, w.status().WaitingFor)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.merchant.PortalActive, w.merchant.EmailOnDispute = true, true
			w.holdMessages(test.message)
			if test.message == dispute.OccasionReceived {
				w.at(day, func() { respond(w) })
			}
			w.at(test.after, func() {
				require.NotContains(t, events(w.status()), "sent-"+string(test.message))
				test.event(w)
			})
			w.at(test.after+time.Minute, func() {
				view := w.status()
				require.Contains(t, view.Timeline[indexOf(view, "not-sent-"+string(test.message))].Detail, string(test.to)+": dropped")
				require.Empty(t, view.Attention)
				w.probe.release()
				w.env.CancelWorkflow()
			})
			w.run()
			require.Zero(t, w.count(test.message, test.to))
		})
	}
}

// TestKlarnaStepsInOvertaken: the merchant who is asked for information is not told afterwards to wait.
func TestKlarnaStepsInOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.holdMessages(dispute.OccasionKlarnaStepsIn)
	w.at(w.toEvidence()+time.Minute, func() {
		require.Equal(t, dispute.WaitEvidence, w.status().WaitingFor)
		require.Equal(t, 1, countEvents(w.status(), "not-sent-klarna-steps-in"))
		w.probe.release()
		w.env.CancelWorkflow()
	})
	w.run()
	require.Zero(t, w.count(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant))
	require.Equal(t, 1, w.count(dispute.OccasionInformationRequested, dispute.PartyMerchant))
}

// TestCopyAfterMove: a copy of the opening that is still under way when the deadline is moved names the new day.
func TestCopyAfterMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.merchant.PortalActive, w.merchant.EmailOnDispute = true, true
	w.holdMessages(dispute.OccasionOpenedCopy)
	w.at(day, func() { w.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
	w.at(2*day, w.probe.release)
	w.at(3*day, func() { w.env.CancelWorkflow() })
	view := w.run()
	require.Equal(t, 1, w.count(dispute.OccasionOpenedCopy, dispute.PartyMerchant))
	require.True(t, laterWindow.Equal(w.last(dispute.OccasionOpenedCopy).Deadline))
	require.Equal(t, 1, countEvents(view, "not-sent-opened-copy"))
}
