package workflows_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// result is the result of an attempt to deliver a message.
type result int

const (
	taken result = iota
	stuck
	refused
)

func (m *model) away(system string) bool {
	return slices.Contains(m.Away, system)
}

func (m *model) refuses(name string) bool {
	return slices.Contains(m.Refusing, name)
}

func (m *model) message(occasion dispute.Occasion, to dispute.Party, says string) message {
	number := m.number
	if occasion.Original() == dispute.OccasionClosed { // once for each dispute, whatever ran before
		number = 1
	}
	return message{occasion, number, to, m.addresses[to], says}
}

// notify sends a message that holds nothing back.
func (m *model) notify(occasion dispute.Occasion, to dispute.Party, says string) {
	m.underWay = append(m.underWay, m.message(occasion, to, says))
}

// drop removes messages that are still under way, and their copies, and returns the occasions of those that it found.
func (m *model) drop(occasions ...dispute.Occasion) (dropped []dispute.Occasion) {
	m.underWay = slices.DeleteFunc(m.underWay, func(m message) bool {
		drops := slices.Contains(occasions, m.occasion) || slices.Contains(occasions, m.occasion.Original())
		if drops {
			dropped = append(dropped, m.occasion)
		}
		return drops
	})
	return dropped
}

// deliverAll delivers what is under way and can be delivered now.
func (m *model) deliverAll() {
	for {
		i := slices.IndexFunc(m.underWay, func(message message) bool { _, result := m.route(message); return result != stuck })
		if i < 0 {
			return
		}
		message := m.underWay[i]
		m.underWay = slices.Delete(m.underWay, i, i+1)
		channel, result := m.deliver(message)
		m.delivered(message, result)
		m.copy(message, channel)
	}
}

// delivered is what follows from a message that was taken, or refused for good: the latter raises attention.
func (m *model) delivered(message message, result result) {
	shortening := message.occasion == dispute.OccasionDeadlineMoved && !m.pending.IsZero()
	switch {
	case result == refused:
		m.attention[dispute.CauseMessageFailed] = true
		if message.occasion == dispute.OccasionMessage || message.occasion == dispute.OccasionProposalMade {
			m.unsaid = append(m.unsaid, message)
		}
		if shortening {
			m.pending = time.Time{}
		}
		if message.occasion == dispute.OccasionClosed {
			m.givenUp[message.to] = m.now.Add(30 * day)
		}
	case shortening:
		m.setDeadline(m.pending)
	}
}

// copy sends the e-mail that a merchant wants beside the portal's message.
func (m *model) copy(message message, channel dispute.Channel) {
	wanted := m.EmailOnDeadlines
	if message.occasion == dispute.OccasionOpened {
		wanted = m.EmailOnDispute
	}
	if wanted && channel == dispute.ChannelPortal {
		message.occasion += "-copy"
		m.underWay = append(m.underWay, message)
	}
}

// deliver sends a message, unless it is stuck or refused.
func (m *model) deliver(message message) (dispute.Channel, result) {
	channel, result := m.route(message)
	switch channel {
	case dispute.ChannelPortal:
		m.send(message, thePortal)
	case dispute.ChannelEmail:
		m.send(message, theMail+" "+message.address)
	case dispute.ChannelNone:
	}
	return channel, result
}

// route returns how a message goes out now, and whether it does. One about an earlier deadline that has passed is refused.
func (m *model) route(message message) (dispute.Channel, result) {
	channel, result := m.channel(message)
	if result == taken && message.occasion == dispute.OccasionDeadlineMoved && !m.pending.IsZero() && m.now.After(m.pending) {
		return "", refused
	}
	return channel, result
}

// channel chooses the portal where the merchant has it, and e-mail otherwise or when the portal refuses.
func (m *model) channel(message message) (dispute.Channel, result) {
	if message.to == dispute.PartyMerchant && m.Portal && !message.occasion.IsCopy() {
		if m.away(thePortal) {
			return "", stuck
		}
		if !m.refuses(thePortal) {
			return dispute.ChannelPortal, taken
		}
	}
	switch {
	case message.to == dispute.PartyDesk && m.DeskHasNoAddress:
		return dispute.ChannelNone, taken
	case m.away(theMail):
		return "", stuck
	case m.refuses(message.address):
		return "", refused
	}
	return dispute.ChannelEmail, taken
}

func (m *model) send(message message, via string) {
	m.sent = append(m.sent, fmt.Sprintf("%s/%d/%s by %s %s", message.occasion, message.number, message.to, via, message.says))
}

// accepts returns "" and counts the update when it is allowed; otherwise the code of the refusal.
func (m *model) accepts(update string, atMost int, waits ...dispute.Wait) dispute.Code {
	code := m.allows(update, atMost, waits...)
	if code == "" {
		m.accepted[update]++
	}
	return code
}

// allows returns "" when the update is accepted in these waits and so often; otherwise the code of the refusal.
func (m *model) allows(update string, atMost int, waits ...dispute.Wait) dispute.Code {
	switch {
	case m.wait == "":
		return dispute.CodeDisputeClosed
	case !slices.Contains(waits, m.wait):
		return dispute.CodeNotAccepted
	case m.accepted[update] >= atMost:
		return dispute.CodeLimitReached
	}
	return ""
}

// react records that the merchant has answered: no decision by silence follows, and no reminder or copy of the opening.
func (m *model) react() {
	m.reacted = true
	m.drop(dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionOpenedCopy)
}

