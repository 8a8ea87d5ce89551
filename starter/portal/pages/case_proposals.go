package pages

import (
	"github.com/streitfall/streitfall/dispute"
)

func termsKey(p dispute.Proposal) string {
	if p.Refund != nil {
		return TermsRefund
	}
	return TermsPay
}

// offer is the refund that a proposal offers.
func (t caseTeller) offer(p dispute.Proposal) string {
	if p.Refund == nil {
		return ""
	}
	return t.money(clean(*p.Refund))
}

// proposals are all proposals, the newest first.
func (t caseTeller) proposals() (all []Proposal) {
	for i := len(t.c.Proposals) - 1; i >= 0; i-- {
		p := t.c.Proposals[i]
		shown := Proposal{
			Title: t.say("proposal.name", "number", p.Number), Terms: t.terms(p), State: t.proposalState(p),
			Standing: p.State == dispute.ProposalStanding,
			Said:     t.said(p.By, t.moment(p.At, t.c.Dispute.Calendar), p.Message, nil),
		}
		if p.Answer != "" {
			answer := t.said(p.By.Other(), t.moment(p.EndedAt, t.c.Dispute.Calendar), p.Answer, nil)
			shown.Answer = &answer
		}
		all = append(all, shown)
	}
	return all
}

// terms says what a proposal proposes.
func (t caseTeller) terms(p dispute.Proposal) string {
	key := "proposal.other." + termsKey(p)
	if p.By == t.party {
		key = "proposal.you." + termsKey(p)
		if p.Refund == nil {
			key += "." + string(t.party)
		}
	}
	return t.say(key, "offer", t.offer(p), "name", t.name(p.By))
}

func (t caseTeller) proposalState(p dispute.Proposal) string {
	key := "proposal.state." + string(p.State)
	if p.State == dispute.ProposalExpired && t.c.Decision != nil && t.c.Decision.Reason == dispute.ClosedByAgreement {
		key = forReader("proposal.state.agreed", ".other", t.party != dispute.PartyMerchant && t.party != dispute.PartyCustomer)
	}
	if p.State == dispute.ProposalStanding {
		switch t.party { //nolint:exhaustive // the others only look at it
		case p.By:
			key += ".you"
		case p.By.Other():
			key += ".other"
		}
	}
	return t.say(key)
}
