package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

// inTime is how long before its end a step gives up a message, so that it can still tell what became of the others.
const inTime = 300 * time.Millisecond

// try tries messages of one dispute, all at once, which are not the only work of their step.
func (n *Notifications) try(ctx context.Context, messages ...Notification) []Told {
	if end, limited := ctx.Deadline(); limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-inTime))
		defer cancel()
	}
	prior := n.prior(ctx, messages...)
	told := make([]Told, len(messages))
	var tries sync.WaitGroup
	for i, in := range messages {
		tries.Go(func() { told[i] = n.tryOne(ctx, in, prior) })
	}
	tries.Wait()
	return told
}

func (n *Notifications) tryOne(ctx context.Context, in Notification, prior func() (Prior, error)) (told Told) {
	// In a goroutine of our own a panic would end the process. Notify meets it again, where the SDK reports it.
	defer func() {
		if fault := recover(); fault != nil {
			told = Told{Trouble: fmt.Sprint("panic: ", fault)}
		}
	}()
	notified, err := n.notify(ctx, in, prior)
	if err == nil {
		return Told{Notified: &notified}
	}
	if dispute.CodeOf(err) == dispute.CodeMessageRefused {
		return Told{Refusal: err.Error()}
	}
	told.Trouble = err.Error()
	if later, ok := errors.AsType[*Later](err); ok {
		told.Pause = later.After
	}
	return told
}
