package workflows

import (
	"fmt"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// opening is the message that has opened the running period, and the state in which it is sent.
type opening struct {
	state   dispute.State
	message activities.Notification
}

// handleReportBounce records that a mail has come back. Where the running period rests on it, the period has not been heard:
// it ends, and begins again once the message has arrived. Other messages raise attention.
func (p *process) handleReportBounce(m dispute.Bounce) {
	p.note(dispute.PartyOperator, dispute.UpdateReportBounce, fmt.Sprintf("%s to the %s, by %s: %s", m.Occasion, m.Recipient, m.ReportedBy, m.Reason))
	if p.restsOn(m) {
		p.period.unheard = true
		return
	}
	p.raise(dispute.CauseMessageFailed)
}

// restsOn reports whether the running period began with the message, or ends by the deadline that it names, and its party has
// not answered. A merchant who has reacted has heard of the dispute.
func (p *process) restsOn(m dispute.Bounce) bool {
	opened := p.delivery.opening.message
	return p.periodRuns() && m.Recipient == opened.Recipient && (m.Occasion == opened.Occasion || m.Occasion == dispute.OccasionDeadlineMoved) &&
		(p.casefile.wait != dispute.WaitAgreement || !p.answers.reacted)
}

// reopenPeriod ends a period that was not heard, waits until an operator has the message sent again, and opens the period
// anew.
func (p *process) reopenPeriod() {
	state, wait, opening := p.casefile.state, p.casefile.wait, p.delivery.opening
	p.endPeriod()
	p.awaitRetry(opening.state, opening.message.Recipient)
	p.openPeriod(opening.state, opening.message)
	if p.decision == nil {
		p.enter(state, wait)
		p.dropPastReminders()
	}
}
