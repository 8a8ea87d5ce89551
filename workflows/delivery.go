package workflows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// delivery is the state of the messages to the parties.
type delivery struct {
	// number counts periods, moved deadlines and referrals to the desk. It is the Number in a message's key, so that a
	// second message of one occasion is another message.
	number int
	// opening is the message that has opened the running period.
	opening opening
	basis   basis
	// corrected are the addresses that an operator has corrected, by party.
	corrected map[dispute.Party]string
	// refused are the recipients whose message was refused for good, until an operator has it sent again.
	refused []dispute.Party
	// queue are messages that handlers have caused and the main line has not sent yet: handlers only change state.
	queue []activities.Notification
	// inFlight are the messages under way, but the closing ones.
	inFlight []*inFlight
}

// openPeriod sends the message that opens a period, and sets the deadline, which counts from when the recipient's side
// took the message. When every channel refuses the message, the dispute waits until an operator has corrected the
// address: nobody loses because of a message that we did not deliver. After a conflict with an earlier message of other
// content, the message goes out under the next number, and the period counts from when that one was taken. The messages
// beside it are attempted in the same step and hold nothing back.
func (p *process) openPeriod(state dispute.State, message activities.Notification, beside ...activities.Notification) {
	p.overtake(event(message.Occasion))
	p.delivery.number++
	p.delivery.opening, p.delivery.basis = opening{state, message}, nil
	for p.decision == nil && p.period.deadline == nil {
		p.enter(state, dispute.WaitNotification)
		var taken activities.Delivery
		var refusal error
		p.runUnlessDecided(func(ctx workflow.Context) { taken, refusal = p.send(ctx, message, beside...) })
		beside = nil
		switch {
		case p.decision != nil:
		case refusal != nil:
			p.awaitRetry(state, message.Recipient)
		case taken.Conflict:
			p.delivery.number++
		default:
			p.period.deadline = taken.Deadline
			p.recordPeriod(message, taken)
			p.restOn(message, p.delivery.number, taken)
			p.keepLaterDeadline()
			p.relieve(dispute.CauseUnreachable)
			p.announceRest(message.Recipient)
		}
	}
}

// addressed fills in what every message carries, as of the event that causes it. A copy has the number of its original.
func (p *process) addressed(message activities.Notification) activities.Notification {
	message.Number = cmp.Or(message.Number, p.delivery.number)
	message.Dispute = p.dispute
	message.Email = p.delivery.corrected[message.Recipient]
	message.Facts.State, message.Facts.CausedAt = p.casefile.state, workflow.Now(p.ctx)
	return message
}

// send sends a message until it is taken, or fails when it is refused for good or ctx is cancelled. The messages beside it
// share its first attempt and go on in the background.
func (p *process) send(ctx workflow.Context, message activities.Notification, beside ...activities.Notification) (activities.Delivery, error) {
	ctx, land := p.launch(ctx, message)
	defer land()
	messages := []activities.Notification{p.addressed(message)}
	for _, other := range beside {
		messages = append(messages, p.addressed(other))
	}
	attempts := p.attempt(ctx, messages...)
	for i, other := range messages[1:] {
		p.inBackground(other, func(ctx workflow.Context) (activities.Delivery, error) { return p.finish(ctx, other, attempts[i+1]) })
	}
	return p.finish(ctx, messages[0], attempts[0])
}

// sendInBackground sends a message that holds nothing back, until it is taken, or overtaken by an event.
func (p *process) sendInBackground(message activities.Notification) {
	message = p.addressed(message)
	p.inBackground(message, func(ctx workflow.Context) (activities.Delivery, error) {
		if message.Occasion == dispute.OccasionDeadlineMoved {
			taken, err := p.notify(ctx, message)
			p.noteDelivery(message, taken, err)
			return taken, err
		}
		return p.finish(ctx, message, p.attempt(ctx, message)[0])
	})
}

// enqueue has the main line send a message that holds nothing back.
func (p *process) enqueue(message activities.Notification) {
	p.delivery.queue = append(p.delivery.queue, message)
}

// sendQueued sends the messages that handlers have caused.
func (p *process) sendQueued() {
	queue := p.delivery.queue
	p.delivery.queue = nil
	for _, message := range queue {
		p.sendInBackground(message)
	}
}

