package workflows_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// proceed takes every step that can be taken now.
func (m *model) proceed() {
	m.deliverAll()
	for m.step() {
		m.deliverAll()
	}
	m.countStuck()
}

// countStuck keeps since when the steps that the dispute waits for have not succeeded.
func (m *model) countStuck() {
	var stuck []string
	switch m.wait {
	case dispute.WaitPause, dispute.WaitNotification, dispute.WaitSettlement:
		stuck = []string{string(m.wait)}
	case dispute.WaitJustification, dispute.WaitDecision:
		if !m.deskAsked {
			stuck = []string{string(m.wait)}
		}
	case dispute.WaitClosingMessages:
		for _, message := range m.underWay {
			stuck = append(stuck, string(message.occasion+" to ")+string(message.to))
		}
	default:
	}
	maps.DeleteFunc(m.stuck, func(step string, _ time.Time) bool { return !slices.Contains(stuck, step) })
	stalled := false
	for _, step := range stuck {
		if _, known := m.stuck[step]; !known {
			m.stuck[step] = m.now
		}
		stalled = stalled || !m.now.Before(m.stuck[step].Add(time.Hour))
	}
	delete(m.attention, dispute.CauseStalled)
	if stalled {
		m.attention[dispute.CauseStalled] = true
	}
}

// step takes the next step, and reports whether it could.
func (m *model) step() bool {
	switch m.wait {
	case dispute.WaitPause:
		return !m.away(theLedger) && m.pause()
	case dispute.WaitNotification:
		return m.ask()
	case dispute.WaitRetryNotification:
		return m.goOn(&m.retried, func() { m.wait = dispute.WaitNotification })
	case dispute.WaitStatement:
		return m.goOn(&m.stated, m.toJudge(dispute.WaitJustification))
	case dispute.WaitEvidence:
		return m.goOn(&m.gaveInformation, m.toJudge(dispute.WaitDecision))
	case dispute.WaitJustification, dispute.WaitDecision:
		return m.goOn(&m.ruled, m.followRuling) || !m.deskAsked && !m.away(theArbiter) && m.judge()
	case dispute.WaitSettlement:
		return !m.away(theLedger) && m.settle()
	case dispute.WaitClosingMessages:
		if len(m.underWay)+len(m.givenUp) == 0 {
			m.wait = ""
		}
		return false
	default:
		return false
	}
}

// goOn calls then when an update has asked for it, once.
func (m *model) goOn(asked *bool, then func()) bool {
	if !*asked {
		return false
	}
	*asked = false
	then()
	return true
}

func (m *model) pause() bool {
	if m.LedgerRefuses {
		m.refused, m.wait = dispute.CodeDisputeRefused, ""
		return false
	}
	m.paused = true
	m.booked = append(m.booked, "pause")
	if m.TakeOver {
		m.number += 10_000
		m.sequence = 100
	}
	if m.decided != "" {
		m.wait = dispute.WaitSettlement
		return true
	}
	m.put(question{dispute.OccasionOpened, dispute.PartyMerchant, m.Days, dispute.WaitAgreement})
	m.notify(dispute.OccasionReceived, dispute.PartyCustomer, "")
	m.tellProposals()
	return true
}

// put makes a question the current one.
func (m *model) put(q question) {
	m.number++
	m.question, m.wait = q, dispute.WaitNotification
}

// ask delivers the question; its period begins with the delivery.
func (m *model) ask() bool {
	q := m.question
	deadline, err := m.cal.Deadline(m.now, q.days)
	if err != nil {
		panic(err) //nolint:forbidigo // a mistake in the test itself
	}
	channel, result := m.deliver(m.message(q.occasion, q.to, until(deadline)))
	if result == refused {
		m.wait = dispute.WaitRetryNotification
		m.attention[dispute.CauseUnreachable] = true
	}
	if result != taken {
		return false
	}
	m.wait, m.deadline = q.answer, deadline
	if q.answer == dispute.WaitAgreement {
		m.state = dispute.StatePreArbitration
	}
	delete(m.attention, dispute.CauseUnreachable)
	m.remindOf(deadline)
	m.sayAgain(q.to)
	m.copy(m.message(q.occasion, q.to, until(deadline)), channel)
	return true
}

// remindOf plans the reminders of the response window; those that are already past are not sent.
func (m *model) remindOf(deadline time.Time) {
	m.reminders = nil
	if m.wait != dispute.WaitAgreement {
		return
	}
	for _, reminder := range []struct {
		occasion dispute.Occasion
		days     int
	}{{dispute.OccasionReminder7, 7}, {dispute.OccasionReminder2, 2}} {
		at, err := m.cal.Reminder(deadline, reminder.days)
		if err != nil {
			panic(err) //nolint:forbidigo // a mistake in the test itself
		}
		if at.After(m.now) {
			m.reminders = append(m.reminders, dispute.Reminder{Occasion: reminder.occasion, At: at})
		}
	}
}

