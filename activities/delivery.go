package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// Delivery is the result of a Notification: taken (Channel is set), refused for good (Refused), or to be retried (Err).
type Delivery struct {
	Channel dispute.Channel `json:"channel,omitzero"`
	// At is when the recipient's side took the message: the start of the period.
	At     time.Time `json:"at,omitzero"`
	Answer string    `json:"answer,omitzero"`
	// Conflict means that an earlier message under the same key, which said something else, stands. Channel, At, Answer
	// and Deadline are that one's; the message that was asked for is not sent.
	Conflict bool `json:"conflict,omitzero"`
	// Deadline ends the period that the message opened.
	Deadline *dispute.Deadline `json:"deadline,omitempty"`
	// CopyWanted means that the merchant's settings ask for an e-mail beside the portal's message.
	CopyWanted bool `json:"copyWanted,omitzero"`
	// Refused is why every channel refused the message for good.
	Refused string `json:"refused,omitzero"`
	// Err is the transient error of the attempt, and RetryAfter how long the other side asked us to wait.
	Err        string        `json:"err,omitzero"`
	RetryAfter time.Duration `json:"retryAfter,omitzero"`
}

// Taken reports whether the recipient's side has taken the message.
func (d Delivery) Taken() bool { return d.Channel != "" }

// Notify sends one message over the channel that its recipient has, unless one was sent before under its key, and
// computes the deadline of the period that it opens. It fails with CodeMessageRefused when every channel refuses, or when
// the message says that the deadline was moved to an instant that has passed: it would say what no longer holds.
//
// The first message of a key stands. A worker can die, or an operator reset the dispute, after a message was sent and
// before that is in the history; the dispute may then go on otherwise and ask for another text. It is not sent: the
// Delivery is that of the first, with Conflict.
func (n *Notifications) Notify(ctx context.Context, in Notification) (Delivery, error) {
	return n.deliverOne(ctx, ctx, in, n.lookup(ctx, in))
}

// recordMargin is how long before its deadline a step stops sending, so that it can still record and return what was
// sent.
const recordMargin = 300 * time.Millisecond

// Deliver attempts several messages of one dispute once, side by side. It returns one Delivery each, in the same order,
// and no error; Notify retries what was not taken.
func (n *Notifications) Deliver(ctx context.Context, in []Notification) ([]Delivery, error) {
	sending := ctx
	if end, limited := ctx.Deadline(); limited {
		var cancel context.CancelFunc
		sending, cancel = context.WithDeadline(ctx, end.Add(-recordMargin))
		defer cancel()
	}
	lookup := n.lookup(sending, in...)
	deliveries := make([]Delivery, len(in))
	var attempts sync.WaitGroup
	for i, notification := range in {
		attempts.Go(func() { deliveries[i] = n.tryOnce(ctx, sending, notification, lookup) })
	}
	attempts.Wait()
	return deliveries, nil
}

// tryOnce is deliverOne with the error as part of the Delivery. A panic is a transient error: in this goroutine it would end
// the process. Notify meets it again, where the SDK reports it.
func (n *Notifications) tryOnce(ctx, sending context.Context, in Notification, lookup func() (SendState, error)) (delivery Delivery) {
	defer func() {
		if fault := recover(); fault != nil {
			delivery = Delivery{Err: fmt.Sprintf("panic: %v", fault)}
		}
	}()
	delivery, err := n.deliverOne(ctx, sending, in, lookup)
	switch {
	case err == nil:
		return delivery
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		return Delivery{Refused: err.Error()}
	}
	delivery = Delivery{Err: err.Error()}
	if later, ok := errors.AsType[*RetryAfterError](err); ok {
		delivery.RetryAfter = later.After
	}
	return delivery
}

// lookup reads the state of these messages once for all of them, when the first asks for it.
func (n *Notifications) lookup(ctx context.Context, messages ...Notification) func() (SendState, error) {
	return sync.OnceValues(func() (SendState, error) {
		var keys []dispute.NoticeKey
		for _, in := range messages {
			keys = append(keys, in.Key())
		}
		return n.receipts.Lookup(ctx, messages[0].Dispute.MerchantID, keys...)
	})
}

