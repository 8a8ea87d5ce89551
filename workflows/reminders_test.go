package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// The plan of a dispute that is opened on monday: 21 business days without a holiday.
var (
	reminder7   = time.Date(2026, time.December, 11, 8, 0, 0, 0, time.UTC)
	reminder2   = time.Date(2026, time.December, 18, 8, 0, 0, 0, time.UTC)
	windowEnds  = time.Date(2026, time.December, 22, 23, 0, 0, 0, time.UTC)
	laterWindow = time.Date(2027, time.January, 12, 23, 0, 0, 0, time.UTC)
)

// reminders returns the instants at which reminders were taken, by occasion.
func (f *fixture) reminders() map[dispute.Occasion][]time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := map[dispute.Occasion][]time.Time{}
	for _, sent := range f.sent {
		if _, ok := dispute.ReminderDays[sent.Key.Occasion]; ok {
			found[sent.Key.Occasion] = append(found[sent.Key.Occasion], sent.at.UTC())
		}
	}
	return found
}

// holdMessages holds the messages of these occasions.
func (f *fixture) holdMessages(occasions ...dispute.Occasion) {
	f.recorder.hold(func(_ string, input any) bool {
		switch in := input.(type) {
		case activities.Notification:
			return slices.Contains(occasions, in.Occasion)
		case []activities.Notification:
			return slices.ContainsFunc(in, func(n activities.Notification) bool { return slices.Contains(occasions, n.Occasion) })
		default:
			return false
		}
	})
}

// TestReminders: a reminder goes out at 09:00 in Berlin on the business day that has 7 (2) business days after it, also
// when the clocks change within the window.
func TestReminders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		start        time.Time
		seven, two   time.Time
		until        time.Time
		untilInWords string
	}{
		{"in winter", monday, reminder7, reminder2, windowEnds, "the end of Tuesday, 22 December 2026"},
		{
			"into winter time", time.Date(2026, time.October, 12, 8, 0, 0, 0, time.UTC),
			time.Date(2026, time.October, 30, 8, 0, 0, 0, time.UTC), time.Date(2026, time.November, 6, 8, 0, 0, 0, time.UTC),
			time.Date(2026, time.November, 10, 23, 0, 0, 0, time.UTC), "the end of Tuesday, 10 November 2026",
		},
		{
			"into summer time, over Easter", time.Date(2027, time.March, 8, 8, 0, 0, 0, time.UTC),
			time.Date(2027, time.March, 30, 7, 0, 0, 0, time.UTC), time.Date(2027, time.April, 6, 7, 0, 0, 0, time.UTC),
			time.Date(2027, time.April, 8, 22, 0, 0, 0, time.UTC), "the end of Thursday, 8 April 2027",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.startAt(test.start)
			f.at(day, func() { require.Equal(t, test.untilInWords, dispute.Until(*f.status().Deadline)) })
			f.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, map[dispute.Occasion][]time.Time{
				dispute.OccasionReminder7: {test.seven}, dispute.OccasionReminder2: {test.two},
			}, f.reminders())
			require.True(t, test.until.Equal(f.settles[0].At))
			require.True(t, test.until.Equal(f.last(dispute.OccasionReminder2).Deadline))
		})
	}
}

// TestNoReminderAfterReaction: a merchant who has reacted gets no reminder, not even one that is under way.
func TestNoReminderAfterReaction(t *testing.T) {
	t.Parallel()
	react := func(f *fixture) { f.send(dispute.UpdateRespond, responded) }
	submit := func(f *fixture) { f.send(dispute.UpdateSubmitEvidence, evidence) }
	for name, test := range map[string]struct {
		held  bool
		at    time.Time
		react func(*fixture)
		want  map[dispute.Occasion][]time.Time
	}{
		"before both":                 {false, monday.Add(day), react, map[dispute.Occasion][]time.Time{}},
		"with evidence":               {false, monday.Add(day), submit, map[dispute.Occasion][]time.Time{}},
		"between both":                {false, reminder7.Add(time.Hour), react, map[dispute.Occasion][]time.Time{dispute.OccasionReminder7: {reminder7}}},
		"while it cannot be mailed":   {true, reminder7.Add(time.Hour), react, map[dispute.Occasion][]time.Time{}},
		"while neither can be mailed": {true, reminder2.Add(time.Hour), submit, map[dispute.Occasion][]time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			if test.held {
				f.holdMessages(dispute.OccasionReminder7, dispute.OccasionReminder2)
			}
			f.on(test.at, func() { test.react(f) })
			f.on(reminder2.Add(2*time.Hour), f.recorder.release)
			f.closes(dispute.ClosedNotSubstantiated)
			require.Equal(t, test.want, f.reminders())
		})
	}
}

