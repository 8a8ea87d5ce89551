package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDeadlineOnPaper: the days were counted by hand on printed calendars.
func TestDeadlineOnPaper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, calendar, days, from, want string }{
		// Easter 2026: Good Friday 3 April, Easter Monday 6 April. From Wednesday, 1 April: 2, 7, 8 April.
		{"Easter", "DE", "3", "2026-04-01T12:00:00+02:00", "2026-04-09T00:00:00+02:00"},
		{"Easter", "DE-BY", "3", "2026-04-01T12:00:00+02:00", "2026-04-09T00:00:00+02:00"},
		{"Easter", "DE-MV", "3", "2026-04-01T12:00:00+02:00", "2026-04-09T00:00:00+02:00"},
		{"Easter", "SE", "3", "2026-04-01T12:00:00+02:00", "2026-04-09T00:00:00+02:00"},
		{"Easter", "TARGET", "3", "2026-04-01T12:00:00+02:00", "2026-04-09T00:00:00+02:00"},
		// Good Friday is none in Austria: 2, 3, 7 April.
		{"Easter", "AT", "3", "2026-04-01T12:00:00+02:00", "2026-04-08T00:00:00+02:00"},

		// Christmas 2026, from Wednesday, 23 December. Germany: 24, 28, 29 (25 is a Friday, 26 a Saturday).
		{"Christmas", "DE", "3", "2026-12-23T09:00:00+01:00", "2026-12-30T00:00:00+01:00"},
		{"Christmas", "AT", "3", "2026-12-23T09:00:00+01:00", "2026-12-30T00:00:00+01:00"},
		{"Christmas", "TARGET", "3", "2026-12-23T09:00:00+01:00", "2026-12-30T00:00:00+01:00"},
		// Sweden closes on Christmas Eve: 28, 29, 30.
		{"Christmas", "SE", "3", "2026-12-23T09:00:00+01:00", "2026-12-31T00:00:00+01:00"},
		// Over New Year, with Epiphany (Wednesday, 6 January) in Bavaria, Austria and Sweden. Ten from 23 December:
		// 24, 28, 29, 30, 31, 4, 5, 6, 7, 8 January.
		{"New Year", "DE", "10", "2026-12-23T09:00:00+01:00", "2027-01-09T00:00:00+01:00"},
		{"New Year", "DE-MV", "10", "2026-12-23T09:00:00+01:00", "2027-01-09T00:00:00+01:00"},
		{"New Year", "TARGET", "10", "2026-12-23T09:00:00+01:00", "2027-01-09T00:00:00+01:00"},
		// … 5, 7, 8, 11 January.
		{"New Year", "DE-BY", "10", "2026-12-23T09:00:00+01:00", "2027-01-12T00:00:00+01:00"},
		{"New Year", "AT", "10", "2026-12-23T09:00:00+01:00", "2027-01-12T00:00:00+01:00"},
		// 28, 29, 30, 4, 5, 7, 8, 11, 12, 13 January: both Eves are closed.
		{"New Year", "SE", "10", "2026-12-23T09:00:00+01:00", "2027-01-14T00:00:00+01:00"},

		// 3 October 2025 is a Friday. From Wednesday, 1 October: 2, 6 October; elsewhere 2, 3 October.
		{"Unity", "DE", "2", "2025-10-01T00:00:00+02:00", "2025-10-07T00:00:00+02:00"},
		{"Unity", "DE-BY", "2", "2025-10-01T23:59:59+02:00", "2025-10-07T00:00:00+02:00"},
		{"Unity", "DE-MV", "2", "2025-10-01T12:00:00+02:00", "2025-10-07T00:00:00+02:00"},
		{"Unity", "AT", "2", "2025-10-01T12:00:00+02:00", "2025-10-04T00:00:00+02:00"},
		{"Unity", "SE", "2", "2025-10-01T12:00:00+02:00", "2025-10-04T00:00:00+02:00"},
		{"Unity", "TARGET", "2", "2025-10-01T12:00:00+02:00", "2025-10-04T00:00:00+02:00"},

		// Women's Day in Mecklenburg-Vorpommern is Monday, 8 March 2027: 9 March instead of 8.
		{"Women's Day", "DE-MV", "1", "2027-03-05T12:00:00+01:00", "2027-03-10T00:00:00+01:00"},
		{"Women's Day", "DE", "1", "2027-03-05T12:00:00+01:00", "2027-03-09T00:00:00+01:00"},

		// Summer time begins on Sunday, 29 March 2026 and ends on Sunday, 25 October 2026. From the Friday before,
		// one and two days: the Monday and the Tuesday.
		{"spring", "DE", "1", "2026-03-27T12:00:00+01:00", "2026-03-31T00:00:00+02:00"},
		{"spring", "DE-BY", "2", "2026-03-27T12:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		{"spring", "AT", "1", "2026-03-27T12:00:00+01:00", "2026-03-31T00:00:00+02:00"},
		{"spring", "SE", "1", "2026-03-27T12:00:00+01:00", "2026-03-31T00:00:00+02:00"},
		{"spring", "TARGET", "1", "2026-03-27T12:00:00+01:00", "2026-03-31T00:00:00+02:00"},
		{"autumn", "DE", "1", "2026-10-23T12:00:00+02:00", "2026-10-27T00:00:00+01:00"},
		{"autumn", "DE-MV", "2", "2026-10-23T12:00:00+02:00", "2026-10-28T00:00:00+01:00"},
		{"autumn", "SE", "1", "2026-10-23T12:00:00+02:00", "2026-10-27T00:00:00+01:00"},
		{"autumn", "TARGET", "1", "2026-10-23T12:00:00+02:00", "2026-10-27T00:00:00+01:00"},
		// The national day of Austria is the Monday after: 27 October.
		{"autumn", "AT", "1", "2026-10-23T12:00:00+02:00", "2026-10-28T00:00:00+01:00"},

		// The day of the event is the calendar's own: 23:30 in London on the 22nd is the 23rd in Berlin.
		{"zone", "DE", "1", "2026-11-22T23:30:00Z", "2026-11-25T00:00:00+01:00"},
		{"zone", "GB", "1", "2026-11-22T23:30:00Z", "2026-11-24T00:00:00Z"},
	} {
		t.Run(c.why+" "+c.calendar, func(t *testing.T) {
			t.Parallel()
			got := starter(t).does("deadline", "--calendar", c.calendar, "--business-days", c.days, "--from", c.from)
			require.Equal(t, c.want+"\n", got)
		})
	}
}

// TestDeadlineDefaults: 21 business days from now, by the German calendar.
func TestDeadlineDefaults(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^\d{4}-\d\d-\d\dT00:00:00\+0[12]:00\n$`, starter(t).does("deadline"))
}

func TestDeadlineRefused(t *testing.T) {
	t.Parallel()
	s := starter(t)
	s.fails([]string{"deadline", "--calendar", "FI"}, "refused (unknown_calendar)", "allowed are DE, DE-BW")
	s.fails([]string{"deadline", "--business-days", "61"}, "refused (invalid_dispute)", "allowed are 1 to 60")
	s.fails([]string{"deadline", "--business-days", "0"}, "allowed are 1 to 60")
	s.fails([]string{"deadline", "--from", "2036-12-20T12:00:00+01:00"}, "refused (outside_calendar)", "2024 to 2036")
	s.fails([]string{"deadline", "--from", "2023-12-20T12:00:00+01:00"}, "refused (outside_calendar)")
}
