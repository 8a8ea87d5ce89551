package activities

import (
	"time"

	"github.com/streitfall/streitfall/dispute/calendar"
)

// Clock tells the time: time.Now in life, the test environment's in tests.
type Clock func() time.Time

// now is the instant in the precision that every database keeps.
func (c Clock) now() time.Time {
	return c().UTC().Truncate(time.Microsecond)
}

// today is the instant and its local date in the calendar's zone (2026-11-23).
func (c Clock) today(cal *calendar.Calendar) (time.Time, string) {
	at := c.now()
	return at, at.In(cal.Zone()).Format(time.DateOnly)
}
