package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestMoveDeadline: each wait with a deadline lets an operator move it, later or earlier, and the party that has to
// keep it is informed.
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
				f := newFixture(t)
				after := waits[test.wait](f)
				var to time.Time
				var answer *reply
				f.at(after, func() {
					require.Equal(t, test.wait, f.status().WaitingFor)
					to = f.status().Deadline.Add(by)
					answer = f.send(dispute.UpdateMoveDeadline, moveTo(to.UTC()))
				})
				f.at(after+time.Second, func() {
					planned := answer.view.Deadline
					if by < 0 { // it counts when the party has been informed
						require.True(t, to.Add(-by).Equal(*answer.view.Deadline))
						planned = answer.view.PendingDeadline
					}
					require.True(t, to.Equal(*planned))
					require.Nil(t, f.status().PendingDeadline)
					require.Equal(t, to.Format(time.RFC3339), f.status().Deadline.Format(time.RFC3339), "in the calendar's zone")
				})
				view := f.closes(test.ends)
				require.True(t, to.Equal(f.settles[0].At))
				require.Equal(t, 1, f.count(dispute.OccasionDeadlineMoved, test.party))
				message := f.last(dispute.OccasionDeadlineMoved)
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

// TestMoveDeadlineBounds: a deadline can be moved to an instant after now, within 180 days and within the calendars.
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
		{"the next second", monday, monday.Add(day + time.Second), true},
		{"in 180 days", monday, monday.Add(day + 180*day), true},
		{"in more than 180 days", monday, monday.Add(day + 180*day + time.Nanosecond), false},
		{"the last days of the calendars", lateStart, time.Date(2036, time.December, 30, 23, 0, 0, 0, time.UTC), true},
		{"beyond the calendars", lateStart, time.Date(2037, time.January, 2, 0, 0, 0, 0, time.UTC), false},
		{"beyond the calendars in Berlin", lateStart, time.Date(2036, time.December, 31, 23, 30, 0, 0, time.UTC), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.startAt(test.start)
			var before, after dispute.View
			var answer *reply
			f.at(day, func() {
				before = f.status()
				answer = f.send(dispute.UpdateMoveDeadline, moveTo(test.to))
			})
			f.at(day+2*time.Nanosecond, func() { after = f.status() })
			f.closes(dispute.ClosedMerchantSilent)
			if test.ok {
				require.NoError(t, answer.err)
				require.WithinDuration(t, test.to, f.settles[0].At, time.Second)
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

// TestMovedTwiceAtOnce: the last move counts, and only that one is announced.
func TestMovedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(40*day)))
		f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(10*day)))
	})
	f.closes(dispute.ClosedMerchantSilent)
	require.True(t, monday.Add(10*day).Equal(f.settles[0].At))
	require.True(t, monday.Add(10*day).Equal(f.last(dispute.OccasionDeadlineMoved).Deadline))
}

// TestMoveIsForItsPeriodOnly: a move that is overtaken by the answer does not touch the next deadline.
func TestMoveIsForItsPeriodOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.rulings[dispute.StageJustification] = ptr(justified(&yes))
	f.recorder.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	after := f.toStatement()
	var moves []*reply
	f.at(after, func() {
		moves = append(moves, f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(40*day))), f.send(dispute.UpdateMoveDeadline, moveTo(monday.Add(35*day))))
		f.send(dispute.UpdateStateReason, stated)
	})
	f.at(after+time.Second, f.recorder.release)
	f.at(after+time.Hour, func() {
		view := f.status()
		require.NoError(t, moves[0].err, "the other has replaced it")
		require.ErrorContains(t, moves[1].err, "the period has ended before its deadline was moved")
		require.Zero(t, countEvents(view, dispute.UpdateMoveDeadline), "neither has taken effect")
		require.Zero(t, f.count(dispute.OccasionDeadlineMoved, dispute.PartyCustomer))
		require.Equal(t, dispute.WaitEvidence, view.WaitingFor)
		// Ten business days after Wednesday, 23 December.
		require.Equal(t, "2027-01-09T00:00:00+01:00", view.Deadline.Format(time.RFC3339))
	})
	f.closes(dispute.ClosedNoInformation)
}

