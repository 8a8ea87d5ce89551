package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// lastMove is the end of the calendars in every time zone; no reminder can be planned beyond it.
var lastMove = time.Date(dispute.LastYear, time.December, 31, 0, 0, 0, 0, time.UTC)

func (p *process) validateMoveDeadline(m dispute.DeadlineMove) error {
	now := workflow.Now(p.ctx)
	var faults dispute.Faults
	switch {
	case !p.periodRuns():
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

// periodRuns reports whether a deadline runs: the answer for which it waits has not come.
func (p *process) periodRuns() bool {
	switch {
	case p.period.deadline == nil, p.period.unheard, p.decision != nil:
		return false
	case p.casefile.wait == dispute.WaitStatement:
		return p.answers.statement == ""
	case p.casefile.wait == dispute.WaitEvidence:
		return !p.answers.gaveInformation
	default:
		return true
	}
}

// handleMoveDeadline answers when the new deadline is planned, in the calendar's zone. It refuses a move whose period has
// ended meanwhile: the answer or the decision came in the same workflow task.
func (p *process) handleMoveDeadline(ctx workflow.Context, m dispute.DeadlineMove) error {
	if !p.periodRuns() {
		return activities.ApplicationError(p.alreadyGiven())
	}
	move := &m
	p.period.moved = move
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(ctx, func() bool { return p.period.moved != move || !p.periodRuns() }); err != nil {
		return err
	}
	if replaced := p.period.moved != nil && p.period.moved != move; p.lastMove != move && !replaced {
		return activities.ApplicationError(dispute.Refuse(dispute.CodeNotAccepted, "the period has ended before its deadline was moved"))
	}
	return nil
}

// noteMove notes an operator's move of the deadline when it takes effect.
func (p *process) noteMove(move dispute.DeadlineMove) {
	detail := fmt.Sprintf("from %s to %s, %s: %s", rfc3339(p.period.deadline.At), rfc3339(move.To), move.MovedBy, move.Reason)
	if move.To.Before(p.period.deadline.At) {
		detail = "shortened " + detail
	}
	p.note(dispute.PartyOperator, dispute.UpdateMoveDeadline, detail)
}

// followMove plans a moved deadline with its reminders, and informs the party that it concerns. A later deadline counts at
// once, an earlier one when the party has been informed.
func (p *process) followMove(concerned dispute.Party) {
	moved := p.period.moved
	planned, ok := p.plan(activities.Plan{At: moved.To})
	if !ok {
		return
	}
	p.period.moved, p.lastMove = nil, moved
	p.recordMove(*moved)
	if moved.MovedBy != "" {
		p.noteMove(*moved)
	}
	p.delivery.number++
	if !planned.At.Before(p.period.deadline.At) {
		p.setDeadline(planned)
		p.sendInBackground(deadlineMoved(concerned, planned, moved.Reason, false))
		return
	}
	p.overtake(eventShortening)
	p.period.pending, p.casefile.stale = &planned, true
	message := p.addressed(deadlineMoved(concerned, planned, moved.Reason, true))
	p.inBackground(message, func(ctx workflow.Context) (activities.Delivery, error) {
		taken, err := p.notify(ctx, message)
		switch { // before the delivery is noted, which starts the copy of this message
		case p.period.pending != &planned:
		case err == nil && !taken.Conflict && p.inTime(taken.At, planned.At):
			p.setDeadline(planned)
		default:
			p.keepDeadline("the party could not be informed of the earlier one")
		}
		p.noteDelivery(message, taken, err)
		return taken, err
	})
}

// inTime reports whether a message was taken before a deadline. The clock of the worker that says so may be behind, that of the
// history is not.
func (p *process) inTime(taken, deadline time.Time) bool {
	return taken.Before(deadline) && (p.ahead(deadline) || taken.Add(activities.MaxClockLag).Before(deadline))
}

func deadlineMoved(to dispute.Party, planned dispute.Deadline, why string, shortened bool) activities.Notification {
	return activities.Notification{
		Occasion: dispute.OccasionDeadlineMoved, Recipient: to, Deadline: planned.At,
		Facts: dispute.Facts{Move: why, Shortened: shortened},
	}
}

// namesDeadline reports whether the message says that the deadline was moved to the one that counts.
func (p *process) namesDeadline(message activities.Notification) bool {
	return message.Occasion == dispute.OccasionDeadlineMoved && p.period.deadline != nil && message.Deadline.Equal(p.period.deadline.At)
}

// keepDeadline records that a shortened deadline does not count, and calls the operator who has set it.
func (p *process) keepDeadline(why string) {
	p.period.pending = nil
	p.note(dispute.PartyKlarna, entryDeadlineKept, rfc3339(p.period.deadline.At)+": "+why)
	p.raise(dispute.CauseMessageFailed)
}