// followMove informs the party that has to keep a moved deadline. A later one counts at once, an earlier one when the party
// is informed.
func (m *model) followMove(to time.Time) {
	m.number++
	shortened := to.Before(m.deadline)
	if shortened {
		m.drop(dispute.OccasionDeadlineMoved)
		m.pending = to
	} else {
		m.setDeadline(to)
	}
	m.notify(dispute.OccasionDeadlineMoved, m.question.to, fmt.Sprintf("%s, shortened %t, outage false", until(to), shortened))
}

// setDeadline plans the reminders of a deadline that counts from now on. Copies under way that name another one go out
// again.
func (m *model) setDeadline(to time.Time) {
	m.deadline, m.pending = to, time.Time{}
	m.remindOf(to)
	opening := []dispute.Occasion{"opened-copy", "information-requested-copy"}
	for _, occasion := range m.drop(append(opening, dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved)...) {
		if slices.Contains(opening, occasion) {
			m.notify(occasion, dispute.PartyMerchant, until(to))
		}
	}
}

// toJudge returns a function that ends a period after its answer, and goes on with a ruling.
func (m *model) toJudge(ruling dispute.Wait) func() {
	return func() {
		m.periodEnds()
		m.state, m.wait = dispute.StateArbitrationPending, ruling
	}
}

// judge asks the arbiter, who rules or refers the case to the desk.
func (m *model) judge() bool {
	stage := dispute.Stage(m.wait)
	arbiter, rules := m.rulings()[stage]
	if rules {
		m.ruling, m.ruled = *arbiter, true
		return true
	}
	m.deskAsked, m.overdue = true, m.now.Add(60*24*time.Hour)
	m.number++
	m.notify(dispute.OccasionRulingAsked, dispute.PartyDesk, fmt.Sprintf("%s, evidence %d", stage, m.evidence))
	return true
}

// followRuling acts on a ruling, the arbiter's or the desk's.
func (m *model) followRuling() {
	m.deskDone()
	switch {
	case m.ruling.InFavourOf == dispute.PartyMerchant:
		m.decide(dispute.ClosedForMerchant)
	case m.ruling.InFavourOf == dispute.PartyCustomer:
		m.decide(dispute.ClosedForCustomer)
	case *m.ruling.Justified:
		m.drop(dispute.OccasionKlarnaStepsIn)
		m.state = dispute.StateEvidencePending
		m.put(question{dispute.OccasionInformationRequested, dispute.PartyMerchant, 10, dispute.WaitEvidence})
	default:
		m.decide(dispute.ClosedNotJustified)
	}
}

func (m *model) deskDone() {
	m.deskAsked = false
	delete(m.attention, dispute.CauseDeskOverdue)
	m.drop(dispute.OccasionRulingAsked)
}

// decide fixes how the dispute ends, and drops the messages under way. The settlement follows once the pause is booked.
func (m *model) decide(reason dispute.ClosingReason) {
	m.decided = reason
	if outcomes[reason] == dispute.OutcomeLost {
		m.debit = m.Disputed
	}
	if reason == dispute.ClosedByAgreement {
		m.debit = m.refund
	}
	m.deskDone()
	m.underWay, m.reminders, m.pending = nil, nil, time.Time{}
	if m.paused {
		m.wait = dispute.WaitSettlement
		delete(m.attention, dispute.CauseUnreachable)
	}
}

// settle moves the money.
func (m *model) settle() bool {
	m.booked = append(m.booked, fmt.Sprintf("settle %s %s: debit %d, %s", outcomes[m.decided], m.decided, m.debit, m.booking()))
	m.state, m.wait = dispute.StateClosed, dispute.WaitClosingMessages
	m.notify(dispute.OccasionClosed, dispute.PartyMerchant, m.result())
	m.notify(dispute.OccasionClosed, dispute.PartyCustomer, m.result())
	return true
}

// booking is the settlement: the debit comes off what the customer owes first, the rest is refunded.
func (m *model) booking() string {
	open := invoiced - m.Paid
	credited := min(m.debit, open)
	return fmt.Sprintf("open %d, refunded %d", open-credited, m.debit-credited)
}

// result is what the closing messages say.
func (m *model) result() string {
	return fmt.Sprintf("%s, %s", m.decided, m.booking())
}