// TestReactionInOneTaskWithTheReminder: the workflow handles the reaction first.
func TestReactionInOneTaskWithTheReminder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.on(reminder7.Add(-1), func() {
		f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalAgreement,
			dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant})
	})
	f.closes(dispute.ClosedNotSubstantiated)
	require.Empty(t, f.reminders())
}

// TestRemindersAfterOutage: when the mail server is back, only the latest reminder that fell due goes out, and none
// once the deadline has passed.
func TestRemindersAfterOutage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		back time.Time
		want map[dispute.Occasion][]time.Time
	}{
		"before the second": {
			reminder2.Add(-time.Hour),
			map[dispute.Occasion][]time.Time{dispute.OccasionReminder7: {reminder2.Add(-time.Hour)}, dispute.OccasionReminder2: {reminder2}},
		},
		"after the second": {
			reminder2.Add(time.Hour), map[dispute.Occasion][]time.Time{dispute.OccasionReminder2: {reminder2.Add(time.Hour)}},
		},
		"after the deadline": {windowEnds.Add(time.Hour), map[dispute.Occasion][]time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.holdMessages(dispute.OccasionReminder7, dispute.OccasionReminder2)
			f.on(windowEnds.Add(-time.Minute), func() { f.send(dispute.UpdateRespond, responded) })
			f.on(test.back, f.recorder.release)
			f.closes(dispute.ClosedNotSubstantiated)
			require.Equal(t, test.want, f.reminders())
		})
	}
}

// TestRemindersAfterOutageOfTheWorkers: of the reminders that have fallen due meanwhile, only the latest goes out.
func TestRemindersAfterOutageOfTheWorkers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	back := reminder2.Add(time.Hour)
	f.outageOver(reminder7, back.Sub(reminder7))
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, map[dispute.Occasion][]time.Time{dispute.OccasionReminder2: {back}}, f.reminders())
}

// TestMovedDeadlineRemindsAnew: both reminders are planned for the new deadline, even when they were sent for the old
// one.
func TestMovedDeadlineRemindsAnew(t *testing.T) {
	t.Parallel()
	newSeven := time.Date(2026, time.December, 31, 8, 0, 0, 0, time.UTC)
	newTwo := time.Date(2027, time.January, 8, 8, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		at, to time.Time
		held   bool
		want   map[dispute.Occasion][]time.Time
	}{
		"before both": {monday.Add(day), laterWindow, false, map[dispute.Occasion][]time.Time{
			dispute.OccasionReminder7: {newSeven}, dispute.OccasionReminder2: {newTwo},
		}},
		"after both": {reminder2.Add(day), laterWindow, false, map[dispute.Occasion][]time.Time{
			dispute.OccasionReminder7: {reminder7, newSeven}, dispute.OccasionReminder2: {reminder2, newTwo},
		}},
		"while the first cannot be mailed": {reminder7.Add(time.Hour), laterWindow, true, map[dispute.Occasion][]time.Time{
			dispute.OccasionReminder7: {newSeven}, dispute.OccasionReminder2: {newTwo},
		}},
		"so near that the first is past": {monday.Add(time.Hour), time.Date(2026, time.November, 27, 23, 0, 0, 0, time.UTC), false, map[dispute.Occasion][]time.Time{
			dispute.OccasionReminder2: {time.Date(2026, time.November, 25, 8, 0, 0, 0, time.UTC)},
		}},
		"so near that both are past": {monday.Add(time.Hour), monday.Add(5 * time.Hour), false, map[dispute.Occasion][]time.Time{}},
		"to an hour within a day, which counts as a day left": {
			monday.Add(time.Hour), time.Date(2026, time.November, 27, 11, 0, 0, 0, time.UTC), false, map[dispute.Occasion][]time.Time{
				dispute.OccasionReminder2: {time.Date(2026, time.November, 25, 8, 0, 0, 0, time.UTC)},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			if test.held {
				f.holdMessages(dispute.OccasionReminder7)
				f.on(test.at.Add(time.Hour), f.recorder.release)
			}
			f.on(test.at, func() { f.send(dispute.UpdateMoveDeadline, moveTo(test.to)) })
			f.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, test.want, f.reminders())
			require.True(t, test.to.Equal(f.settles[0].At))
		})
	}
}

// TestRemindersGoToThePortal: reminders take the portal when it is active, as the first message does.
func TestRemindersGoToThePortal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, "portal", f.last(dispute.OccasionReminder7).via)
	require.Equal(t, "portal", f.last(dispute.OccasionReminder2).via)
	require.Equal(t, 1, f.count(dispute.OccasionReminder7, dispute.PartyMerchant))
}
