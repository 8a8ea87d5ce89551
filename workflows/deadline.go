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
	// moved is a move of the deadline, by an operator or a takeover, that followMove has not handled yet.
	moved *dispute.DeadlineMove
	// pending is an earlier deadline, which counts once the party has been informed; nil when there is none.
	pending *dispute.Deadline
	// unheard means that the message on which the period rests has come back.
	unheard bool
	// extended means that an outage has moved the deadline: it does so once.
	extended bool
}

// awaitDeadline waits until done, or until the deadline has passed. The deadline may be moved meanwhile.
func (p *process) awaitDeadline(concerned dispute.Party, done func() bool) {
	for p.decision == nil && !done() {
		switch {
		case p.period.unheard:
			p.reopenPeriod()
		case p.period.moved != nil:
			p.followMove(concerned)
		case p.ahead(p.period.deadline.At):
			p.awaitInstant(done)
		case p.late() && !p.period.extended:
			p.extend(concerned)
		default:
			p.endPeriod()
			return
		}
	}
	p.endPeriod()
}

func (p *process) endPeriod() {
	p.overtake(eventPeriodOver)
	p.recordPeriodEnd()
	p.period = period{}
}

// awaitInstant waits until the next instant at which something is due, or until done or a change of the deadline, if
// earlier. It keeps one timer, because each timer that fires costs five events.
func (p *process) awaitInstant(done func() bool) {
	p.remind()
	due, name := p.nextDue()
	timerCtx, cancel := workflow.WithCancel(p.ctx)
	timer := workflow.NewTimerWithOptions(timerCtx, due.Sub(workflow.Now(p.ctx)), workflow.TimerOptions{Summary: name})
	before := p.period
	reacted := p.answers.reacted
	p.awaitUnlessDecided(func() bool {
		return done() || timer.IsReady() || p.period != before || p.answers.reacted != reacted
	})
	if p.decision == nil {
		cancel() // after a decision the run is about to end, and its timer with it
	}
}

// late reports whether the deadline is handled so late after its instant that the parties may not have been heard.
func (p *process) late() bool {
	return workflow.Now(p.ctx).Sub(p.period.deadline.At) > dispute.MaxLateness
}

// extend moves a deadline that passed during an outage to the end of the next business day, and informs the party.
func (p *process) extend(concerned dispute.Party) {
	planned, ok := p.plan(activities.Plan{At: workflow.Now(p.ctx), EndOfNextBusinessDay: true})
	if !ok {
		return
	}
	p.note(dispute.PartyKlarna, entryOutage, fmt.Sprintf("the deadline passed %s and could not be handled then; it is moved to %s",
		rfc3339(p.period.deadline.At), rfc3339(planned.At)))
	p.countOutage()
	p.recordMove(dispute.DeadlineMove{To: planned.At, Reason: dispute.MoveOutage})
	p.period.extended = true
	p.delivery.number++
	p.setDeadline(planned)
	p.sendInBackground(deadlineMoved(concerned, planned, dispute.MoveOutage, false))
}

// plan has an activity plan a deadline. ok is false if the period has ended, or the deadline was moved, meanwhile.
func (p *process) plan(in activities.Plan) (planned dispute.Deadline, ok bool) {
	before := p.period
	in.Calendar, in.Reminders = p.dispute.Calendar, p.casefile.wait == dispute.WaitAgreement
	var failure error
	p.runUnlessDecided(func(ctx workflow.Context) { planned, failure = p.calls().planDeadline(ctx, in) })
	if failure != nil { // nothing refuses it, but an operator can fail it by hand
		planned = dispute.Deadline{At: in.At}
		if in.EndOfNextBusinessDay {
			planned.At = in.At.Add(24 * time.Hour)
		}
	}
	return planned, p.periodRuns() && p.period == before
}

// setDeadline replaces the running deadline. Messages under way that name the old one are dropped; the copy of a message
// that has opened the period goes out again with the new one.
func (p *process) setDeadline(planned dispute.Deadline) {
	p.period.deadline, p.period.pending, p.casefile.stale = &planned, nil, true
	p.delivery.basis = p.delivery.basis[:1:1] // the message that names it is to come
	p.recordDeadline(planned.At)
	p.dropPastReminders()
	for _, dropped := range p.overtake(eventDeadlineMoved) {
		if dropped.Occasion == dispute.OccasionOpenedCopy || dropped.Occasion == dispute.OccasionInformationRequested.Copy() {
			dropped.Number, dropped.Deadline = 0, planned.At
			p.sendInBackground(dropped)
		}
	}
}

// nextDue returns the next instant at which something is due, and its name in the Web UI.
func (p *process) nextDue() (due time.Time, name string) {
	due, name = p.period.deadline.At, fmt.Sprintf("%s due by %s", p.casefile.wait, dispute.Until(p.period.deadline.At))
	if !p.answers.reacted && p.casefile.wait == dispute.WaitAgreement {
		for _, reminder := range p.period.deadline.Reminders {
			if p.ahead(reminder.At) && reminder.At.Before(due) {
				return reminder.At, string(reminder.Occasion)
			}
		}
	}
	return due, name
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

// ahead reports whether an instant is still to come.
func (p *process) ahead(at time.Time) bool {
	return workflow.Now(p.ctx).Before(at)
}
