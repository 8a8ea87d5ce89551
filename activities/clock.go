package activities

import (
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute/calendar"
)

// Clock returns the current time: time.Now in production, the test environment's clock in tests.
type Clock func() time.Time

// now returns the instant in UTC, in the precision that every database keeps.
func (c Clock) now() time.Time {
	return c().UTC().Truncate(time.Microsecond)
}

// MaxClockLag is the largest tolerated lag of a worker's clock behind the history.
const MaxClockLag = time.Minute

// after returns the current time, but never an instant before its cause in the history: a worker whose clock is a little
// behind costs nobody a day. A clock that is more than a minute behind is a transient error.
func (c Clock) after(cause time.Time) (time.Time, error) {
	now := c.now()
	if lag := cause.Sub(now); lag > MaxClockLag {
		return time.Time{}, fmt.Errorf("the clock of this worker is %s behind the history of the dispute; synchronise it", lag.Round(time.Second))
	}
	if now.Before(cause) {
		return cause.UTC().Truncate(time.Microsecond), nil
	}
	return now, nil
}

// today returns the local date of an instant in the calendar's zone (2026-11-23).
func today(at time.Time, cal *calendar.Calendar) string {
	return at.In(cal.Zone()).Format(time.DateOnly)
}
