package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// The plan of a dispute that is opened on monday: 21 business days, and no holiday among them.
var (
	reminder7   = time.Date(2026, time.December, 11, 8, 0, 0, 0, time.UTC)
	reminder2   = time.Date(2026, time.December, 18, 8, 0, 0, 0, time.UTC)
	windowEnds  = time.Date(2026, time.December, 22, 23, 0, 0, 0, time.UTC)
	laterWindow = time.Date(2027, time.January, 12, 23, 0, 0, 0, time.UTC)
)

// reminders are the instants at which reminders were taken, by occasion.
func (w *world) reminders() map[dispute.Occasion][]time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := map[dispute.Occasion][]time.Time{}
	for _, sent := range w.sent {
		if _, ok := dispute.ReminderDays[sent.Key.Occasion]; ok {
			found[sent.Key.Occasion] = append(found[sent.Key.Occasion], sent.at.UTC())
		}
	}
	return found
}

// holdMessages holds up the messages of these occasions.
func (w *world) holdMessages(occasions ...dispute.Occasion) {
	w.probe.hold(func(_ string, input any) bool {
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

// TestReminders: at 09:00 in Berlin on the business day that has 7 (2) business days after it, also when
// the clocks change within the window.
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
			w := newWorld(t)
			w.startAt(test.start)
			w.at(day, func() { require.Equal(t, test.untilInWords, dispute.Until(*w.status().Deadline)) })
			w.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, map[dispute.Occasion][]time.Time{
				dispute.OccasionReminder7: {test.seven}, dispute.OccasionReminder2: {test.two},
			}, w.reminders())
			require.True(t, test.until.Equal(w.settles[0].At))
			require.True(t, test.until.Equal(w.last(dispute.OccasionReminder2).Deadline))
		})
	}
}

// TestNoReminderAfterReaction: a merchant who has reacted is not reminded, not even of what is under way.
func TestNoReminderAfterReaction(t *testing.T) {
	t.Parallel()
	react := func(w *world) { w.send(dispute.UpdateRespond, responded) }
	submit := func(w *world) { w.send(dispute.UpdateSubmitEvidence, evidence) }
	for name, test := range map[string]struct {
		held  bool
		at    time.Time
		react func(*world)
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
			w := newWorld(t)
			if test.held {
				w.holdMessages(dispute.OccasionReminder7, dispute.OccasionReminder2)
			}
			w.on(test.at, func() { test.react(w) })
			w.on(reminder2.Add(2*time.Hour), w.probe.release)
			w.closes(dispute.ClosedNotSubstantiated)
			require.Equal(t, test.want, w.reminders())
		})
	}
}

// TestReactionInOneTaskWithTheReminder: the reaction is seen first.
func TestReactionInOneTaskWithTheReminder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.on(reminder7.Add(-1), func() {
		w.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalAgreement,
			dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant})
	})
	w.closes(dispute.ClosedNotSubstantiated)
	require.Empty(t, w.reminders())
}

// TestRemindersAfterOutage: when the mail server is back, only the latest reminder that fell due goes out,
// and none once the deadline has passed.
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
			w := newWorld(t)
			w.holdMessages(dispute.OccasionReminder7, dispute.OccasionReminder2)
			w.on(windowEnds.Add(-time.Minute), func() { w.send(dispute.UpdateRespond, responded) })
			w.on(test.back, w.probe.release)
			w.closes(dispute.ClosedNotSubstantiated)
			require.Equal(t, test.want, w.reminders())
		})
	}
}

// TestMovedDeadlineRemindsAnew: both reminders are planned for the new deadline, whatever was sent before.
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
			w := newWorld(t)
			if test.held {
				w.holdMessages(dispute.OccasionReminder7)
				w.on(test.at.Add(time.Hour), w.probe.release)
			}
			w.on(test.at, func() { w.send(dispute.UpdateMoveDeadline, moveTo(test.to)) })
			w.closes(dispute.ClosedMerchantSilent)
			require.Equal(t, test.want, w.reminders())
			require.True(t, test.to.Equal(w.settles[0].At))
		})
	}
}

// TestRemindersGoToThePortal: as the first message, on the portal when it is active.
func TestRemindersGoToThePortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.merchant.PortalActive, w.merchant.EmailOnDispute = true, true
	w.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, "portal", w.last(dispute.OccasionReminder7).via)
	require.Equal(t, "portal", w.last(dispute.OccasionReminder2).via)
	require.Equal(t, 1, w.count(dispute.OccasionReminder7, dispute.PartyMerchant))
}
