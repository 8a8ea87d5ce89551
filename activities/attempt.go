package activities

import (
	"context"
	"errors"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// attempt is a message on its way: delivered, then recorded, then told of.
type attempt struct {
	in Notification
	// err is why it comes no further. Only the recipient's side can refuse a message for good.
	err error
	cal *calendar.Calendar
	// hash tells what it says, copyWanted that the merchant's settings ask for an e-mail beside the portal's message.
	hash       string
	copyWanted bool
	// receipt proves that the recipient's side has taken it, now or before; unrecorded tells that the outbox lacks it.
	receipt    dispute.Receipt
	unrecorded bool
	// deadline ends the period that the message opens, if it does.
	deadline *dispute.Deadline
}

// deliver sends a message, unless one was sent before under its key.
func (n *Notifications) deliver(ctx context.Context, a *attempt, prior func() (SendState, error)) {
	notice, known, err := n.prepare(a, prior)
	if err != nil {
		a.err = retryable(err)
		return
	}
	a.hash, a.copyWanted = notice.Hash(), known.Merchant.EmailOnDispute
	var sent bool
	if a.receipt, sent = known.Receipts[notice.Key]; sent {
		return
	}
	channel, answer, err := n.send(ctx, notice)
	a.receipt = dispute.Receipt{Key: notice.Key, ContentHash: a.hash, Channel: channel, At: n.clock.now(), Answer: answer}
	// An earlier message that the recipient has, and of which the record was lost, is recorded as what it was.
	if earlier, differs := errors.AsType[*ConflictError](err); differs {
		a.receipt, err = earlier.Existing, nil
	}
	if a.err = err; dispute.CodeOf(err) != dispute.CodeMessageRefused {
		a.err = retryable(err)
	}
	a.unrecorded = err == nil
}

// prepare makes the notice of a message.
func (n *Notifications) prepare(a *attempt, prior func() (SendState, error)) (notice dispute.Notice, known SendState, err error) {
	if a.cal, err = calendar.Load(a.in.Dispute.Calendar); err != nil {
		return notice, known, err
	}
	if known, err = prior(); err != nil {
		return notice, known, err
	}
	notice = n.notice(a.in, known.Merchant)
	// The text tells the deadline, so a period that cannot be computed is never announced.
	notice.Deadline, err = n.announced(a.cal, a.in)
	return notice, known, err
}

// record keeps the receipts of messages that were taken now.
func (n *Notifications) record(ctx context.Context, attempts ...*attempt) {
	for _, a := range attempts {
		if !a.unrecorded {
			continue
		}
		standing, err := n.outbox.Save(ctx, a.receipt)
		if _, differs := errors.AsType[*ConflictError](err); differs {
			err = nil // what stands is the answer
		}
		if a.err = retryable(err); err == nil {
			a.receipt, a.unrecorded = standing, false
		}
	}
}

// period computes the period that a message opens, from when it was taken.
func (a *attempt) period() {
	if a.err != nil || a.in.Period == 0 {
		return
	}
	at, err := a.cal.Deadline(a.receipt.At, a.in.Period)
	if err == nil {
		a.deadline = new(dispute.Deadline)
		*a.deadline, err = plan(a.cal, at, a.in.Reminders)
	}
	a.err = retryable(err)
}

// notified is the answer: that of the message which stands under the key.
func (a *attempt) notified() (Notified, error) {
	if a.err != nil {
		return Notified{}, a.err
	}
	return Notified{
		Channel: a.receipt.Channel, At: a.receipt.At, Answer: a.receipt.Answer, Differs: a.receipt.ContentHash != a.hash,
		CopyWanted: a.receipt.Channel == dispute.ChannelPortal && a.copyWanted, Deadline: a.deadline,
	}, nil
}
