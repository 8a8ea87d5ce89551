package workflows

import (
	"fmt"
	"strings"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// opening is the message that has opened the running period, and the state in which it is sent.
type opening struct {
	state   dispute.State
	message activities.Notification
}

// basis are the messages on which the running period rests: the one that has opened it, and the one that names its deadline
// where that was moved.
type basis []takenMessage

// takenMessage is a message that the side of its recipient has taken.
type takenMessage struct {
	occasion  dispute.Occasion
	number    int
	recipient dispute.Party
	channel   dispute.Channel
}

// String names the messages for a refusal.
func (b basis) String() string {
	var names []string
	for _, m := range b {
		names = append(names, fmt.Sprintf("%s with number %d to the %s, by %s", m.occasion, m.number, m.recipient, m.channel))
	}
	return strings.Join(names, "; ")
}

// find returns the message of a report.
func (b basis) find(report dispute.Bounce) (message takenMessage, found bool) {
	for _, m := range b {
		if m.occasion == report.Occasion && m.number == report.Number && m.recipient == report.Recipient {
			return m, true
		}
	}
	return takenMessage{}, false
}

// restOn records that the running period rests on a message that was taken.
func (p *process) restOn(message activities.Notification, number int, taken activities.Delivery) {
	p.delivery.basis = append(p.delivery.basis, takenMessage{message.Occasion, number, message.Recipient, taken.Channel})
}

// validateReportBounce refuses a report about a message of the kind on which the running period rests that is not that one, or
// has not gone by e-mail: the party has been heard. It refuses a second report about a period that has ended for the first.
func (p *process) validateReportBounce(m dispute.Bounce) error {
	message, found := p.delivery.basis.find(m)
	switch {
	case found && (p.period.unheard || p.casefile.wait == dispute.WaitRetryNotification):
		return dispute.Refuse(dispute.CodeNotAccepted,
			"the period that rested on it has ended, because a message has come back; %s begins it again", dispute.UpdateRetryNotification)
	case !p.periodRuns() || !p.isOfPeriod(m):
		return nil
	case !found:
		return dispute.Refuse(dispute.CodeNotAccepted, "the running period does not rest on %s with number %d to the %s; it rests on: %s",
			m.Occasion, m.Number, m.Recipient, p.delivery.basis)
	case message.channel != dispute.ChannelEmail:
		return dispute.Refuse(dispute.CodeNotAccepted,
			"no mail of this message can come back, because it did not go by %s; the running period rests on: %s",
			dispute.ChannelEmail, p.delivery.basis)
	}
	return nil
}

// isOfPeriod reports whether the message is to the party of the running period, of a kind on which it can rest.
func (p *process) isOfPeriod(m dispute.Bounce) bool {
	opened := p.delivery.opening.message
	return m.Recipient == opened.Recipient && (m.Occasion == opened.Occasion || m.Occasion == dispute.OccasionDeadlineMoved)
}

// handleReportBounce records that a mail has come back. Where the running period rests on it, the period has not been heard:
// it ends, and begins again once the message has arrived. Other messages raise attention.
func (p *process) handleReportBounce(m dispute.Bounce) {
	p.note(dispute.PartyOperator, dispute.UpdateReportBounce,
		fmt.Sprintf("%s with number %d to the %s, by %s: %s", m.Occasion, m.Number, m.Recipient, m.ReportedBy, m.Reason))
	if p.restsOn(m) {
		p.period.unheard = true
		return
	}
	p.raise(dispute.CauseMessageFailed)
}

// restsOn reports whether the running period rests on the message, and its party has not answered. A merchant who has reacted
// has heard of the dispute.
func (p *process) restsOn(m dispute.Bounce) bool {
	_, found := p.delivery.basis.find(m)
	return found && p.periodRuns() && (p.casefile.wait != dispute.WaitAgreement || !p.answers.reacted)
}

// reopenPeriod ends a period that was not heard, waits until an operator has the message sent again, and opens the period
// anew. A later deadline that was granted stays.
func (p *process) reopenPeriod() {
	state, wait, opening, granted := p.casefile.state, p.casefile.wait, p.delivery.opening, p.period.deadline.At
	p.endPeriod()
	p.awaitRetry(opening.state, opening.message.Recipient)
	p.openPeriod(opening.state, opening.message)
	if p.decision == nil {
		p.enter(state, wait)
		p.keepDeadlineOf(granted)
		p.dropPastReminders()
	}
}
