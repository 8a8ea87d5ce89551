package dispute

import "time"

// Deadline is the end of a period: the response window, or the wait for the statement or the evidence. An activity
// computes it and the history keeps it, because holiday tables and time zone data change while a dispute runs.
type Deadline struct {
	// At is usually the midnight that ends the period's last day, with the offset of the dispute's calendar.
	At time.Time `json:"at"`
	// Zone is the calendar's time zone by its IANA name: "Europe/Berlin".
	Zone string `json:"zone,omitzero"`
	// Reminders are in the order of time. Only the response window has any.
	Reminders []Reminder `json:"reminders,omitempty"`
}

// Reminder is a message that reminds the merchant of a deadline.
type Reminder struct {
	Occasion Occasion  `json:"occasion"`
	At       time.Time `json:"at"`
}

// ReminderDays maps each reminder to the business days that are left when it goes out, the last day included.
var ReminderDays = map[Occasion]int{OccasionReminder7: 7, OccasionReminder2: 2}

// The reasons for which this software moves a deadline by itself. Mails say them in the reader's language.
const (
	// MoveOutage is the reason for a deadline that was handled too late.
	MoveOutage = "outage"
	// MoveTakeover is the reason for a period that starts again and keeps the later deadline that it had before.
	MoveTakeover = "takeover"
)

// MaxLateness is how long after its instant a deadline may be handled. A later one decides nothing: Temporal, the workers or
// a suitable build were away, and the parties could not be heard.
const MaxLateness = time.Hour

// AtDeadline describes what a deadline will do, for operators: "chargeback of 129.90 EUR: the merchant has not reacted". It
// is empty while the dispute waits for something without a deadline.
func AtDeadline(wait Wait, reacted bool, disputed Money) string {
	switch {
	case wait == WaitAgreement && reacted:
		return "Klarna steps in: the merchant has reacted"
	case wait == WaitAgreement:
		return "chargeback of " + disputed.String() + ": the merchant has not reacted"
	case wait == WaitStatement:
		return "the invoice is reactivated: the customer has not stated the reason"
	case wait == WaitEvidence:
		return "chargeback of " + disputed.String() + ": the merchant has not provided information"
	default:
		return ""
	}
}

// Until returns a deadline in words: "the end of Monday, 21 December 2026" for the midnight that ends this day,
// "15:30 on Monday, 21 December 2026" for any other time.
func Until(deadline time.Time) string {
	if day, whole := LastDay(deadline); whole {
		return "the end of " + day.Format("Monday, 2 January 2006")
	}
	return deadline.Format("15:04 on Monday, 2 January 2006")
}

// LastDay returns the last day before the deadline, and whether all of that day counts (§ 188 (1) BGB: a period ends
// with the end of its last day). The day is in the deadline's own time zone.
func LastDay(deadline time.Time) (day time.Time, whole bool) {
	hour, minute, second := deadline.Clock()
	if hour+minute+second+deadline.Nanosecond() == 0 {
		return deadline.AddDate(0, 0, -1), true
	}
	return deadline, false
}
