package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestPlanDeadline: the deadline is in the zone of the calendar, and its reminders are in order of time.
func TestPlanDeadline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in        activities.Plan
		at        string
		reminders map[dispute.Occasion]string
	}{
		"midnight in Berlin": {
			activities.Plan{Calendar: "DE", At: time.Date(2026, time.December, 22, 23, 0, 0, 0, time.UTC), Reminders: true},
			"2026-12-23T00:00:00+01:00",
			map[dispute.Occasion]string{dispute.OccasionReminder7: "2026-12-11T09:00:00+01:00", dispute.OccasionReminder2: "2026-12-18T09:00:00+01:00"},
		},
		"over a clock change": {
			activities.Plan{Calendar: "DE", At: time.Date(2026, time.October, 27, 12, 0, 0, 0, time.UTC), Reminders: true},
			"2026-10-27T13:00:00+01:00",
			map[dispute.Occasion]string{dispute.OccasionReminder7: "2026-10-16T09:00:00+02:00", dispute.OccasionReminder2: "2026-10-23T09:00:00+02:00"},
		},
		"without reminders": {
			activities.Plan{Calendar: "US", At: time.Date(2026, time.December, 22, 23, 0, 0, 0, time.UTC)},
			"2026-12-22T18:00:00-05:00", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deadline, err := (&activities.Deadlines{}).PlanDeadline(t.Context(), test.in)
			require.NoError(t, err)
			require.Equal(t, test.at, deadline.At.Format(time.RFC3339))
			require.Len(t, deadline.Reminders, len(test.reminders))
			for i, reminder := range deadline.Reminders {
				require.Equal(t, test.reminders[reminder.Occasion], reminder.At.Format(time.RFC3339))
				require.False(t, i > 0 && reminder.At.Before(deadline.Reminders[i-1].At))
			}
		})
	}
}

// TestPlanDeadlineIsRetried: a plan that cannot be made is a transient error.
func TestPlanDeadlineIsRetried(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]activities.Plan{
		"unknown calendar":     {Calendar: "XX", At: monday},
		"beyond the calendars": {Calendar: "DE", At: time.Date(2037, time.January, 5, 0, 0, 0, 0, time.UTC), Reminders: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := (&activities.Deadlines{}).PlanDeadline(t.Context(), in)
			require.Error(t, err)
			require.Empty(t, dispute.CodeOf(err))
		})
	}
}
