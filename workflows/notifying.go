package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// openPeriod sends the message that opens a period and sets the deadline that counts from its arrival.
// Refused on every channel, the dispute stays here until somebody has mended the address: nobody loses
// because of mail that we did not deliver. So where an earlier message stands that said something else, this one goes
// out under the next number, and its period counts from then. The first try is the given one.
func (p *process) openPeriod(state dispute.State, message activities.Notification, try sender) {
	p.periods++
	for p.decision == nil && p.deadline == nil {
		p.enter(state, dispute.WaitNotification)
		var notified activities.Notified
		var refusal error
		p.during(func(ctx workflow.Context) { notified, refusal = try(ctx, p.addressed(message)) })
		try = p.notify
		switch {
		case p.decision != nil:
		case refusal == nil && notified.Differs:
			p.periods++
		case refusal == nil:
			p.deadline = notified.Deadline
			p.relieve(dispute.CauseUnreachable)
			if notified.CopyWanted && message.Occasion == dispute.OccasionOpened {
				p.tell(p.untilDecision, activities.Notification{
					Occasion: dispute.OccasionOpenedCopy, Recipient: dispute.PartyMerchant,
					Deadline: notified.Deadline.At, Facts: message.Facts,
				})
			}
		default:
			p.enter(state, dispute.WaitRetryNotification)
			p.raise(dispute.CauseUnreachable)
			p.retry = nil
			p.until(func() bool { return p.retry != nil })
			if p.retry != nil && p.retry.Email != "" {
				p.corrected[message.Recipient] = p.retry.Email
			}
		}
	}
}

// sender is a way to send a message. It fails when the message is refused for good, or cancelled.
type sender func(ctx workflow.Context, message activities.Notification) (activities.Notified, error)

// tell sends a message that holds nothing back, until scope ends. Refused for good it calls for a person.
func (p *process) tell(scope workflow.Context, message activities.Notification) {
	p.goOnBeside(scope, attempt{message: p.addressed(message)})
}

// addressed fills in what every message carries, as it stands when the message is caused.
func (p *process) addressed(message activities.Notification) activities.Notification {
	message.Number = p.periods
	message.Dispute = p.dispute
	message.Email = p.corrected[message.Recipient]
	message.Facts.State, message.Facts.CausedAt = p.state, workflow.Now(p.ctx)
	return message
}

// notifyBoth tells both parties, and returns when both know or refuse to.
func (p *process) notifyBoth(ctx workflow.Context, messages activities.Both[activities.Notification]) {
	first := p.tryBoth(ctx, messages)
	parties := workflow.NewWaitGroup(ctx)
	for _, message := range []attempt{first.Merchant, first.Customer} {
		parties.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer parties.Done()
			if _, err := p.goOn(ctx, message); err != nil {
				p.raise(dispute.CauseMessageFailed)
			}
		})
	}
	parties.Wait(ctx)
}

// beside sends a message to one party and, in the same step, another one to the other, whose trouble holds nothing back.
func (p *process) beside(other activities.Notification) sender {
	other = p.addressed(other)
	return func(ctx workflow.Context, message activities.Notification) (activities.Notified, error) {
		if other.Recipient == dispute.PartyCustomer {
			first := p.tryBoth(ctx, activities.Both[activities.Notification]{Merchant: message, Customer: other})
			p.goOnBeside(p.untilDecision, first.Customer)
			return p.goOn(ctx, first.Merchant)
		}
		first := p.tryBoth(ctx, activities.Both[activities.Notification]{Merchant: other, Customer: message})
		p.goOnBeside(p.untilDecision, first.Merchant)
		return p.goOn(ctx, first.Customer)
	}
}

// attempt is a message and what became of it together with something else; nil when it was not tried.
type attempt struct {
	message activities.Notification
	told    *activities.Told
}

// tryBoth tries both messages once, in one step.
func (p *process) tryBoth(ctx workflow.Context, messages activities.Both[activities.Notification]) activities.Both[attempt] {
	told, _ := tryBoth(ctx, messages) // what has failed as a whole has told nobody, as far as we know
	return activities.Both[attempt]{Merchant: p.tried(messages.Merchant, &told.Merchant), Customer: p.tried(messages.Customer, &told.Customer)}
}

// tried notes a message that was taken at once.
func (p *process) tried(message activities.Notification, told *activities.Told) attempt {
	if told != nil && told.Notified != nil {
		p.noteMessage(message, *told.Notified, nil)
	}
	return attempt{message, told}
}