// inBackground runs send in a coroutine, with the message in flight. A refusal for good raises attention.
func (p *process) inBackground(message activities.Notification, send func(workflow.Context) (activities.Delivery, error)) {
	ctx, land := p.launch(p.untilDecision, message)
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer land()
		if _, err := send(ctx); err != nil && !temporal.IsCanceledError(err) {
			p.raise(dispute.CauseMessageFailed)
		}
	})
}

// notify sends one message, after what it says has entered the history.
func (p *process) notify(ctx workflow.Context, message activities.Notification) (taken activities.Delivery, err error) {
	if err = p.awaitDropped(ctx, []activities.Notification{message}); err == nil {
		taken, err = p.backgroundCalls().notify(ctx, message)
	}
	return withoutCopyOfDropped(ctx, taken), err
}

// attempt sends messages once, side by side in one step, and notes those that were taken. Begun, it is not cancelled: what
// was taken would look as if it had not been.
func (p *process) attempt(ctx workflow.Context, messages ...activities.Notification) []activities.Delivery {
	attempts := make([]activities.Delivery, len(messages))
	if p.awaitDropped(ctx, messages) != nil {
		return attempts
	}
	begun, _ := workflow.NewDisconnectedContext(ctx)
	taken, err := p.calls().deliver(begun, messages)
	if err != nil { // of the step as a whole: what was taken has its receipt, which the next attempt finds
		return attempts
	}
	for i, message := range messages {
		if taken[i] = withoutCopyOfDropped(ctx, taken[i]); taken[i].Taken() {
			p.noteDelivery(message, taken[i], nil)
		}
	}
	return taken
}

// finish retries a message whose first attempt did not succeed.
func (p *process) finish(ctx workflow.Context, message activities.Notification, first activities.Delivery) (taken activities.Delivery, err error) {
	switch {
	case first.Taken():
		return first, nil
	case ctx.Err() != nil:
		err = ctx.Err()
	case first.Refused != "":
		err = dispute.Refuse(dispute.CodeMessageRefused, "%s", first.Refused)
	case message.Period > 0 || message.Occasion.Original() == dispute.OccasionClosed:
		taken, err = p.calls().retryNotify(ctx, message, first.RetryAfter)
	default:
		taken, err = p.backgroundCalls().retryNotify(ctx, message, first.RetryAfter)
	}
	taken = withoutCopyOfDropped(ctx, taken)
	p.noteDelivery(message, taken, err)
	return taken, err
}

// noteDelivery notes the result of a message in the timeline, and sends the copy that the merchant wants.
func (p *process) noteDelivery(message activities.Notification, taken activities.Delivery, err error) {
	event := "sent-" + string(message.Occasion)
	var detail string
	switch {
	case temporal.IsCanceledError(err):
		event, detail = "not-"+event, ": dropped, an event has overtaken it"
	case err != nil:
		event, detail = "not-"+event, ": refused, "+reason(err)
	case taken.Channel == dispute.ChannelNone:
		detail = ": " + taken.Answer
	default:
		detail = fmt.Sprintf(" by %s at %s: %s", taken.Channel, rfc3339(taken.At), taken.Answer)
	}
	if err == nil && !taken.Conflict {
		p.noteDelivered(message)
		if p.namesDeadline(message) {
			p.restOn(message, message.Number, taken)
		}
	}
	if err == nil && taken.CopyWanted && !taken.Conflict && p.holds(message) && message.Occasion != dispute.OccasionClosed {
		p.sendInBackground(copyOf(message, taken))
	}
	if taken.Conflict {
		detail += " (an earlier message, which said something else)"
		p.raise(dispute.CauseMessageFailed)
	}
	p.recordSending(message, taken, err)
	p.note(dispute.PartyKlarna, event, string(message.Recipient)+detail)
}

// copyOf returns the e-mail that a merchant wants beside the portal's message.
func copyOf(message activities.Notification, taken activities.Delivery) activities.Notification {
	message.Occasion = message.Occasion.Copy()
	message.Facts.BusinessDays = message.Period
	if taken.Deadline != nil {
		message.Deadline = taken.Deadline.At
	}
	message.Period, message.Reminders = 0, false
	return message
}

// occasionsOf joins the occasions of messages, each once.
func occasionsOf(messages []activities.Notification) string {
	var occasions []string
	for _, message := range messages {
		if occasion := string(message.Occasion); !slices.Contains(occasions, occasion) {
			occasions = append(occasions, occasion)
		}
	}
	return strings.Join(occasions, ", ")
}
