package activities

import (
	"context"
	"errors"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// attempt is a message on its way: delivered, then recorded, then told of.
type attempt struct {
	in Notification
	// err is why it comes no further.
	err error
	cal *calendar.Calendar
	// hash tells what it says, copyWanted that the merchant's settings ask for an e-mail beside the portal's message.
	hash       string
	copyWanted bool
	// receipt proves that the recipient's side has taken it, now or before.
	receipt  dispute.Receipt
	recorded bool
}

// deliver sends a message, unless one was sent before under its key.
func (n *Notifications) deliver(ctx context.Context, a *attempt, prior func() (Prior, error)) {
	var known Prior
	if a.cal, a.err = calendar.Load(a.in.Dispute.Calendar); a.err != nil {
		return
	}
	if known, a.err = prior(); a.err != nil {
		return
	}
	notice := n.notice(a.in, known.Merchant)
	// The text tells the deadline, so a period that cannot be computed is never announced.
	if notice.Deadline, a.err = n.announced(a.cal, a.in); a.err != nil {
		return
	}
	a.hash, a.copyWanted = notice.Hash(), known.Merchant.EmailOnDispute
	if a.receipt, a.recorded = known.Receipts[notice.Key]; a.recorded {
		return
	}
	channel, answer, err := n.send(ctx, notice)
	a.receipt = dispute.Receipt{Key: notice.Key, ContentHash: a.hash, Channel: channel, At: n.clock.now(), Answer: answer}
	// An earlier message that the recipient has, and of which the record was lost, is recorded as what it was.
	if earlier, differs := errors.AsType[*Earlier](err); differs {
		a.receipt, err = earlier.Receipt, nil
	}
	a.err = err
}

// record keeps the receipts of messages that were taken now, all in one transaction.
func (n *Notifications) record(ctx context.Context, attempts ...*attempt) {
	var taken []*attempt
	var receipts []dispute.Receipt
	for _, a := range attempts {
		if a.err == nil && !a.recorded {
			taken, receipts = append(taken, a), append(receipts, a.receipt)
		}
	}
	if len(taken) == 0 {
		return
	}
	standing, err := n.outbox.Record(ctx, receipts...)
	if _, differs := errors.AsType[*Earlier](err); differs {
		err = nil // what stands is the answer
	}
	for i, a := range taken {
		if a.err = err; err == nil {
			a.receipt, a.recorded = standing[i], true
		}
	}
}

// notified is the answer: that of the message which stands under the key.
func (a *attempt) notified() (Notified, error) {
	notified := Notified{
		Channel: a.receipt.Channel, At: a.receipt.At, Answer: a.receipt.Answer, Differs: a.receipt.ContentHash != a.hash,
		CopyWanted: a.receipt.Channel == dispute.ChannelPortal && a.copyWanted,
	}
	if a.err == nil && a.in.Period > 0 {
		notified.Deadline, a.err = period(a.cal, a.receipt.At, a.in)
	}
	switch {
	case dispute.CodeOf(a.err) == dispute.CodeMessageRefused:
		return Notified{}, a.err
	case a.err != nil:
		return Notified{}, retried(a.err)
	}
	return notified, nil
}

func period(cal *calendar.Calendar, from time.Time, in Notification) (*dispute.Deadline, error) {
	at, err := cal.Deadline(from, in.Period)
	if err != nil {
		return nil, err
	}
	deadline, err := plan(cal, at, in.Reminders)
	return &deadline, err
}

// retried strips a refusal of its finality: nothing is decided on a failure of our own, so what cannot
// be done now is tried again until an operator, or a new build, has mended it.
func retried(err error) error {
	if dispute.CodeOf(err) == "" {
		return err
	}
	return errors.New(err.Error())
}