// TestMoveOvertakenByTheDecision: nobody is informed of a deadline that no longer runs.
func TestMoveOvertakenByTheDecision(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
	var moved *reply
	f.at(day, func() { moved = f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
	f.at(2*day, func() {
		f.takeDown("ledger")
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	f.at(2*day+time.Second, func() { require.Nil(t, f.status().Deadline) })
	f.at(2*day+2*time.Second, f.restore)
	view := f.closes(dispute.ClosedByWithdrawal)
	require.NotContains(t, events(view), "sent-deadline-moved")
	require.NotContains(t, events(view), dispute.UpdateMoveDeadline, "it has not taken effect")
	require.ErrorContains(t, moved.err, "the period has ended before its deadline was moved")
}

func ptr[T any](value T) *T { return &value }

// TestMessageAtTheDeadline: a message that is in the history before the deadline's own task starts is honoured. The
// environment gives each message a task of its own; with SkippingWorkflowTask the message and the deadline reach the
// dispute in one task.
func TestMessageAtTheDeadline(t *testing.T) {
	t.Parallel()
	agree := func(f *fixture) { f.signal(dispute.SignalAgreement, customerPays) }
	for name, test := range map[string]struct {
		offset time.Duration
		send   func(*fixture)
		want   dispute.ClosingReason
	}{
		"agreement just before":   {-1, agree, dispute.ClosedByAgreement},
		"agreement in one task":   {-1, func(f *fixture) { f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalAgreement, customerPays) }, dispute.ClosedByAgreement},
		"withdrawal in one task":  {-1, func(f *fixture) { f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByWithdrawal},
		"agreement after it":      {0, agree, dispute.ClosedMerchantSilent},
		"agreement just after it": {1, agree, dispute.ClosedMerchantSilent},
		"reaction just before":    {-1, func(f *fixture) { f.send(dispute.UpdateRespond, responded) }, dispute.ClosedNotSubstantiated},
		"move just before":        {-1, func(f *fixture) { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(day))) }, dispute.ClosedMerchantSilent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.on(windowEnds.Add(test.offset), func() { test.send(f) })
			f.closes(test.want)
		})
	}
}

// TestPeriods: a period ends with its last day in the calendar's zone, and is counted in business days of the dispute's
// calendar from the message that opened it.
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
			f := newFixture(t)
			f.dispute.Calendar, f.dispute.Policy.ResponseBusinessDays = test.calendar, test.days
			f.at(time.Hour, func() { require.Equal(t, test.until, f.status().Deadline.Format(time.RFC3339)) })
			f.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, test.days, f.last(dispute.OccasionOpened).BusinessDays)
		})
	}
}

// TestStatementAndEvidencePeriods: both are ten business days, counted from the question.
func TestStatementAndEvidencePeriods(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.toEvidence()
	f.on(windowEnds.Add(time.Hour), func() {
		// Asked as Wednesday, 23 December begins: 24, 28 to 31 December, 4 to 8 January.
		require.Equal(t, "2027-01-09T00:00:00+01:00", f.status().Deadline.Format(time.RFC3339))
	})
	f.at(after, func() {
		// Asked on Thursday, 24 December: 28 to 31 December, 4 to 8 and 11 January.
		require.Equal(t, "2027-01-12T00:00:00+01:00", f.status().Deadline.Format(time.RFC3339))
	})
	f.closes(dispute.ClosedNoInformation)
	require.Equal(t, 10, f.last(dispute.OccasionReasonAsked).BusinessDays)
	require.Equal(t, 10, f.last(dispute.OccasionInformationRequested).BusinessDays)
	require.Equal(t, stated.Statement, f.last(dispute.OccasionInformationRequested).Statement)
}

// TestRemindersArePlannedForTheWindowOnly: a moved deadline comes with reminders while the parties may agree, and without later.
func TestRemindersArePlannedForTheWindowOnly(t *testing.T) {
	t.Parallel()
	for wait, want := range map[dispute.Wait]bool{
		dispute.WaitAgreement: true, dispute.WaitStatement: false, dispute.WaitEvidence: false,
	} {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var plans []activities.Plan
			f.recorder.hold(func(_ string, input any) bool {
				if plan, ok := input.(activities.Plan); ok {
					plans = append(plans, plan)
				}
				return false
			})
			after := waits[wait](f)
			f.at(after, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow.Add(30*day))) })
			f.at(after+time.Hour, f.env.CancelWorkflow)
			f.run()
			require.Len(t, plans, 1)
			require.Equal(t, want, plans[0].Reminders)
		})
	}
}

// TestPlanAfterTheAnswer: a deadline that is planned when the answer has come already is not moved.
func TestPlanAfterTheAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wait   dispute.Wait
		answer any
	}{
		dispute.UpdateStateReason:    {dispute.WaitStatement, stated},
		dispute.UpdateSubmitEvidence: {dispute.WaitEvidence, evidence},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.recorder.hold(func(name string, _ any) bool { return name == "PlanDeadline" })
			after := waits[test.wait](f)
			var moved *reply
			f.at(after, func() { moved = f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow.Add(30*day))) })
			f.at(after+time.Hour, func() { f.send(name, test.answer) })
			f.at(after+2*time.Hour, f.recorder.release)
			f.at(after+3*time.Hour, f.env.CancelWorkflow)
			view := f.run()
			require.ErrorContains(t, moved.err, "the period has ended before its deadline was moved")
			require.Zero(t, countEvents(view, dispute.UpdateMoveDeadline))
			require.NotContains(t, events(view), "not-sent-deadline-moved")
		})
	}
}