// deliverOne delivers a message, and records that an operator is needed where it was refused or is in conflict. A refusal that
// cannot be recorded is a transient error: the message is refused again.
func (n *Notifications) deliverOne(ctx, sending context.Context, in Notification, lookup func() (SendState, error)) (Delivery, error) {
	delivery, err := n.deliverRecorded(ctx, sending, in, lookup)
	cause := dispute.CauseMessageFailed
	switch refused := dispute.CodeOf(err) == dispute.CodeMessageRefused; {
	case refused && in.Period > 0:
		cause = dispute.CauseUnreachable
	case !refused && !delivery.Conflict:
		return delivery, err
	}
	if failed := n.receipts.SaveAttention(ctx, in.Key(), cause, n.clock.now()); failed != nil {
		return Delivery{}, retryable(failed)
	}
	return delivery, err
}

// deliverRecorded sends a message within the context sending, unless it has a receipt, and records it within ctx.
func (n *Notifications) deliverRecorded(ctx, sending context.Context, in Notification, lookup func() (SendState, error)) (Delivery, error) {
	cal, err := calendar.Load(in.Dispute.Calendar)
	if err != nil {
		return Delivery{}, retryable(err)
	}
	state, err := lookup()
	if err != nil {
		return Delivery{}, retryable(err)
	}
	notice, err := n.notice(cal, in, state.Merchant)
	if err != nil {
		return Delivery{}, retryable(err)
	}
	receipt, sent := state.Receipts[notice.Key]
	if !sent && in.Occasion.Original() == dispute.OccasionDeadlineMoved && n.clock.now().After(in.Deadline) {
		return Delivery{}, dispute.Refuse(dispute.CodeMessageRefused, "the deadline that it names has passed")
	}
	if !sent {
		if receipt, err = n.send(sending, notice); err == nil {
			receipt, err = n.record(ctx, standing(cal, in, notice, receipt))
		}
		if err != nil {
			return Delivery{}, err
		}
	}
	deadline, err := deadlineOf(cal, in, receipt.At)
	return Delivery{
		Channel: receipt.Channel, At: receipt.At, Answer: receipt.Answer, Conflict: receipt.ContentHash != notice.Hash(),
		CopyWanted: receipt.Channel == dispute.ChannelPortal && state.Merchant.WantsCopy(notice.Key.Occasion), Deadline: deadline,
	}, retryable(err)
}

// send sends a notice and returns its receipt, or that of an earlier message which the recipient's side already has. Only
// a refusal of the recipient's side is final.
func (n *Notifications) send(ctx context.Context, notice dispute.Notice) (dispute.Receipt, error) {
	channel, answer, err := n.route(ctx, notice)
	if earlier, conflict := errors.AsType[*ConflictError](err); conflict {
		return earlier.Existing, nil
	}
	if dispute.CodeOf(err) != dispute.CodeMessageRefused {
		err = retryable(err)
	}
	if err != nil {
		return dispute.Receipt{}, err
	}
	at, err := n.clock.after(notice.CausedAt)
	receipt := dispute.Receipt{Key: notice.Key, ContentHash: notice.Hash(), Channel: channel, At: at, Answer: answer}
	if proposal := notice.Proposal; proposal != nil {
		receipt.Terms = proposal.Terms
		if proposal.Refund != nil {
			receipt.Refund = proposal.Refund.Amount
		}
	}
	return receipt, err
}

// standing adds to the receipt of a notice where the dispute stands since. The receipt of an earlier message, which said
// something else, stays as it is.
func standing(cal *calendar.Calendar, in Notification, notice dispute.Notice, receipt dispute.Receipt) dispute.Receipt {
	if receipt.ContentHash != notice.Hash() {
		return receipt
	}
	receipt.CausedAt, receipt.Standing = notice.CausedAt, notice.Standing()
	// The message is with its recipient: an error must not keep its receipt from being recorded. The caller meets it again.
	if end, err := cal.Deadline(receipt.At, in.Period); err == nil && in.Period > 0 {
		receipt.Standing.Deadline = end
	}
	return receipt
}

// record saves a receipt and returns the one that stands.
func (n *Notifications) record(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	standing, err := n.receipts.Save(ctx, receipt)
	if _, conflict := errors.AsType[*ConflictError](err); conflict {
		err = nil
	}
	return standing, retryable(err)
}

// deadlineOf returns the deadline of the period that a message opened at an instant; nil when it opens none.
func deadlineOf(cal *calendar.Calendar, in Notification, takenAt time.Time) (*dispute.Deadline, error) {
	if in.Period == 0 {
		return nil, nil
	}
	end, err := cal.Deadline(takenAt, in.Period)
	if err != nil {
		return nil, err
	}
	deadline, err := plan(cal, end, in.Reminders)
	return &deadline, err
}
