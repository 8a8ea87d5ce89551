package workflows

import (
	"slices"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// event is something that makes messages under way untrue. A message that opens a period is one too, named by its occasion.
type event string

const (
	eventReaction      event = "the merchant has reacted"
	eventReminderDue   event = "another reminder is due"
	eventDeadlineMoved event = "the deadline was moved"
	eventShortening    event = "an earlier deadline was set"
	eventPeriodOver    event = "the period is over"
	eventRuling        event = "the desk has ruled"
)

// overtaken lists the messages that an event makes untrue while they are under way, and their copies with them. The message
// with a proposal is dropped when that proposal ends (endProposal), and the decision makes all messages untrue but the closing
// ones, which come after it.
var overtaken = map[event][]dispute.Occasion{
	eventReaction:    {dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionOpenedCopy},
	eventReminderDue: {dispute.OccasionReminder7, dispute.OccasionReminder2},
	eventDeadlineMoved: {
		dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved,
		dispute.OccasionOpenedCopy, dispute.OccasionInformationRequested.Copy(),
	},
	eventPeriodOver: {
		dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved,
		dispute.OccasionOpenedCopy, dispute.OccasionInformationRequested.Copy(),
	},
	eventShortening: {dispute.OccasionDeadlineMoved},
	eventRuling:     {dispute.OccasionRulingAsked},

	event(dispute.OccasionReasonAsked):          {dispute.OccasionReceived},
	event(dispute.OccasionInformationRequested): {dispute.OccasionKlarnaStepsIn},
}

// overtake drops the messages under way that an event makes untrue, and returns them.
func (p *process) overtake(by event) (dropped []activities.Notification) {
	return p.drop(func(message activities.Notification) bool {
		return slices.Contains(overtaken[by], message.Occasion) || slices.Contains(overtaken[by], message.Occasion.Original())
	})
}

// drop drops the messages under way that are untrue, and returns them.
func (p *process) drop(untrue func(activities.Notification) bool) (dropped []activities.Notification) {
	p.delivery.queue = slices.DeleteFunc(p.delivery.queue, untrue)
	for _, sending := range p.delivery.inFlight {
		if untrue(sending.message) && sending.ctx.Err() == nil {
			sending.drop()
			dropped = append(dropped, sending.message)
		}
	}
	return dropped
}
