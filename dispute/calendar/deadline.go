package calendar

import (
	"time"

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/dispute"
)

const (
	// maxBusinessDays is far longer than every period of a dispute; more is a mistake of the caller.
	maxBusinessDays = 60
	// reminderHour is the local hour of reminders, when a business day begins.
	reminderHour = 9
)

// Deadline returns the end of a period of business days that begins at from: the midnight, in the calendar's zone, that
// ends the last of them. The local day of from does not count (§ 187 (1) BGB), and a period ends with the last moment of
// its last day (§ 188 (1) BGB).
//
// A number of business days outside 1 to 60 is a dispute.Refusal with dispute.CodeInvalidDispute, and a day outside the
// covered years is one with dispute.CodeOutsideCalendar.
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

// Reminder returns 09:00, in the calendar's zone, on the business day that has businessDaysLeft business days after it,
// the deadline's last day included. The deadline can be any instant: its last day is the local day of the last moment
// before it, so the midnight that ends a Tuesday belongs to that Tuesday.
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

// BusinessDaysLeft returns how many business days there are after the local day of now, up to the last day of a deadline, as
// Reminder counts them: 0 on the last day itself. A day outside the covered years is a dispute.Refusal with
// dispute.CodeOutsideCalendar.
func (c *Calendar) BusinessDaysLeft(now, deadline time.Time) (left int, err error) {
	last := c.dayOf(deadline.Add(-time.Nanosecond))
	for day := c.dayOf(now) + 1; day <= last; day++ {
		business, err := c.IsBusinessDay(day)
		if err != nil {
			return 0, err
		}
		if business {
			left++
		}
	}
	return left, nil
}

func checkNumber(businessDays int) error {
	if businessDays < 1 || businessDays > maxBusinessDays {
		return dispute.Refuse(dispute.CodeInvalidDispute,
			"the number of business days is %d; allowed are 1 to %d", businessDays, maxBusinessDays)
	}
	return nil
}

// walk returns the n-th business day after start, or before start if direction is -1.
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

// dayOf returns the local day of an instant.
func (c *Calendar) dayOf(instant time.Time) date.Date {
	return date.NewAt(instant.In(c.zone))
}

// at returns the instant of a local hour. It does not use date.Date.Time, which adds the hours to midnight and so is an
// hour off on days of a clock change.
func (c *Calendar) at(day date.Date, hour int) time.Time {
	year, month, d := day.Date()
	return time.Date(year, month, d, hour, 0, 0, 0, c.zone)
}
