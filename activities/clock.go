package activities

import (
	"time"

	"github.com/streitfall/streitfall/dispute/calendar"
)

// Clock returns the current time: time.Now in production, the test environment's clock in tests.
type Clock func() time.Time

// now returns the instant in UTC, in the precision that every database keeps.
func (c Clock) now() time.Time {
	return c().UTC().Truncate(time.Microsecond)
}

// today returns the instant and its local date in the calendar's zone (2026-11-23).
func (c Clock) today(cal *calendar.Calendar) (time.Time, string) {
	at := c.now()
	return at, at.In(cal.Zone()).Format(time.DateOnly)
}
