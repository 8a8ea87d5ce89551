package workflows

import (
	"slices"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// awaitAgreement gives the two parties the response window to agree. A merchant who has not reacted by its end has lost.
func (p *process) awaitAgreement() {
	p.enter(dispute.StatePreArbitration, dispute.WaitAgreement)
	p.dropPastReminders()
	p.awaitDeadline(dispute.PartyMerchant, func() bool { return false }) // only a decision ends it early
	switch {
	case p.decision != nil:
	case !p.answers.reacted:
		p.decide(dispute.PartyKlarna, dispute.ClosedMerchantSilent, nil, "the merchant has not reacted within the response window")
	default:
		p.note(dispute.PartyKlarna, "response-window-over", "no agreement; Klarna steps in")
	}
}

// onAgreement handles the signal agreement. In every state before the decision the dispute settles by its terms, unless one
// party alone says so and not only at its own cost: then it is that party's proposal.
func (p *process) onAgreement(raw converter.RawValue) {
	agreement, err := dispute.DecodeMessage[dispute.Agreement](payload(raw))
	switch {
	case err != nil:
		p.ignoreAgreement(raw, err)
	case p.isRepeated(agreement):
	case p.decision != nil:
		p.ignore(dispute.SignalAgreement, p.tooLate())
	default:
		if err := p.checkAgreement(agreement.Offer()); err != nil {
			p.ignoreAgreement(raw, err)
			return
		}
		if agreement.ReportedBy == dispute.PartyMerchant {
			p.react()
		}
		p.hearAgreement(agreement)
	}
}

func (p *process) hearAgreement(agreement dispute.Agreement) {
	p.consider(agreement.Offer())
	if p.decision == nil {
		p.signals.proposed = append(p.signals.proposed, agreement)
		return
	}
	p.signals.agreed = &agreement
	p.signals.settles = agreement.Offer().Binding(p.dispute.DisputedAmount)
}

// isRepeated reports whether an agreement took effect before, and has none now.
func (p *process) isRepeated(agreement dispute.Agreement) bool {
	if p.signals.agreed != nil && p.signals.agreed.Equal(agreement) {
		return true
	}
	return slices.ContainsFunc(p.signals.proposed, agreement.Equal) && !p.acceptsNow(agreement.Offer())
}

// acceptsNow reports whether an offer that was declined would be the agreement now: the other party has proposed its terms
// since, and its own party has proposed nothing else.
func (p *process) acceptsNow(offer dispute.Offer) bool {
	if p.standingWith(offer.ProposedBy.Other(), offer) < 0 {
		return false
	}
	for _, proposal := range slices.Backward(p.negotiation.proposals) {
		if proposal.By == offer.ProposedBy {
			return proposal.State == dispute.ProposalDeclined && proposal.SameTerms(offer)
		}
	}
	return false
}

// checkAgreement refuses terms that do not fit the dispute. What becomes a proposal counts towards the party's limits.
func (p *process) checkAgreement(offer dispute.Offer) error {
	err := offer.Fits(p.dispute.DisputedAmount)
	if err != nil || offer.Binding(p.dispute.DisputedAmount) || p.standingWith(offer.ProposedBy.Other(), offer) >= 0 || p.stands(offer) {
		return err
	}
	made := 0
	for _, proposal := range p.negotiation.proposals {
		if proposal.By == offer.ProposedBy {
			made++
		}
	}
	if err := dispute.Accept(dispute.UpdatePropose, dispute.WaitAgreement, made); err != nil {
		return err
	}
	return p.hasRoomFor(offer.ProposedBy, offer.Message)
}

// ignoreAgreement notes an impossible agreement in the timeline. A merchant who sends one has reacted all the same.
func (p *process) ignoreAgreement(raw converter.RawValue, why error) {
	if dispute.IsReaction(payload(raw)) {
		p.react()
	}
	p.ignore(dispute.SignalAgreement, why)
}

// onWithdrawal handles the signal withdrawal: the merchant has won.
func (p *process) onWithdrawal(raw converter.RawValue) {
	withdrawal, err := dispute.DecodeMessage[dispute.Withdrawal](payload(raw))
	switch {
	case err != nil:
		p.ignore(dispute.SignalWithdrawal, err)
	case p.signals.withdrawn != nil && *p.signals.withdrawn == withdrawal:
	case p.decision != nil:
		p.ignore(dispute.SignalWithdrawal, p.tooLate())
	default:
		p.signals.withdrawn = &withdrawal
		p.recorded.Withdrawal = &dispute.ReportedWithdrawal{At: workflow.Now(p.ctx), Withdrawal: withdrawal}
		p.decide(withdrawal.ReportedBy, dispute.ClosedByWithdrawal, nil, withdrawal.Note)
	}
}

// onCancellation handles the cancellation of the workflow: an operator ends the dispute, unless it is decided.
func (p *process) onCancellation() {
	p.signals.cancelNoted = true
	if p.decision != nil {
		p.note(dispute.PartyOperator, "cancellation-ignored", p.tooLate().Error())
		return
	}
	p.decide(dispute.PartyOperator, dispute.ClosedByOperator, nil, "the workflow was cancelled")
}

func (p *process) handleAcceptLoss(m dispute.LossAcceptance) {
	p.recorded.LossAcceptance = &dispute.AcceptedLoss{At: workflow.Now(p.ctx), LossAcceptance: m}
	p.decide(m.ReportedBy, dispute.ClosedLossAccepted, nil, m.Note)
}

// react records that the merchant has reacted.
func (p *process) react() {
	p.answers.reacted = true
	p.overtake(eventReaction)
}

// tooLate returns the refusal of a message that comes after the decision.
func (p *process) tooLate() error {
	return dispute.Refuse(dispute.CodeNotAccepted, "it came after the decision: %s", p.decision.Reason)
}
