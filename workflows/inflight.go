package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// inFlight is a message under way, with what drops it. A dropped one stays in flight until its last attempt has ended.
// Package mail has an inFlight of its own: the mails whose server has not answered yet.
type inFlight struct {
	message activities.Notification
	ctx     workflow.Context
	drop    workflow.CancelFunc
}

// launch puts a message in flight. Its sending ends with land, and is dropped with the returned context.
func (p *process) launch(ctx workflow.Context, message activities.Notification) (flying workflow.Context, land func()) {
	ctx, drop := workflow.WithCancel(ctx)
	sending := &inFlight{message, ctx, drop}
	p.delivery.inFlight = append(p.delivery.inFlight, sending)
	return ctx, func() {
		p.delivery.inFlight = slices.DeleteFunc(p.delivery.inFlight, func(other *inFlight) bool { return other == sending })
	}
}

// isUnderWay reports whether a message is queued or in flight.
func (p *process) isUnderWay(occasion dispute.Occasion, number int) bool {
	is := func(message activities.Notification) bool {
		return message.Occasion == occasion && message.Number == number
	}
	return slices.ContainsFunc(p.delivery.queue, is) ||
		slices.ContainsFunc(p.delivery.inFlight, func(sending *inFlight) bool { return is(sending.message) })
}

// awaitDropped waits until the dropped messages to the recipients have ended, so that none of them arrives after these. It
// fails when ctx is cancelled.
func (p *process) awaitDropped(ctx workflow.Context, messages []activities.Notification) error {
	ended := func() bool {
		return !slices.ContainsFunc(p.delivery.inFlight, func(sending *inFlight) bool {
			return sending.ctx.Err() != nil && slices.ContainsFunc(messages, func(message activities.Notification) bool {
				return message.Recipient == sending.message.Recipient
			})
		})
	}
	if !ended() {
		p.casefile.working, p.casefile.stale = false, true // it can take as long as an attempt
	}
	if err := workflow.Await(ctx, ended); err != nil {
		return err
	}
	return ctx.Err()
}

// withoutCopyOfDropped asks for no copy of a message that was dropped and taken all the same.
func withoutCopyOfDropped(ctx workflow.Context, taken activities.Delivery) activities.Delivery {
	taken.CopyWanted = taken.CopyWanted && ctx.Err() == nil
	return taken
}
