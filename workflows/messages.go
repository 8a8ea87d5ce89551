package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

func (p *process) validateRespond(m dispute.Response) error {
	return p.hasRoomFor(m.Sender(), m.Message)
}

// handleRespond passes on what one party writes to the other. From the merchant it is the reaction.
func (p *process) handleRespond(m dispute.Response) {
	if m.Sender() == dispute.PartyMerchant {
		p.react()
	}
	remark := dispute.Remark{
		Number: m.NumberOf(p.negotiation.base + len(p.negotiation.remarks) + 1),
		By:     m.Sender(), Text: m.Message, At: workflow.Now(p.ctx),
	}
	p.negotiation.remarks = append(p.negotiation.remarks, remark)
	p.note(m.ReportedBy, dispute.UpdateRespond, m.Message)
	p.passOn(remark)
}

// passOn sends a remark to the other party.
func (p *process) passOn(remark dispute.Remark) {
	p.enqueue(activities.Notification{
		Occasion: dispute.OccasionMessage, Number: remark.Number, Recipient: remark.By.Other(), Facts: dispute.Facts{Message: remark.Text},
	})
}

// noteDelivered records that the other party's side has taken a remark or a proposal.
func (p *process) noteDelivered(message activities.Notification) {
	switch message.Occasion { //nolint:exhaustive // the other messages are not said by a party
	case dispute.OccasionMessage:
		if i := slices.IndexFunc(p.negotiation.remarks, func(r dispute.Remark) bool { return r.Number == message.Number }); i >= 0 {
			p.negotiation.remarks[i].Delivered = true
		}
	case dispute.OccasionProposalMade:
		if i := slices.IndexFunc(p.negotiation.proposals, func(r dispute.Proposal) bool { return r.Number == message.Number }); i >= 0 {
			p.negotiation.proposals[i].Delivered = true
		}
	}
}

// holds reports whether a message still says what is so: a proposal may have ceased to stand while it was delivered.
func (p *process) holds(message activities.Notification) bool {
	return message.Occasion.Original() != dispute.OccasionProposalMade ||
		slices.ContainsFunc(p.standingProposals(), func(proposal dispute.Proposal) bool { return proposal.Number == message.Number })
}
