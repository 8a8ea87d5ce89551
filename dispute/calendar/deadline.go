package calendar

import (
	"time"

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/dispute"
)

const (
	// maxBusinessDays is far above every period of a dispute; more is a mistake of the caller.
	maxBusinessDays = 60
	// reminderHour is the local hour at which a business day begins for people who read messages.
	reminderHour = 9
)

// Deadline is the instant that ends the n-th business day after the local day of from: the midnight
// after that day, in the calendar's zone. The day of the event does not count (§ 187 (1) BGB), and a
// period ends with the last moment of its last day (§ 188 (1) BGB).
//
// A number of business days outside 1 to 60 is a dispute.Refusal with dispute.CodeInvalidDispute, a day
// outside the covered years one with dispute.CodeOutsideCalendar.
func (c *Calendar) Deadline(from time.Time, businessDays int) (time.Time, error) {
	if err := checkNumber(businessDays); err != nil {
		return time.Time{}, err
	}
	last, err := c.walk(c.dayOf(from), 1, businessDays)
	if err != nil {
		return time.Time{}, err
	}
	return c.at(last+1, 0), nil
}

// Reminder is 09:00 in the calendar's zone on the business day that has businessDaysLeft business days
// after it, the deadline's last day included. The deadline can be any instant: its last day is the local
// day of the last moment before it, so the midnight that ends a Tuesday belongs to that Tuesday.
//
// The errors are those of Deadline.
func (c *Calendar) Reminder(deadline time.Time, businessDaysLeft int) (time.Time, error) {
	if err := checkNumber(businessDaysLeft); err != nil {
		return time.Time{}, err
	}
	last := c.dayOf(deadline.Add(-time.Nanosecond))
	day, err := c.walk(last+1, -1, businessDaysLeft+1)
	if err != nil {
		return time.Time{}, err
	}
	return c.at(day, reminderHour), nil
}

func checkNumber(businessDays int) error {
	if businessDays < 1 || businessDays > maxBusinessDays {
		return dispute.Refuse(dispute.CodeInvalidDispute,
			"%d business days cannot be counted; allowed are 1 to %d", businessDays, maxBusinessDays)
	}
	return nil
}

// walk leaves start day by day, forward (1) or back (-1), and returns the n-th business day it meets.
func (c *Calendar) walk(start, direction date.Date, n int) (date.Date, error) {
	day := start
	for n > 0 {
		day += direction
		business, err := c.IsBusinessDay(day)
		if err != nil {
			return 0, err
		}
		if business {
			n--
		}
	}
	return day, nil
}

// dayOf is the local day of an instant.
func (c *Calendar) dayOf(instant time.Time) date.Date {
	return date.NewAt(instant.In(c.zone))
}

// at is the instant of a local hour. It does not use date.Date.Time, which adds the hours to midnight and
// so is an hour off on the days of a clock change.
func (c *Calendar) at(day date.Date, hour int) time.Time {
	year, month, d := day.Date()
	return time.Date(year, month, d, hour, 0, 0, 0, c.zone)
}
