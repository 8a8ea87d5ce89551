// Package calendar computes deadlines and reminders from numbers of business days.
//
// A business day is a day from Monday to Friday that is not a legal holiday. Holidays are computed from tables that
// change with the law, so workflow code must not call this package: an activity does, and the history keeps the result.
package calendar

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // time zones for machines without a zone database

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/dispute"
)

// Calendar has the business days and the time zone of one country, German state or TARGET. It is immutable and safe for
// concurrent use. Load returns one; the zero value is not usable.
type Calendar struct {
	zone     *time.Location
	holidays map[date.Date]bool
}

// Load returns the calendar with this name. An unknown name is a dispute.Refusal with dispute.CodeUnknownCalendar that
// lists the known names.
func Load(name string) (*Calendar, error) {
	calendars, err := all()
	if err != nil {
		return nil, err
	}
	if c, ok := calendars[name]; ok {
		return c, nil
	}
	return nil, dispute.Refuse(dispute.CodeUnknownCalendar, "unknown calendar %.64q; allowed are %s",
		name, strings.Join(dispute.CalendarNames, ", "))
}

// Names returns the names that Load knows: Germany and its states first, TARGET last.
func Names() []string {
	return slices.Clone(dispute.CalendarNames)
}

// Zone returns the time zone of the calendar: that of the capital or of the main banking centre.
func (c *Calendar) Zone() *time.Location {
	return c.zone
}

// IsBusinessDay reports whether the day is a business day. A Saturday never is (§ 675n (1) BGB, Bankarbeitstag). A day
// before dispute.FirstYear or after dispute.LastYear is a dispute.Refusal with dispute.CodeOutsideCalendar.
func (c *Calendar) IsBusinessDay(day date.Date) (bool, error) {
	if year := day.Year(); year < dispute.FirstYear || year > dispute.LastYear {
		return false, dispute.Refuse(dispute.CodeOutsideCalendar,
			"%s is outside the years %d to %d that the calendars cover", day, dispute.FirstYear, dispute.LastYear)
	}
	weekday := day.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !c.holidays[day], nil
}

// all builds every calendar at the first call, which takes a few milliseconds.
var all = sync.OnceValues(func() (map[string]*Calendar, error) {
	calendars := make(map[string]*Calendar, len(tables))
	for name, t := range tables {
		zone, err := time.LoadLocation(t.zone)
		if err != nil {
			return nil, fmt.Errorf("time zone of calendar %s: %w", name, err)
		}
		calendars[name] = &Calendar{zone: zone, holidays: t.days()}
	}
	return calendars, nil
})
