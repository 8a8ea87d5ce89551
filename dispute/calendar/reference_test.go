package calendar_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rickb777/date/v2"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// TestEveryDayFollowsTheLaw compares every day of every calendar with rules that were written from the laws, not from
// the tables of the package.
func TestEveryDayFollowsTheLaw(t *testing.T) {
	t.Parallel()
	for _, name := range calendar.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reference, ok := laws[name]
			require.True(t, ok, "no reference")
			c, closed := load(t, name), reference.days()
			start := date.New(dispute.FirstYear, time.January, 1)
			for day := start; day.Year() <= dispute.LastYear; day++ {
				business, err := c.IsBusinessDay(day)
				require.NoError(t, err)
				require.Equal(t, !isWeekend(day) && !closed[day], business, "%s %s", day.Weekday(), day)
			}
		})
	}
}

// law has the rules of a calendar's holidays.
type law struct {
	fixed  []string   // every year: "10-03"
	easter []int      // days after Easter Sunday
	first  []floating // the first such weekday on or after a date
	once   []string   // in one year only: "2025-05-08"

	// substitute returns the day off for a fixed holiday on a weekend, or is nil if there is none.
	substitute func(holiday date.Date, closed map[date.Date]bool) date.Date
}

type floating struct {
	weekday time.Weekday
	month   time.Month
	day     int
}

// and returns the holidays of both laws.
func (l law) and(more law) law {
	return law{
		fixed:  slices.Concat(l.fixed, more.fixed),
		easter: slices.Concat(l.easter, more.easter),
		first:  slices.Concat(l.first, more.first),
		once:   slices.Concat(l.once, more.once),
	}
}

func (l law) days() map[date.Date]bool {
	days := make(map[date.Date]bool)
	for _, day := range l.once {
		days[date.MustParseISO(day)] = true
	}
	for year := dispute.FirstYear; year <= dispute.LastYear; year++ {
		for _, day := range l.fixed {
			days[date.MustParseISO(date.New(year, time.January, 1).Format("2006-")+day)] = true
		}
		for _, offset := range l.easter {
			days[easterSunday(year)+date.Date(offset)] = true
		}
		for _, f := range l.first {
			day := date.New(year, f.month, f.day)
			for day.Weekday() != f.weekday {
				day++
			}
			days[day] = true
		}
	}
	if l.substitute != nil {
		l.addSubstitutes(days)
	}
	return days
}

func (l law) addSubstitutes(days map[date.Date]bool) {
	for year := dispute.FirstYear; year <= dispute.LastYear+1; year++ { // 1 January can have its substitute the year before
		for _, fixed := range l.fixed {
			day := date.MustParseISO(date.New(year, time.January, 1).Format("2006-") + fixed)
			if isWeekend(day) {
				days[l.substitute(day, days)] = true
			}
		}
	}
}

// nearest is the rule of the United States: the Friday before a Saturday, the Monday after a Sunday.
func nearest(holiday date.Date, _ map[date.Date]bool) date.Date {
	if holiday.Weekday() == time.Saturday {
		return holiday - 1
	}
	return holiday + 1
}

// nextOpen is the rule of England: the next day that is neither a weekend nor a holiday.
func nextOpen(holiday date.Date, closed map[date.Date]bool) date.Date {
	day := holiday + 1
	for isWeekend(day) || closed[day] {
		day++
	}
	return day
}

func isWeekend(day date.Date) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// easterSunday returns Easter Sunday by Gauss's rule for 1900 to 2099.
func easterSunday(year int) date.Date {
	d := (19*(year%19) + 24) % 30
	e := (2*(year%4) + 4*(year%7) + 6*d + 5) % 7
	switch {
	case d == 29 && e == 6, d == 28 && e == 6 && year%19 > 10:
		e = -1 // a week earlier
	}
	return date.New(year, time.March, 22) + date.Date(d+e)
}

func TestEasterSunday(t *testing.T) {
	t.Parallel()
	almanac := []string{
		"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21",
		"2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25", "2036-04-13",
	}
	for i, day := range almanac {
		require.Equal(t, day, easterSunday(dispute.FirstYear+i).String())
	}
}
