package workflows

import (
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// signals report what already happened elsewhere. They cannot be refused: one that is impossible stays in
// the timeline as ignored and calls for a person.
type signals struct {
	agreement  workflow.ReceiveChannel
	withdrawal workflow.ReceiveChannel
	// agreed and withdrawn took effect; an identical repeat changes nothing at all.
	agreed    *dispute.Agreement
	withdrawn *dispute.Withdrawal
	// cancelNoted tells that the cancellation of the workflow has been dealt with.
	cancelNoted bool
}

// mail tells whether messages are waiting to be drained.
func (p *process) mail() bool {
	return p.signals.agreement.Len() > 0 || p.signals.withdrawal.Len() > 0 || p.cancelPending()
}

func (p *process) cancelPending() bool {
	return p.root.Err() != nil && !p.signals.cancelNoted
}

// drain takes in what has arrived, in the order agreement, withdrawal, cancellation. What decides the
// dispute before the pause is booked takes effect as soon as it is.
func (p *process) drain() {
	var raw converter.RawValue
	for p.signals.agreement.ReceiveAsync(&raw) {
		p.onAgreement(raw)
		raw = converter.RawValue{}
	}
	for p.signals.withdrawal.ReceiveAsync(&raw) {
		p.onWithdrawal(raw)
		raw = converter.RawValue{}
	}
	if p.cancelPending() {
		p.onCancellation()
	}
}

func (p *process) onAgreement(raw converter.RawValue) {
	agreement, err := dispute.DecodeMessage[dispute.Agreement](payload(raw))
	switch {
	case err != nil:
		p.ignore(dispute.SignalAgreement, err)
	case p.signals.agreed != nil && p.signals.agreed.Equal(agreement):
	case p.decision != nil:
		p.ignore(dispute.SignalAgreement, p.tooLate())
	default:
		if err := agreement.Fits(p.dispute.DisputedAmount); err != nil {
			// That the customer pays is no agreement when the merchant alone says so, but it is a reaction.
			p.reacted = p.reacted || agreement.Terms == dispute.CustomerPays
			p.ignore(dispute.SignalAgreement, err)
			return
		}
		p.signals.agreed = &agreement
		p.decide(agreement.ReportedBy, dispute.ClosedByAgreement, agreement.Refund, agreement.String())
	}
}

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
		p.decide(withdrawal.ReportedBy, dispute.ClosedByWithdrawal, nil, withdrawal.Note)
	}
}

// onCancellation takes the cancellation of the workflow for what it is: an operator's last word, which
// counts until the decision.
func (p *process) onCancellation() {
	p.signals.cancelNoted = true
	if p.decision != nil {
		p.note(dispute.PartyOperator, "cancellation-ignored", p.tooLate().Error())
		return
	}
	p.decide(dispute.PartyOperator, dispute.ClosedByOperator, nil, "the workflow was cancelled")
}

// maxIgnored bounds what an impossible signal leaves behind, in characters: anybody can send thousands.
const maxIgnored = 500

func (p *process) tooLate() error {
	return dispute.Refuse(dispute.CodeNotAccepted, "it came after the decision: %s", p.decision.Reason)
}

// ignore keeps an impossible signal in the timeline, with what is wrong with it.
func (p *process) ignore(signal string, why error) {
	p.note(dispute.PartyKlarna, signal+"-ignored", cut(why.Error(), maxIgnored))
	p.raise(dispute.CauseMessageIgnored)
}
