package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// period is the running period: the response window, or the time for a statement or for information.
type period struct {
	// deadline is the end of the period; nil when no period runs.
	deadline *dispute.Deadline
	// moved is an operator's move of the deadline that followMove has not handled yet.
	moved *move
}

type move struct {
	dispute.DeadlineMove
	// shortened means that the new deadline is earlier than the old one.
	shortened bool
}

// awaitDeadline waits until done, or until the deadline has passed. The deadline may be moved meanwhile.
func (p *process) awaitDeadline(concerned dispute.Party, done func() bool) {
	for p.decision == nil && !done() && p.ahead(p.period.deadline.At) {
		if p.period.moved != nil {
			p.followMove(concerned)
		}
		p.awaitInstant(done)
	}
	p.overtake(eventPeriodOver)
	p.period = period{}
}

// awaitInstant waits until done, or until the deadline has passed or was moved. It keeps one timer, for the next instant
// at which something is due, because each timer that fires costs five events.
func (p *process) awaitInstant(done func() bool) {
	over := func() bool { return done() || p.period.moved != nil }
	for p.decision == nil && !over() && p.ahead(p.period.deadline.At) {
		p.remind()
		due, name := p.nextDue()
		timerCtx, cancel := workflow.WithCancel(p.ctx)
		timer := workflow.NewTimerWithOptions(timerCtx, due.Sub(workflow.Now(p.ctx)), workflow.TimerOptions{Summary: name})
		reacted := p.answers.reacted
		p.awaitUnlessDecided(func() bool { return over() || timer.IsReady() || p.answers.reacted != reacted })
		if p.decision == nil {
			cancel() // after a decision the run is about to end, and its timer with it
		}
	}
}

// nextDue returns the next instant at which something is due, and its name in the Web UI.
func (p *process) nextDue() (due time.Time, name string) {
	if !p.answers.reacted && p.casefile.wait == dispute.WaitAgreement {
		for _, reminder := range p.period.deadline.Reminders {
			if p.ahead(reminder.At) {
				return reminder.At, string(reminder.Occasion)
			}
		}
	}
	return p.period.deadline.At, fmt.Sprintf("%s due by %s", p.casefile.wait, dispute.Until(p.period.deadline.At))
}

// remind sends the latest reminder that has fallen due, unless the merchant has reacted. After an outage the earlier
// reminders are out of date.
func (p *process) remind() {
	reminders := p.period.deadline.Reminders
	due := 0
	for due < len(reminders) && !p.ahead(reminders[due].At) {
		due++
	}
	p.period.deadline.Reminders = reminders[due:]
	if due == 0 || p.answers.reacted {
		return
	}
	p.overtake(eventReminderDue)
	p.sendInBackground(activities.Notification{
		Occasion: reminders[due-1].Occasion, Recipient: dispute.PartyMerchant, Deadline: p.period.deadline.At,
	})
}

// dropPastReminders removes the reminders whose time has passed when their deadline is set: they are not sent.
func (p *process) dropPastReminders() {
	deadline := p.period.deadline
	for len(deadline.Reminders) > 0 && !p.ahead(deadline.Reminders[0].At) {
		deadline.Reminders = deadline.Reminders[1:]
	}
}

// lastMove is the end of the calendars in every time zone; no reminder can be planned beyond it.
var lastMove = time.Date(dispute.LastYear, time.December, 31, 0, 0, 0, 0, time.UTC)

func (p *process) validateMoveDeadline(m dispute.DeadlineMove) error {
	now := workflow.Now(p.ctx)
	var faults dispute.Faults
	switch {
	case p.period.deadline == nil:
		return p.alreadyGiven()
	case !m.To.After(now):
		faults.Add("to", "must be after now")
	case m.To.After(now.Add(dispute.MaxDeadlineMove)):
		faults.Add("to", "must be within 180 days from now")
	case !m.To.Before(lastMove):
		faults.Add("to", "must be before 31 December %d, where the calendars end", dispute.LastYear)
	}
	return dispute.RefuseFaults(dispute.CodeInvalidMessage, faults, "the deadline cannot be moved to this time")
}

func (p *process) handleMoveDeadline(m dispute.DeadlineMove) {
	shortened := m.To.Before(p.period.deadline.At)
	detail := fmt.Sprintf("from %s to %s, %s: %s", rfc3339(p.period.deadline.At), rfc3339(m.To), m.MovedBy, m.Reason)
	if shortened {
		detail = "shortened " + detail
	}
	p.period = period{deadline: &dispute.Deadline{At: m.To}, moved: &move{m, shortened}}
	p.note(dispute.PartyOperator, dispute.UpdateMoveDeadline, detail)
}

// followMove puts a moved deadline into the calendar's zone, plans its reminders, and informs the party that it concerns.
// Messages under way that name the old day are dropped; the copy of the opening goes out again with the new one.
func (p *process) followMove(concerned dispute.Party) {
	moved := *p.period.moved
	var planned dispute.Deadline
	var failure error
	p.runUnlessDecided(func(ctx workflow.Context) {
		planned, failure = p.calls().planDeadline(ctx, activities.Plan{
			Calendar: p.dispute.Calendar, At: moved.To, Reminders: p.casefile.wait == dispute.WaitAgreement,
		})
	})
	if p.decision != nil || !moved.To.Equal(p.period.moved.To) {
		return
	}
	p.period.moved, p.casefile.stale = nil, true
	p.delivery.sequence++
	if failure == nil {
		p.period.deadline = &planned
		p.dropPastReminders()
	}
	for _, dropped := range p.overtake(eventDeadlineMoved) {
		if dropped.Occasion == dispute.OccasionOpenedCopy {
			dropped.Deadline = p.period.deadline.At
			p.sendInBackground(dropped)
		}
	}
	p.sendInBackground(activities.Notification{
		Occasion: dispute.OccasionDeadlineMoved, Recipient: concerned, Deadline: moved.To,
		Facts: dispute.Facts{Move: moved.Reason, Shortened: moved.shortened},
	})
}

// ahead reports whether an instant is still to come.
func (p *process) ahead(at time.Time) bool {
	return workflow.Now(p.ctx).Before(at)
}
