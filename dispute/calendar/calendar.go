// Package calendar counts business days: it turns a number of them into the instant of a deadline and
// into the instant of a reminder.
//
// A business day is a day from Monday to Friday that is no legal holiday. Holidays are computed from
// tables that change with the law, so workflow code must not call this package: an activity does, and
// the result is kept in the history.
package calendar

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // so that the zones exist on machines without a zone database

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/dispute"
)

// Calendar knows the business days of one country, German state or TARGET, and its time zone. It never
// changes, so any number of goroutines may use it. Load gives one; the zero value is of no use.
type Calendar struct {
	zone     *time.Location
	holidays map[date.Date]bool
}

// Load gives the calendar of a name. An unknown name, the empty one included, is a dispute.Refusal with
// dispute.CodeUnknownCalendar that lists the allowed names.
func Load(name string) (*Calendar, error) {
	calendars, err := all()
	if err != nil {
		return nil, err
	}
	if c, ok := calendars[name]; ok {
		return c, nil
	}
	return nil, dispute.Refuse(dispute.CodeUnknownCalendar, "there is no calendar %.64q; allowed are %s",
		name, strings.Join(dispute.CalendarNames, ", "))
}

// Names lists the names that Load takes: Germany and its states first, TARGET last.
func Names() []string {
	return slices.Clone(dispute.CalendarNames)
}

// Zone is the time zone of the calendar: the one of the capital or of the main bank place.
func (c *Calendar) Zone() *time.Location {
	return c.zone
}

// IsBusinessDay says whether the day is a business day. Saturday is none (§ 675n (1) BGB, the
// Bankarbeitstag). A day outside dispute.FirstYear to dispute.LastYear is a dispute.Refusal with
// dispute.CodeOutsideCalendar.
func (c *Calendar) IsBusinessDay(day date.Date) (bool, error) {
	if year := day.Year(); year < dispute.FirstYear || year > dispute.LastYear {
		return false, dispute.Refuse(dispute.CodeOutsideCalendar,
			"%s is outside the calendars, which cover the years %d to %d", day, dispute.FirstYear, dispute.LastYear)
	}
	weekday := day.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !c.holidays[day], nil
}

// all builds every calendar at the first call: that takes a few milliseconds.
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
