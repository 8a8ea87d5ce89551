package workflows

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/streitfall/streitfall/dispute"
)

// awaitRetry waits until an operator asks for the refused message to be sent again.
func (p *process) awaitRetry(state dispute.State, recipient dispute.Party) {
	p.enter(state, dispute.WaitRetryNotification)
	p.raise(dispute.CauseUnreachable)
	p.delivery.refused = []dispute.Party{recipient}
	p.awaitUnlessDecided(func() bool { return len(p.delivery.refused) == 0 })
	p.delivery.refused = nil
}

// validateRetry admits a retry of a message that was refused.
func (p *process) validateRetry(m dispute.Retry) error {
	refused := p.delivery.refused
	switch {
	case len(refused) == 0:
		return dispute.Refuse(dispute.CodeNotAccepted, "no message is refused at the moment")
	case m.Recipient == "" && len(refused) > 1:
		return dispute.Refuse(dispute.CodeInvalidMessage, "the messages to both parties were refused; recipient must say which one to send again: merchant or customer")
	case m.Recipient != "" && !slices.Contains(refused, m.Recipient):
		return dispute.Refuse(dispute.CodeNotAccepted, "the message to the %s was not refused; refused was that to the %s", m.Recipient, refused[0])
	}
	return nil
}

func (p *process) handleRetry(m dispute.Retry) {
	recipient := cmp.Or(m.Recipient, p.delivery.refused[0])
	p.delivery.refused = slices.DeleteFunc(slices.Clone(p.delivery.refused), func(party dispute.Party) bool { return party == recipient })
	detail := fmt.Sprintf("to the %s, by %s", recipient, m.RequestedBy)
	if m.Email != "" {
		p.delivery.corrected[recipient] = m.Email
		detail += ", at " + m.Email
	}
	p.note(dispute.PartyOperator, dispute.UpdateRetryNotification, detail)
}
