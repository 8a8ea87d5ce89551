package calendar_test

import (
	"testing"
	"time"

	"github.com/rickb777/date/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute/calendar"
)

func TestDeadlineProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := load(t, rapid.SampledFrom(calendar.Names()).Draw(t, "calendar"))
		from := anyInstant(t)
		n := rapid.IntRange(1, 59).Draw(t, "business days")

		deadline, err := c.Deadline(from, n)
		require.NoError(t, err)
		requireMidnight(t, c, deadline)
		require.Equal(t, n, businessDaysBetween(t, c, from, deadline))
		require.True(t, isBusinessDay(t, c, deadline.Add(-time.Nanosecond)))

		later, err := c.Deadline(from, n+1)
		require.NoError(t, err)
		require.True(t, later.After(deadline))
	})
}

func TestReminderProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := load(t, rapid.SampledFrom(calendar.Names()).Draw(t, "calendar"))
		deadline := anyInstant(t)
		left := rapid.IntRange(1, 60).Draw(t, "business days left")

		reminder, err := c.Reminder(deadline, left)
		require.NoError(t, err)
		require.True(t, reminder.Before(deadline))
		require.Same(t, c.Zone(), reminder.Location())
		require.Equal(t, "09:00:00.000000000", reminder.Format("15:04:05.000000000"))
		require.True(t, isBusinessDay(t, c, reminder))
		require.Equal(t, left, businessDaysBetween(t, c, reminder, deadline))
	})
}

// anyInstant draws an instant at least half a year inside the covered years, to leave room for counting.
func anyInstant(t *rapid.T) time.Time {
	first := time.Date(2024, time.July, 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(2036, time.July, 1, 0, 0, 0, 0, time.UTC)
	if rapid.Bool().Draw(t, "on the hour") { // where midnights and clock changes are
		return first.Add(time.Duration(rapid.IntRange(0, int(last.Sub(first).Hours())).Draw(t, "hours")) * time.Hour)
	}
	return first.Add(time.Duration(rapid.Int64Range(0, int64(last.Sub(first))).Draw(t, "nanoseconds")))
}

func requireMidnight(t *rapid.T, c *calendar.Calendar, at time.Time) {
	t.Helper()
	require.Same(t, c.Zone(), at.Location())
	require.Equal(t, "00:00:00.000000000", at.Format("15:04:05.000000000"))
}

// businessDaysBetween counts the business days that begin after the local day of from and before to.
func businessDaysBetween(t *rapid.T, c *calendar.Calendar, from, to time.Time) int {
	t.Helper()
	last := date.NewAt(to.Add(-time.Nanosecond).In(c.Zone()))
	n := 0
	for day := date.NewAt(from.In(c.Zone())) + 1; day <= last; day++ {
		business, err := c.IsBusinessDay(day)
		require.NoError(t, err)
		if business {
			n++
		}
	}
	return n
}

func isBusinessDay(t *rapid.T, c *calendar.Calendar, at time.Time) bool {
	t.Helper()
	business, err := c.IsBusinessDay(date.NewAt(at.In(c.Zone())))
	require.NoError(t, err)
	return business
}
