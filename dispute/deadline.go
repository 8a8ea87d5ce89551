package dispute

import "time"

// Deadline is the end of a period: of the response window, the statement or the evidence. It is
// computed outside workflow code and kept in the history, because holiday tables and time zone data
// change during a dispute's weeks.
type Deadline struct {
	// At is the instant: mostly the midnight that ends the period's last day, with the offset of the
	// dispute's calendar.
	At time.Time `json:"at"`
	// Reminders are planned for the response window only, in the order of time.
	Reminders []Reminder `json:"reminders,omitempty"`
}

// Reminder is a message that recalls a deadline.
type Reminder struct {
	Occasion Occasion  `json:"occasion"`
	At       time.Time `json:"at"`
}

// ReminderDays are the business days left at each reminder, the last day included.
var ReminderDays = map[Occasion]int{OccasionReminder7: 7, OccasionReminder2: 2}

// Until says a deadline in words, as a person reads it: the last day when the instant is a midnight,
// else the time too.
func Until(deadline time.Time) string {
	if day, whole := LastDay(deadline); whole {
		return "the end of " + day.Format("Monday, 2 January 2006")
	}
	return deadline.Format("15:04 on Monday, 2 January 2006")
}

// LastDay is the last day on which something can still be done before the deadline, and whether all of
// that day counts (§ 188 (1) BGB: a period ends with the end of its last day).
func LastDay(deadline time.Time) (day time.Time, whole bool) {
	hour, minute, second := deadline.Clock()
	if hour+minute+second+deadline.Nanosecond() == 0 {
		return deadline.AddDate(0, 0, -1), true
	}
	return deadline, false
}