// goOn sends a message by itself, unless it was taken, and not before the other side wants it.
func (p *process) goOn(ctx workflow.Context, a attempt) (activities.Notified, error) {
	switch {
	case a.told == nil:
		return p.notify(ctx, a.message)
	case a.told.Notified != nil:
		return *a.told.Notified, nil
	}
	notified, err := p.calls().notifyAgain(ctx, a.message, *a.told)
	p.noteMessage(a.message, notified, err)
	return notified, err
}

// goOnBeside goes on with a message that holds nothing back. Refused for good it calls for a person.
func (p *process) goOnBeside(scope workflow.Context, a attempt) {
	workflow.Go(scope, func(ctx workflow.Context) {
		if _, err := p.goOn(ctx, a); err != nil && !temporal.IsCanceledError(err) {
			p.raise(dispute.CauseMessageFailed)
		}
	})
}

// notify sends one message and keeps its proof, or its refusal, in the timeline.
func (p *process) notify(ctx workflow.Context, message activities.Notification) (activities.Notified, error) {
	notified, err := p.calls().notify(ctx, message)
	p.noteMessage(message, notified, err)
	return notified, err
}

func (p *process) noteMessage(message activities.Notification, notified activities.Notified, err error) {
	event := "told-" + string(message.Occasion)
	switch {
	case err == nil:
		told := fmt.Sprintf("%s by %s at %s: %s", message.Recipient, notified.Channel, notified.At.Format(time.RFC3339), notified.Answer)
		if notified.Channel == dispute.ChannelNone {
			told = fmt.Sprintf("%s: %s", message.Recipient, notified.Answer)
		}
		if notified.Differs {
			told += " (an earlier message, which said something else)"
			p.raise(dispute.CauseMessageFailed)
		}
		p.note(dispute.PartyKlarna, event, told)
	case temporal.IsCanceledError(err):
		p.note(dispute.PartyKlarna, "not-"+event, fmt.Sprintf("%s: dropped, events overtook it", message.Recipient))
	default:
		p.note(dispute.PartyKlarna, "not-"+event, fmt.Sprintf("%s: refused, %s", message.Recipient, reason(err)))
	}
}

// reason is the sentence of a refusal that travelled through Temporal.
func reason(err error) string {
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return refusal.Message()
	}
	return err.Error()
}

// codeOf is the code of a refusal that travelled through Temporal.
func codeOf(err error) dispute.Code {
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return dispute.Code(refusal.Type())
	}
	return dispute.CodeOf(err)
}

// nextDue is the next instant at which something is due, and its name in the Web UI.
func (p *process) nextDue() (due time.Time, name string) {
	if !p.reacted && p.wait == dispute.WaitAgreement {
		for _, reminder := range p.deadline.Reminders {
			if p.ahead(reminder.At) {
				return reminder.At, string(reminder.Occasion)
			}
		}
	}
	return p.deadline.At, fmt.Sprintf("%s due by %s", p.wait, dispute.Until(p.deadline.At))
}

// remind sends the latest reminder that has fallen due. Older ones are stale after an outage, and all
// are when the merchant has reacted.
func (p *process) remind(scope workflow.Context) {
	reminders := p.deadline.Reminders
	due := 0
	for due < len(reminders) && !p.ahead(reminders[due].At) {
		due++
	}
	p.deadline.Reminders = reminders[due:]
	if due > 0 && !p.reacted {
		p.tell(scope, activities.Notification{Occasion: reminders[due-1].Occasion, Recipient: dispute.PartyMerchant, Deadline: p.deadline.At})
	}
}

// dropPastReminders leaves out the reminders that are past when their deadline is set: they are not sent.
func (p *process) dropPastReminders() {
	for len(p.deadline.Reminders) > 0 && !p.ahead(p.deadline.Reminders[0].At) {
		p.deadline.Reminders = p.deadline.Reminders[1:]
	}
}

// followMove puts a moved deadline into the calendar's zone, plans its reminders anew and tells the party
// that it concerns.
func (p *process) followMove(scope workflow.Context, concerned dispute.Party) {
	move, shortened := *p.moved, p.shortened
	var planned dispute.Deadline
	var failure error
	p.during(func(ctx workflow.Context) {
		planned, failure = p.calls().planDeadline(ctx, activities.Plan{
			Calendar: p.dispute.Calendar, At: move.To, Reminders: p.wait == dispute.WaitAgreement,
		})
	})
	if p.decision != nil || !move.To.Equal(p.moved.To) {
		return
	}
	p.moved, p.stale = nil, true
	p.periods++
	if failure == nil {
		p.deadline = &planned
		p.dropPastReminders()
	}
	p.tell(scope, activities.Notification{
		Occasion: dispute.OccasionDeadlineMoved, Recipient: concerned, Deadline: move.To,
		Facts: dispute.Facts{Move: move.Reason, Shortened: shortened},
	})
}
