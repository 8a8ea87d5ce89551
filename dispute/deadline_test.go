package dispute_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestUntilAndLastDay(t *testing.T) {
	t.Parallel()
	for at, test := range map[string]struct {
		day   string
		whole bool
		until string
	}{
		"2026-12-22T00:00:00+01:00":           {"2026-12-21", true, "the end of Monday, 21 December 2026"},
		"2027-01-01T00:00:00+01:00":           {"2026-12-31", true, "the end of Thursday, 31 December 2026"},
		"2028-03-01T00:00:00+01:00":           {"2028-02-29", true, "the end of Tuesday, 29 February 2028"},
		"2026-03-30T00:00:00+02:00":           {"2026-03-29", true, "the end of Sunday, 29 March 2026"}, // an hour short
		"2026-12-22T00:00:00-05:00":           {"2026-12-21", true, "the end of Monday, 21 December 2026"},
		"2026-12-21T23:00:00Z":                {"2026-12-21", false, "23:00 on Monday, 21 December 2026"}, // the zone is the reader's
		"2026-12-21T15:30:00+01:00":           {"2026-12-21", false, "15:30 on Monday, 21 December 2026"},
		"2026-12-22T00:00:01+01:00":           {"2026-12-22", false, "00:00 on Tuesday, 22 December 2026"},
		"2026-12-22T00:00:00.000000001+01:00": {"2026-12-22", false, "00:00 on Tuesday, 22 December 2026"},
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			deadline, err := time.Parse(time.RFC3339, at)
			require.NoError(t, err)
			day, whole := dispute.LastDay(deadline)
			require.Equal(t, test.day, day.Format(time.DateOnly))
			require.Equal(t, test.whole, whole)
			require.Equal(t, test.until, dispute.Until(deadline))
		})
	}
}

func TestReminderDays(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[dispute.Occasion]int{"reminder-7": 7, "reminder-2": 2}, dispute.ReminderDays)
}
