package activities

import (
	"context"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// Deadlines computes what needs holiday tables or time zone data, which are not the same on replay.
type Deadlines struct{}

// Plan asks for a deadline at an instant chosen by an operator, or, after an outage, at the end of the next business day.
type Plan struct {
	Calendar string    `json:"calendar"`
	At       time.Time `json:"at"`
	// EndOfNextBusinessDay asks for the end of the business day after At instead.
	EndOfNextBusinessDay bool `json:"endOfNextBusinessDay,omitzero"`
	// Reminders asks for the reminders as well.
	Reminders bool `json:"reminders,omitzero"`
}

// PlanDeadline puts the instant into the calendar's zone and plans the reminders before it.
func (*Deadlines) PlanDeadline(_ context.Context, in Plan) (dispute.Deadline, error) {
	cal, err := calendar.Load(in.Calendar)
	if err != nil {
		return dispute.Deadline{}, retryable(err)
	}
	if in.EndOfNextBusinessDay {
		if in.At, err = cal.Deadline(in.At, 1); err != nil {
			return dispute.Deadline{}, retryable(err)
		}
	}
	deadline, err := plan(cal, in.At, in.Reminders)
	return deadline, retryable(err)
}

func plan(cal *calendar.Calendar, at time.Time, reminders bool) (dispute.Deadline, error) {
	deadline := dispute.Deadline{At: at.In(cal.Zone()), Zone: cal.Zone().String()}
	if !reminders {
		return deadline, nil
	}
	for occasion, days := range dispute.ReminderDays {
		remindAt, err := cal.Reminder(at, days)
		if err != nil {
			return dispute.Deadline{}, err
		}
		deadline.Reminders = append(deadline.Reminders, dispute.Reminder{Occasion: occasion, At: remindAt})
	}
	slices.SortFunc(deadline.Reminders, func(a, b dispute.Reminder) int { return a.At.Compare(b.At) })
	return deadline, nil
}
