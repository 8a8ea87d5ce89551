package workflows

import (
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// signals is the state of the signals, which report what has already happened elsewhere. They cannot be refused: an
// impossible signal stays in the timeline as ignored, and raises attention.
type signals struct {
	agreement  workflow.ReceiveChannel
	withdrawal workflow.ReceiveChannel
	// agreed, proposed and withdrawn are the signals that took effect, as agreement, as proposals and as withdrawal; an
	// identical repeat changes nothing at all.
	agreed    *dispute.Agreement
	proposed  []dispute.Agreement
	withdrawn *dispute.Withdrawal
	// settles means that agreed has settled the dispute by itself, whatever had been proposed.
	settles bool
	// cancelNoted means that the cancellation of the workflow has been handled.
	cancelNoted bool
}

// hasPendingSignals reports whether signals, or the cancellation, are waiting to be drained.
func (p *process) hasPendingSignals() bool {
	return p.signals.agreement.Len() > 0 || p.signals.withdrawal.Len() > 0 || p.cancelPending()
}

func (p *process) cancelPending() bool {
	return p.root.Err() != nil && !p.signals.cancelNoted
}

// drain handles the signals that have arrived: agreements before withdrawals before the cancellation, in whatever order
// they came. A signal that decides the dispute before the pause is booked takes effect once it is.
func (p *process) drain() {
	p.drainAgreements()
	var raw converter.RawValue
	for p.signals.withdrawal.ReceiveAsync(&raw) {
		p.onWithdrawal(raw)
		raw = converter.RawValue{}
	}
	if p.cancelPending() {
		p.onCancellation()
	}
}

func (p *process) drainAgreements() {
	var raw converter.RawValue
	for p.signals.agreement.ReceiveAsync(&raw) {
		p.onAgreement(raw)
		raw = converter.RawValue{}
	}
}

// maxIgnored is the number of characters that an impossible signal may add to the timeline: a client can send thousands
// of signals.
const maxIgnored = 500

// ignore notes an impossible signal in the timeline, with the reason, and raises attention.
func (p *process) ignore(signal string, why error) {
	p.note(dispute.PartyKlarna, signal+"-ignored", cut(why.Error(), maxIgnored))
	p.raise(dispute.CauseMessageIgnored)
}