func (m *model) acceptLoss() dispute.Code {
	if m.decided != "" && m.accepted[dispute.UpdateAcceptLoss] == 0 {
		return dispute.CodeNotAccepted
	}
	code := m.accepts(
		dispute.UpdateAcceptLoss, 1, dispute.WaitPause, dispute.WaitNotification, dispute.WaitRetryNotification, dispute.WaitAgreement,
		dispute.WaitStatement, dispute.WaitJustification, dispute.WaitEvidence, dispute.WaitDecision,
	)
	if code == "" {
		m.decide(dispute.ClosedLossAccepted)
	}
	return code
}

func (m *model) stateReason() dispute.Code {
	code := m.accepts(dispute.UpdateStateReason, 1, dispute.WaitStatement)
	m.stated = m.stated || code == ""
	return code
}

// submitEvidence counts evidence up to the limit before the request; the first evidence after the request is its answer
// and is always accepted.
func (m *model) submitEvidence() dispute.Code {
	atMost := 10
	if m.wait == dispute.WaitEvidence {
		atMost = 11
	}
	code := m.accepts(dispute.UpdateSubmitEvidence, atMost, dispute.WaitAgreement, dispute.WaitEvidence)
	if code == "" {
		m.evidence++
		m.react()
		m.gaveInformation = m.wait == dispute.WaitEvidence
	}
	return code
}

func (m *model) rule(ruling dispute.Ruling) dispute.Code {
	if m.wait == "" {
		return dispute.CodeDisputeClosed
	}
	if !m.deskAsked || dispute.Wait(ruling.Stage) != m.wait {
		return dispute.CodeNotAccepted
	}
	m.ruling, m.ruled = ruling, true
	return ""
}

func (m *model) moveDeadline(to time.Time) dispute.Code {
	allowed := to.After(m.now) && !to.After(m.now.Add(180*24*time.Hour))
	if m.wait.HasDeadline() && m.accepted[dispute.UpdateMoveDeadline] < 20 && !allowed {
		return dispute.CodeInvalidMessage
	}
	code := m.accepts(dispute.UpdateMoveDeadline, 20, dispute.WaitAgreement, dispute.WaitStatement, dispute.WaitEvidence)
	if code == "" {
		m.followMove(to)
	}
	return code
}

// retryNotification sends the message again whose refusal holds the dispute back, or a closing message that was refused.
func (m *model) retryNotification(to dispute.Party, email string) dispute.Code {
	switch {
	case m.wait == dispute.WaitRetryNotification && to == "":
		to = m.question.to
	case m.wait == dispute.WaitClosingMessages && to == "" && len(m.givenUp) > 1:
		return dispute.CodeInvalidMessage
	case m.wait == dispute.WaitClosingMessages && to == "":
		for party := range m.givenUp {
			to = party
		}
	}
	_, refused := m.givenUp[to]
	if m.wait == dispute.WaitClosingMessages && !refused || m.wait == dispute.WaitRetryNotification && to != m.question.to {
		return dispute.CodeNotAccepted
	}
	code := m.accepts(dispute.UpdateRetryNotification, 200, dispute.WaitRetryNotification, dispute.WaitClosingMessages)
	if code != "" {
		return code
	}
	if email != "" {
		m.addresses[to] = email
	}
	if refused {
		delete(m.givenUp, to)
		m.notify(dispute.OccasionClosed, to, m.result())
		return ""
	}
	m.retried = true
	return ""
}

// acknowledge removes a cause, unless only an event can relieve it.
func (m *model) acknowledge(cause dispute.Cause) dispute.Code {
	byItself := cause == dispute.CauseUnreachable || cause == dispute.CauseDeskOverdue || cause == dispute.CauseStalled
	if m.wait != "" && m.accepted[dispute.UpdateAcknowledge] < 50 && (!m.attention[cause] || byItself) {
		return dispute.CodeNotAccepted
	}
	code := m.accepts(dispute.UpdateAcknowledge, 50, m.wait)
	if code == "" {
		delete(m.attention, cause)
	}
	return code
}

// agreement is what the update propose would be, but from an operator too, in every wait, and told twice. An impossible one
// is ignored; a merchant who sends it has reacted.
func (m *model) agreement(a dispute.Agreement) {
	o := dispute.Offer{Terms: a.Terms, Refund: a.Refund, Message: a.Note, ProposedBy: a.ReportedBy}
	repeated := m.agreed != nil && m.agreed.Equal(a) || slices.ContainsFunc(m.suggested, a.Equal) && !m.agreesAfterAll(o)
	mine := 0
	for _, p := range m.proposals {
		if p.ProposedBy == a.ReportedBy {
			mine++
		}
	}
	possible := m.decided == "" && m.fits(o) && (m.agrees(o) || m.repeats(o) || mine < 20)
	if !repeated && m.decided == "" && a.ReportedBy == dispute.PartyMerchant {
		m.react()
	}
	switch {
	case repeated:
	case !possible:
		m.ignore()
	default:
		if m.offer(o); m.decided != "" {
			m.agreed = &a
		} else {
			m.suggested = append(m.suggested, a)
		}
	}
}

func (m *model) withdrawal(f dispute.Withdrawal) {
	switch {
	case m.withdrawn != nil && *m.withdrawn == f: // an identical repeat
	case m.decided != "":
		m.ignore()
	default:
		m.withdrawn = &f
		m.decide(dispute.ClosedByWithdrawal)
	}
}

// ignore notes a signal that is impossible.
func (m *model) ignore() {
	m.ignored++
	m.attention[dispute.CauseMessageIgnored] = true
}

// cancel decides the dispute when it is undecided, and is noted otherwise.
func (m *model) cancel() {
	switch {
	case m.cancelled:
	case m.decided != "":
		m.ignored++
	default:
		m.decide(dispute.ClosedByOperator)
	}
	m.cancelled = true
}
