package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestMoveDeadline: in each wait with a deadline the running one is moved, later or earlier, and the party
// that it concerns is told.
func TestMoveDeadline(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wait  dispute.Wait
		party dispute.Party
		ends  dispute.ClosingReason
	}{
		{dispute.WaitAgreement, dispute.PartyMerchant, dispute.ClosedMerchantSilent},
		{dispute.WaitStatement, dispute.PartyCustomer, dispute.ClosedNotSubstantiated},
		{dispute.WaitEvidence, dispute.PartyMerchant, dispute.ClosedNoInformation},
	} {
		for name, by := range map[string]time.Duration{"later": 10 * day, "earlier": -2 * day} {
			t.Run(string(test.wait)+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				after := waits[test.wait](w)
				var to time.Time
				var answer *reply
				w.at(after, func() {
					require.Equal(t, test.wait, w.status().WaitingFor)
					to = w.status().Deadline.Add(by)
					answer = w.send(dispute.UpdateMoveDeadline, moveTo(to.UTC()))
				})
				w.at(after+time.Second, func() {
					require.True(t, to.Equal(*answer.view.Deadline))
					require.Equal(t, to.Format(time.RFC3339), w.status().Deadline.Format(time.RFC3339), "in the calendar's zone")
				})
				view := w.closes(test.ends)
				require.True(t, to.Equal(w.settles[0].At))
				require.Equal(t, 1, w.count(dispute.OccasionDeadlineMoved, test.party))
				message := w.last(dispute.OccasionDeadlineMoved)
				require.Equal(t, test.party, message.Key.Recipient)
				require.True(t, to.Equal(message.Deadline))
				require.Equal(t, by < 0, message.Shortened)
				require.Equal(t, moveTo(to).Reason, message.Move)
				entry := view.Timeline[indexOf(view, dispute.UpdateMoveDeadline)]
				require.Equal(t, by < 0, entry.Detail[:9] == "shortened")
				require.Contains(t, entry.Detail, "op-1")
			})
		}
	}
}

func indexOf(view dispute.View, event string) int {
	for i, entry := range view.Timeline {
		if entry.Event == event {
			return i
		}
	}
	return -1
}

// TestMoveDeadlineBounds: after now, within 180 days, within the calendars.
func TestMoveDeadlineBounds(t *testing.T) {
	t.Parallel()
	lateStart := time.Date(2036, time.November, 3, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		start time.Time
		to    time.Time
		ok    bool
	}{
		{"the past", monday, monday, false},
		{"now", monday, monday.Add(day), false},
		{"the next moment", monday, monday.Add(day + time.Nanosecond), true},
		{"in 180 days", monday, monday.Add(day + 180*day), true},
		{"in more than 180 days", monday, monday.Add(day + 180*day + time.Nanosecond), false},
		{"the last days of the calendars", lateStart, time.Date(2036, time.December, 30, 23, 0, 0, 0, time.UTC), true},
		{"beyond the calendars", lateStart, time.Date(2037, time.January, 2, 0, 0, 0, 0, time.UTC), false},
		{"beyond the calendars in Berlin", lateStart, time.Date(2036, time.December, 31, 23, 30, 0, 0, time.UTC), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.startAt(test.start)
			var before, after dispute.View
			var answer *reply
			w.at(day, func() {
				before = w.status()
				answer = w.send(dispute.UpdateMoveDeadline, moveTo(test.to))
			})
			w.at(day+2*time.Nanosecond, func() { after = w.status() })
			w.closes(dispute.ClosedMerchantSilent)
			if test.ok {
				require.NoError(t, answer.err)
				require.WithinDuration(t, test.to, w.settles[0].At, time.Second)
				return
			}
			failure := answer.refusal(t)
			require.Equal(t, string(dispute.CodeInvalidMessage), failure.Type())
			var faults dispute.Faults
			require.NoError(t, failure.Details(&faults))
			require.Equal(t, []string{"to"}, paths(faults))
			require.Equal(t, before, after)
		})
	}
}

// TestMovedTwiceAtOnce: the last move counts, and it alone is told.
func TestMovedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(day, func() {
		w.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(40*day)))
		w.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(10*day)))
	})
	w.closes(dispute.ClosedMerchantSilent)
	require.True(t, monday.Add(10*day).Equal(w.settles[0].At))
	require.True(t, monday.Add(10*day).Equal(w.last(dispute.OccasionDeadlineMoved).Deadline))
}

