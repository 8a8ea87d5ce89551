package calendar_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rickb777/date/v2"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

func TestEveryNameHasATable(t *testing.T) {
	t.Parallel()
	require.Equal(t, dispute.CalendarNames, calendar.Names())
	require.ElementsMatch(t, dispute.CalendarNames, calendar.TableNames())
}

func TestNamesIsACopy(t *testing.T) {
	t.Parallel()
	calendar.Names()[0] = "changed"
	require.Equal(t, "DE", calendar.Names()[0])
}

func TestLoadRefusesUnknownNames(t *testing.T) {
	t.Parallel()
	for name, unknown := range map[string]string{
		"Empty": "", "LowerCase": "de", "OtherCountry": "FI", "OtherState": "DE-XX", "Canton": "CH-ZH",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := calendar.Load(unknown)
			require.Equal(t, dispute.CodeUnknownCalendar, dispute.CodeOf(err))
			require.ErrorContains(t, err, strings.Join(dispute.CalendarNames, ", "))
		})
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	zones := map[string]string{
		"AT": "Europe/Vienna", "CH": "Europe/Zurich", "NL": "Europe/Amsterdam", "BE": "Europe/Brussels",
		"FR": "Europe/Paris", "SE": "Europe/Stockholm", "NO": "Europe/Oslo", "DK": "Europe/Copenhagen",
		"GB": "Europe/London", "US": "America/New_York",
	}
	for _, name := range calendar.Names() {
		want, ok := zones[name]
		if !ok { // Germany, its states, and Frankfurt for TARGET
			want = "Europe/Berlin"
		}
		require.Equal(t, want, load(t, name).Zone().String(), name)
	}
}

func TestIsBusinessDayOutsideTheCoveredYears(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		day      string
		business bool
		code     dispute.Code
	}{
		"DayBefore": {day: "2023-12-31", code: dispute.CodeOutsideCalendar},
		"FirstDay":  {day: "2024-01-01"},
		"SecondDay": {day: "2024-01-02", business: true},
		"LastDay":   {day: "2036-12-31", business: true},
		"DayAfter":  {day: "2037-01-01", code: dispute.CodeOutsideCalendar},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			business, err := load(t, "DE").IsBusinessDay(date.MustParseISO(test.day))
			require.Equal(t, test.code, dispute.CodeOf(err))
			require.Equal(t, test.business, business)
			if err != nil {
				require.EqualError(t, err, test.day+" is outside the years 2024 to 2036 that the calendars cover")
			}
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	from := instant(t, "2026-11-20T12:00:00+01:00")
	deadlines := make([]time.Time, 32)
	errs := make([]error, len(deadlines))
	var users sync.WaitGroup
	for i := range deadlines {
		users.Go(func() {
			c, err := calendar.Load("DE")
			if err == nil {
				deadlines[i], err = c.Deadline(from, 21)
			}
			errs[i] = err
		})
	}
	users.Wait()
	for i, deadline := range deadlines {
		require.NoError(t, errs[i])
		require.Equal(t, "2026-12-22T00:00:00+01:00", deadline.Format(time.RFC3339))
	}
}

// tester is implemented by *testing.T and *rapid.T.
type tester interface {
	require.TestingT
	Helper()
}

func load(t tester, name string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Load(name)
	require.NoError(t, err)
	return c
}

func instant(t tester, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}
