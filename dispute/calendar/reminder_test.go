package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestReminder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		calendar string
		deadline string
		left     int
		want     string
	}{
		"SevenLeft":           {"DE", "2026-12-22T00:00:00+01:00", 7, "2026-12-10T09:00:00+01:00"},
		"TwoLeft":             {"DE", "2026-12-22T00:00:00+01:00", 2, "2026-12-17T09:00:00+01:00"},
		"OneLeft":             {"DE", "2026-12-22T00:00:00+01:00", 1, "2026-12-18T09:00:00+01:00"},
		"DeadlineInUTC":       {"DE", "2026-12-21T23:00:00Z", 2, "2026-12-17T09:00:00+01:00"},
		"MidnightEndsTuesday": {"DE", "2026-12-16T00:00:00+01:00", 2, "2026-12-11T09:00:00+01:00"},
		"JustAfterMidnight":   {"DE", "2026-12-16T00:00:01+01:00", 2, "2026-12-14T09:00:00+01:00"},
		"MovedToSunday":       {"DE", "2026-12-20T15:00:00+01:00", 2, "2026-12-16T09:00:00+01:00"},
		"MidnightEndsSunday":  {"DE", "2026-12-21T00:00:00+01:00", 2, "2026-12-16T09:00:00+01:00"},
		"MovedToHoliday":      {"DE", "2026-12-25T12:00:00+01:00", 2, "2026-12-22T09:00:00+01:00"},
		"EarlyInTheDay":       {"DE", "2026-12-16T08:00:00+01:00", 1, "2026-12-15T09:00:00+01:00"},
		"AcrossEaster":        {"DE", "2026-04-08T00:00:00+02:00", 2, "2026-04-01T09:00:00+02:00"},
		"AcrossClocksForward": {"DE", "2026-03-31T00:00:00+02:00", 2, "2026-03-26T09:00:00+01:00"},
		"AcrossClocksBack":    {"DE", "2026-10-27T00:00:00+01:00", 2, "2026-10-22T09:00:00+02:00"},
		"SwedishChristmas":    {"SE", "2026-12-30T00:00:00+01:00", 2, "2026-12-23T09:00:00+01:00"},
		"AmericanMorning":     {"US", "2026-07-07T00:00:00-04:00", 2, "2026-07-01T09:00:00-04:00"},
		"EndOfCoveredYears":   {"DE", "2037-01-01T00:00:00+01:00", 1, "2036-12-30T09:00:00+01:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := load(t, test.calendar).Reminder(instant(t, test.deadline), test.left)
			require.NoError(t, err)
			require.Equal(t, test.want, got.Format(time.RFC3339))
		})
	}
}

func TestReminderRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		deadline string
		left     int
		code     dispute.Code
	}{
		"NoneLeft":     {"2026-12-22T00:00:00+01:00", 0, dispute.CodeInvalidDispute},
		"NegativeLeft": {"2026-12-22T00:00:00+01:00", -1, dispute.CodeInvalidDispute},
		"TooManyLeft":  {"2026-12-22T00:00:00+01:00", 61, dispute.CodeInvalidDispute},
		"ReachesBack":  {"2024-01-05T00:00:00+01:00", 7, dispute.CodeOutsideCalendar},
		"Year2037":     {"2037-01-01T15:00:00+01:00", 2, dispute.CodeOutsideCalendar},
		"NoInstant":    {"0001-01-01T00:00:00Z", 2, dispute.CodeOutsideCalendar},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, "DE").Reminder(instant(t, test.deadline), test.left)
			require.Equal(t, test.code, dispute.CodeOf(err))
		})
	}
}