// TestMoveIsForItsPeriodOnly: a move that the answer overtakes does not touch the next deadline.
func TestMoveIsForItsPeriodOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rulings[dispute.StageJustification] = ptr(justified(&yes))
	w.probe.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	after := w.toStatement()
	w.at(after, func() {
		w.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(40*day)))
		w.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(35*day)))
		w.send(dispute.UpdateStateReason, stated)
	})
	w.at(after+time.Second, w.probe.release)
	w.at(after+time.Hour, func() {
		view := w.status()
		require.Equal(t, dispute.WaitEvidence, view.WaitingFor)
		// Ten business days after Wednesday, 23 December.
		require.Equal(t, "2027-01-09T00:00:00+01:00", view.Deadline.Format(time.RFC3339))
	})
	w.closes(dispute.ClosedNoInformation)
}

// TestMoveOvertakenByTheDecision: nobody is told of a deadline that no longer runs.
func TestMoveOvertakenByTheDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.probe.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	w.at(day, func() { w.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
	w.at(2*day, func() {
		w.breakDown("ledger")
		w.signal(dispute.SignalWithdrawal, withdrawn)
	})
	w.at(2*day+time.Second, func() { require.Nil(t, w.status().Deadline) })
	w.at(2*day+2*time.Second, w.heal)
	view := w.closes(dispute.ClosedByWithdrawal)
	require.NotContains(t, events(view), "sent-deadline-moved")
}

func ptr[T any](value T) *T { return &value }

// TestMessageAtTheDeadline: one that is in the history before the deadline's own task has started is
// honoured. The environment gives each message a task of its own, unless it skips it: then the message and
// the deadline come to the dispute in one task.
func TestMessageAtTheDeadline(t *testing.T) {
	t.Parallel()
	agree := func(w *world) { w.signal(dispute.SignalAgreement, customerPays) }
	for name, test := range map[string]struct {
		offset time.Duration
		send   func(*world)
		want   dispute.ClosingReason
	}{
		"agreement just before":   {-1, agree, dispute.ClosedByAgreement},
		"agreement in one task":   {-1, func(w *world) { w.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalAgreement, customerPays) }, dispute.ClosedByAgreement},
		"withdrawal in one task":  {-1, func(w *world) { w.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByWithdrawal},
		"agreement after it":      {0, agree, dispute.ClosedMerchantSilent},
		"agreement just after it": {1, agree, dispute.ClosedMerchantSilent},
		"reaction just before":    {-1, func(w *world) { w.send(dispute.UpdateRespond, responded) }, dispute.ClosedNotSubstantiated},
		"move just before":        {-1, func(w *world) { w.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(day))) }, dispute.ClosedMerchantSilent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.on(windowEnds.Add(test.offset), func() { test.send(w) })
			w.closes(test.want)
		})
	}
}

// TestPeriods: each runs to the end of its last day in the calendar's zone, and is counted in business
// days of the dispute's calendar from the message that opened it.
func TestPeriods(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		calendar string
		days     int
		until    string
	}{
		"21 days in Germany":       {"DE", 21, "2026-12-23T00:00:00+01:00"},
		"14 days in Germany":       {"DE", 14, "2026-12-12T00:00:00+01:00"},
		"20 days in the US":        {"US", 20, "2026-12-23T00:00:00-05:00"},
		"21 days in Great Britain": {"GB", 21, "2026-12-23T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.dispute.Calendar, w.dispute.Policy.ResponseBusinessDays = test.calendar, test.days
			w.at(time.Hour, func() { require.Equal(t, test.until, w.status().Deadline.Format(time.RFC3339)) })
			w.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, test.days, w.last(dispute.OccasionOpened).BusinessDays)
		})
	}
}

// TestStatementAndEvidencePeriods: ten business days each, from the question on.
func TestStatementAndEvidencePeriods(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.toEvidence()
	w.on(windowEnds.Add(time.Hour), func() {
		// Asked as Wednesday, 23 December begins: 24, 28 to 31 December, 4 to 8 January.
		require.Equal(t, "2027-01-09T00:00:00+01:00", w.status().Deadline.Format(time.RFC3339))
	})
	w.at(after, func() {
		// Asked on Thursday, 24 December: 28 to 31 December, 4 to 8 and 11 January.
		require.Equal(t, "2027-01-12T00:00:00+01:00", w.status().Deadline.Format(time.RFC3339))
	})
	w.closes(dispute.ClosedNoInformation)
	require.Equal(t, 10, w.last(dispute.OccasionReasonAsked).BusinessDays)
	require.Equal(t, 10, w.last(dispute.OccasionInformationRequested).BusinessDays)
	require.Equal(t, stated.Statement, w.last(dispute.OccasionInformationRequested).Statement)
}
