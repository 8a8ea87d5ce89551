package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Both is one for each of the two parties.
type Both[T any] struct {
	Merchant T `json:"merchant"`
	Customer T `json:"customer"`
}

// Told is what became of a message that was tried together with something else.
type Told struct {
	// Notified is nil when the message was not taken.
	Notified *Notified `json:"notified,omitempty"`
	// Refusal says why it was refused for good, on every channel.
	Refusal string `json:"refusal,omitzero"`
	// Trouble is why it was not taken now, and Pause how long the other side wants to be left alone.
	Trouble string        `json:"trouble,omitzero"`
	Pause   time.Duration `json:"pause,omitzero"`
}

// NotifyBoth tries to send a message to each party, both at once. It never fails: Notify goes on with what was not taken.
func (n *Notifications) NotifyBoth(ctx context.Context, in Both[Notification]) (Both[Told], error) {
	both := n.try(ctx, in.Merchant, in.Customer)
	return Both[Told]{Merchant: both[0], Customer: both[1]}, nil
}

// inTime is how long before its end a step gives up a message, so that it can still record and tell what became of the
// others.
const inTime = 300 * time.Millisecond

// companyWithin is how long the receipt of one message waits for that of the other, so that both are recorded in one
// transaction. A worker that dies in this time sends the one twice.
const companyWithin = 50 * time.Millisecond

// try tries messages of one dispute, all at once, which are not the only work of their step.
func (n *Notifications) try(ctx context.Context, messages ...Notification) []Told {
	delivering := ctx
	if end, limited := ctx.Deadline(); limited {
		var cancel context.CancelFunc
		delivering, cancel = context.WithDeadline(ctx, end.Add(-inTime))
		defer cancel()
	}
	prior := n.prior(delivering, messages...)
	attempts := make([]attempt, len(messages))
	delivered := make(chan *attempt, len(messages))
	for i, in := range messages {
		go func() {
			a := &attempts[i]
			defer func() { delivered <- a }()
			a.in = in
			a.guard(func() { n.deliver(delivering, a, prior) })
		}()
	}
	for left := len(messages); left > 0; {
		group := next(delivered, left)
		left -= len(group)
		fault := caught(func() { n.record(ctx, group...) })
		for _, a := range group {
			if a.unrecorded && a.err == nil {
				a.err = fault
			}
			a.guard(a.period)
		}
	}
	told := make([]Told, len(messages))
	for i := range attempts {
		told[i] = attempts[i].told()
	}
	return told
}

// next are the next attempt, and those that come soon after it, of so many.
func next(delivered <-chan *attempt, left int) []*attempt {
	group := []*attempt{<-delivered}
	late := time.After(companyWithin)
	for len(group) < left {
		select {
		case a := <-delivered:
			group = append(group, a)
		case <-late:
			return group
		}
	}
	return group
}

// guard makes a panic trouble of the attempt.
func (a *attempt) guard(do func()) {
	if fault := caught(do); fault != nil {
		a.err = fault
	}
}

// caught makes a panic an error. In a goroutine of our own it would end the process, and elsewhere hide what became of
// the other message. Notify meets it again, where the SDK reports it.
func caught(do func()) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	do()
	return nil
}

// told is what became of the message.
func (a *attempt) told() (told Told) {
	notified, err := a.notified()
	switch {
	case err == nil:
		told.Notified = &notified
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		told.Refusal = err.Error()
	default:
		told.Trouble = err.Error()
		if later, ok := errors.AsType[*RetryAfterError](err); ok {
			told.Pause = later.After
		}
	}
	return told
}
