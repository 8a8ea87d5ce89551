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
	return message{occasion, m.number, to, m.addresses[to], says}
}

// notify sends a message that holds nothing back.
func (m *model) notify(occasion dispute.Occasion, to dispute.Party, says string) {
	m.underWay = append(m.underWay, m.message(occasion, to, says))
}

// drop removes messages that are still under way, and reports whether it found any.
func (m *model) drop(occasions ...dispute.Occasion) (dropped bool) {
	before := len(m.underWay)
	m.underWay = slices.DeleteFunc(m.underWay, func(m message) bool { return slices.Contains(occasions, m.occasion) })
	return len(m.underWay) < before
}

// delivered reports whether a message is no longer under way: taken, or refused for good, which raises attention.
func (m *model) delivered(message message) bool {
	_, result := m.deliver(message)
	if result == refused {
		m.attention[dispute.CauseMessageFailed] = true
	}
	return result != stuck
}

// deliver sends over the portal where the merchant has it, and by e-mail otherwise or when the portal refuses.
func (m *model) deliver(message message) (dispute.Channel, result) {
	if message.to == dispute.PartyMerchant && m.Portal && message.occasion != dispute.OccasionOpenedCopy {
		if m.away(thePortal) {
			return "", stuck
		}
		if !m.refuses(thePortal) {
			m.send(message, thePortal)
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
	m.send(message, theMail+" "+message.address)
	return dispute.ChannelEmail, taken
}

func (m *model) send(message message, via string) {
	m.sent = append(m.sent, fmt.Sprintf("%s/%d/%s by %s %s", message.occasion, message.number, message.to, via, message.says))
}

// accepts returns "" and counts the update when it is accepted in these waits and so often; otherwise the code of the
// refusal.
func (m *model) accepts(update string, atMost int, waits ...dispute.Wait) dispute.Code {
	switch {
	case m.wait == "":
		return dispute.CodeDisputeClosed
	case !slices.Contains(waits, m.wait):
		return dispute.CodeNotAccepted
	case m.taken[update] >= atMost:
		return dispute.CodeLimitReached
	}
	m.taken[update]++
	return ""
}

func (m *model) respond() dispute.Code {
	code := m.accepts(dispute.UpdateRespond, 20, dispute.WaitAgreement)
	if code == "" {
		m.react()
	}
	return code
}

// react records that the merchant has answered: no decision by silence follows, and no reminder or copy of the opening.
func (m *model) react() {
	m.reacted = true
	m.drop(dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionOpenedCopy)
}

func (m *model) acceptLoss() dispute.Code {
	if m.decided != "" && m.taken[dispute.UpdateAcceptLoss] == 0 {
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
		m.informed = m.wait == dispute.WaitEvidence
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
	if m.wait.HasDeadline() && m.taken[dispute.UpdateMoveDeadline] < 20 && !allowed {
		return dispute.CodeInvalidMessage
	}
	code := m.accepts(dispute.UpdateMoveDeadline, 20, dispute.WaitAgreement, dispute.WaitStatement, dispute.WaitEvidence)
	if code == "" {
		m.shortened = to.Before(m.deadline)
		m.deadline, m.reminders, m.moved = to, nil, true
	}
	return code
}

func (m *model) retryNotification(email string) dispute.Code {
	code := m.accepts(dispute.UpdateRetryNotification, 20, dispute.WaitRetryNotification)
	if code == "" {
		m.retried = true
		if email != "" {
			m.addresses[m.question.to] = email
		}
	}
	return code
}

// acknowledge removes a cause, unless only an event can relieve it.
func (m *model) acknowledge(cause dispute.Cause) dispute.Code {
	byItself := cause == dispute.CauseUnreachable || cause == dispute.CauseDeskOverdue
	if m.wait != "" && m.taken[dispute.UpdateAcknowledge] < 50 && (!m.attention[cause] || byItself) {
		return dispute.CodeNotAccepted
	}
	code := m.accepts(dispute.UpdateAcknowledge, 50, m.wait)
	if code == "" {
		delete(m.attention, cause)
	}
	return code
}

// agreement settles the dispute by its terms, unless it is impossible.
func (m *model) agreement(a dispute.Agreement) {
	merchantAlone := a.Terms == dispute.CustomerPays && a.ReportedBy == dispute.PartyMerchant
	tooMuch := a.Refund != nil && (a.Refund.Currency != "EUR" || a.Refund.Amount > m.Disputed)
	switch {
	case m.agreed != nil && m.agreed.Equal(a): // an identical repeat
	case m.decided != "" || tooMuch:
		m.ignore()
	case merchantAlone:
		m.react()
		m.ignore()
	default:
		m.agreed = &a
		m.decide(dispute.ClosedByAgreement)
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
