package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// negotiation is what merchant and customer have proposed and written to each other.
type negotiation struct {
	proposals []dispute.Proposal
	remarks   []dispute.Remark
	// base is the sequence number before the first proposal and remark of this run.
	base int
}

// maxWords bounds what one party writes to the other, proposals and answers included, in bytes of JSON: the queries answer with
// all of it, and Temporal limits the size of an answer.
const maxWords = 256 << 10

func (p *process) validatePropose(m dispute.Offer) error {
	if err := m.Fits(p.dispute.DisputedAmount); err != nil {
		return err
	}
	return p.hasRoomFor(m.ProposedBy, m.Message)
}

// hasRoomFor refuses a text that exceeds what one party may write to the other. No text always has room.
func (p *process) hasRoomFor(by dispute.Party, text string) error {
	if text == "" {
		return nil
	}
	words := []string{text}
	for _, proposal := range p.negotiation.proposals {
		if proposal.By == by {
			words = append(words, proposal.Message)
		} else {
			words = append(words, proposal.Answer)
		}
	}
	for _, remark := range p.negotiation.remarks {
		if remark.By == by {
			words = append(words, remark.Text)
		}
	}
	all, err := json.Marshal(words)
	if err == nil && len(all) > maxWords {
		return dispute.Refuse(dispute.CodeLimitReached, "what the %s writes to the %s may have %d bytes in all", by, by.Other(), maxWords)
	}
	return err
}

func (p *process) handlePropose(m dispute.Offer) {
	if m.ProposedBy == dispute.PartyMerchant {
		p.react()
	}
	p.consider(m)
}

// consider makes of an offer what it is: an agreement, if it binds nobody else or equals the other party's standing proposal;
// else the standing proposal of its party, in place of the one before. What the party has proposed word for word and still
// stands is a repeat, and changes nothing: the other party may be answering it under its number.
func (p *process) consider(offer dispute.Offer) {
	all := p.negotiation.proposals
	equal := p.standingWith(offer.ProposedBy.Other(), offer)
	switch {
	case offer.Binding(p.dispute.DisputedAmount):
		for i, proposal := range all {
			if proposal.State == dispute.ProposalStanding && proposal.SameTerms(offer) {
				p.endProposal(i, dispute.ProposalAccepted)
			}
		}
		p.recorded.Agreement = &dispute.ReportedAgreement{At: workflow.Now(p.ctx), Agreement: dispute.Agreement{
			Terms: offer.Terms, Refund: offer.Refund, ReportedBy: offer.ProposedBy, Note: offer.Message,
		}}
		p.decide(offer.ProposedBy, dispute.ClosedByAgreement, offer.Refund, offer.String())
	case equal >= 0:
		p.accept(equal, offer.ProposedBy, offer.Message)
	case p.stands(offer):
	default:
		p.propose(offer)
	}
}

// standingWith returns the index of a party's standing proposal if it names the terms of an offer, else -1.
func (p *process) standingWith(by dispute.Party, offer dispute.Offer) int {
	i := dispute.StandingOf(p.negotiation.proposals, by)
	if i >= 0 && p.negotiation.proposals[i].SameTerms(offer) {
		return i
	}
	return -1
}

// stands reports whether an offer is what its party has proposed, word for word.
func (p *process) stands(offer dispute.Offer) bool {
	own := p.standingWith(offer.ProposedBy, offer)
	return own >= 0 && p.negotiation.proposals[own].Message == offer.Message
}

// propose makes an offer the standing proposal of its party, and tells the other party once the invoice is paused.
func (p *process) propose(offer dispute.Offer) {
	number := offer.NumberOf(p.negotiation.base + len(p.negotiation.proposals) + 1)
	detail := fmt.Sprintf("%d: %s", number, offer)
	if before := dispute.StandingOf(p.negotiation.proposals, offer.ProposedBy); before >= 0 {
		p.endProposal(before, dispute.ProposalReplaced)
		detail += fmt.Sprintf(", in place of %d", p.negotiation.proposals[before].Number)
	}
	proposal := dispute.NewProposal(number, offer, workflow.Now(p.ctx))
	p.negotiation.proposals = append(p.negotiation.proposals, proposal)
	p.note(offer.ProposedBy, dispute.UpdatePropose, joined(detail, offer.Message))
	if p.casefile.wait != dispute.WaitPause {
		p.announce(proposal)
	}
}

// accept settles the dispute on the terms of a proposal.
func (p *process) accept(i int, by dispute.Party, note string) {
	p.endProposal(i, dispute.ProposalAccepted)
	proposal := &p.negotiation.proposals[i]
	proposal.Answer = note
	p.note(by, dispute.UpdateAnswerProposal, joined(fmt.Sprintf("accepts %d", proposal.Number), note))
	p.decide(by, dispute.ClosedByAgreement, proposal.Refund, fmt.Sprintf("%s, as the %s has proposed", proposal.Offer(), proposal.By))
}

func (p *process) validateAnswerProposal(m dispute.ProposalAnswer) error {
	if _, err := m.Answerable(p.negotiation.proposals); err != nil {
		return err
	}
	if err := p.hasRoomFor(m.AnsweredBy, m.Note); err != nil {
		return dispute.Refuse(dispute.CodeOf(err), "%s; an answer without a note is accepted", err)
	}
	return nil
}

// handleAnswerProposal looks at the proposal once more: a signal that came before the answer may have replaced it.
func (p *process) handleAnswerProposal(_ workflow.Context, m dispute.ProposalAnswer) error {
	if m.AnsweredBy == dispute.PartyMerchant {
		p.react()
	}
	i, err := m.Answerable(p.negotiation.proposals)
	switch {
	case err != nil:
		return activities.ApplicationError(err)
	case *m.Accept:
		p.accept(i, m.AnsweredBy, m.Note)
	default:
		p.decline(i, m)
	}
	return nil
}

// decline ends a proposal, and tells the party that has made it.
func (p *process) decline(i int, m dispute.ProposalAnswer) {
	p.endProposal(i, dispute.ProposalDeclined)
	proposal := &p.negotiation.proposals[i]
	proposal.Answer = m.Note
	p.note(m.AnsweredBy, dispute.UpdateAnswerProposal, joined(fmt.Sprintf("declines %d", proposal.Number), m.Note))
	p.enqueue(activities.Notification{
		Occasion: dispute.OccasionProposalDeclined, Number: proposal.Number, Recipient: proposal.By,
		Facts: dispute.Facts{Proposal: said(*proposal)},
	})
}

// endProposal ends the standing of a proposal, and drops the message about it that is still under way.
func (p *process) endProposal(i int, state dispute.ProposalState) {
	proposal := &p.negotiation.proposals[i]
	proposal.State, proposal.EndedAt = state, workflow.Now(p.ctx)
	p.casefile.stale = true
	p.drop(func(message activities.Notification) bool {
		return message.Occasion.Original() == dispute.OccasionProposalMade && message.Number == proposal.Number
	})
}

// expireProposals ends the proposals that stand when the dispute is decided.
func (p *process) expireProposals() {
	for i, proposal := range p.negotiation.proposals {
		if proposal.State == dispute.ProposalStanding {
			p.endProposal(i, dispute.ProposalExpired)
		}
	}
}

// announce tells the other party of a standing proposal.
func (p *process) announce(proposal dispute.Proposal) {
	p.enqueue(activities.Notification{
		Occasion: dispute.OccasionProposalMade, Number: proposal.Number, Recipient: proposal.By.Other(),
		Facts: dispute.Facts{Proposal: said(proposal)},
	})
}

// announceRest sends what has not been delivered to these parties and is not under way. When the invoice is paused, that is
// what signals have proposed before, and what a run that was stopped has left; when a period opens, what was refused before an
// operator has corrected the address.
func (p *process) announceRest(to ...dispute.Party) {
	if p.decision != nil {
		return
	}
	for _, proposal := range p.standingProposals() {
		if !proposal.Delivered && slices.Contains(to, proposal.By.Other()) && !p.isUnderWay(dispute.OccasionProposalMade, proposal.Number) {
			p.announce(proposal)
		}
	}
	for _, remark := range p.negotiation.remarks {
		if !remark.Delivered && slices.Contains(to, remark.By.Other()) && !p.isUnderWay(dispute.OccasionMessage, remark.Number) {
			p.passOn(remark)
		}
	}
}

// said returns a proposal as a message tells it: without the instants, which change when a task is executed again.
func said(proposal dispute.Proposal) *dispute.Proposal {
	proposal.At, proposal.EndedAt, proposal.Delivered = time.Time{}, time.Time{}, false
	return &proposal
}

// standingProposals returns the proposals that can be answered.
func (p *process) standingProposals() []dispute.Proposal {
	return slices.DeleteFunc(slices.Clone(p.negotiation.proposals), func(proposal dispute.Proposal) bool {
		return proposal.State != dispute.ProposalStanding
	})
}

// joined adds a party's text, if there is one.
func joined(detail, text string) string {
	return strings.TrimSuffix(detail+": "+text, ": ")
}
