package workflows_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// proceed takes every step that can be taken now.
func (m *model) proceed() {
	m.underWay = slices.DeleteFunc(m.underWay, m.delivered)
	for m.step() {
		m.underWay = slices.DeleteFunc(m.underWay, m.delivered)
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
	case dispute.WaitAgreement:
		return m.goOn(&m.moved, m.followMove)
	case dispute.WaitStatement:
		return m.goOn(&m.stated, m.toJudge(dispute.WaitJustification)) || m.goOn(&m.moved, m.followMove)
	case dispute.WaitEvidence:
		return m.goOn(&m.informed, m.toJudge(dispute.WaitDecision)) || m.goOn(&m.moved, m.followMove)
	case dispute.WaitJustification, dispute.WaitDecision:
		return m.goOn(&m.ruled, m.followRuling) || !m.deskAsked && !m.away(theArbiter) && m.judge()
	case dispute.WaitSettlement:
		return !m.away(theLedger) && m.settle()
	case dispute.WaitClosingMessages:
		if len(m.underWay) == 0 {
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
	if m.decided != "" {
		m.wait = dispute.WaitSettlement
		return true
	}
	m.put(question{dispute.OccasionOpened, dispute.PartyMerchant, m.Days, dispute.WaitAgreement})
	m.notify(dispute.OccasionReceived, dispute.PartyCustomer, "")
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
	if q.occasion == dispute.OccasionOpened && channel == dispute.ChannelPortal && m.CopyWanted {
		m.notify(dispute.OccasionOpenedCopy, q.to, until(deadline))
	}
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

// followMove plans the reminders of a moved deadline and informs the party that has to keep it.
func (m *model) followMove() {
	m.drop(dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved)
	m.number++
	m.remindOf(m.deadline)
	if m.drop(dispute.OccasionOpenedCopy) {
		m.notify(dispute.OccasionOpenedCopy, dispute.PartyMerchant, until(m.deadline))
	}
	m.notify(dispute.OccasionDeadlineMoved, m.question.to, fmt.Sprintf("%s, shortened %t", until(m.deadline), m.shortened))
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
	if reason == dispute.ClosedByAgreement && m.agreed.Refund != nil {
		m.debit = m.agreed.Refund.Amount
	}
	m.deskDone()
	m.underWay, m.reminders = nil, nil
	if m.paused {
		m.wait = dispute.WaitSettlement
		delete(m.attention, dispute.CauseUnreachable)
	}
}

// settle moves the money: the debit comes off what the customer owes first, the rest is refunded.
func (m *model) settle() bool {
	open := invoiced - m.Paid
	credited := min(m.debit, open)
	refunded := m.debit - credited
	m.booked = append(m.booked, fmt.Sprintf("settle %s %s: debit %d, open %d, refunded %d", outcomes[m.decided], m.decided, m.debit, open-credited, refunded))
	m.state, m.wait = dispute.StateClosed, dispute.WaitClosingMessages
	result := fmt.Sprintf("%s, open %d, refunded %d", m.decided, open-credited, refunded)
	m.notify(dispute.OccasionClosed, dispute.PartyMerchant, result)
	m.notify(dispute.OccasionClosed, dispute.PartyCustomer, result)
	return true
}

// due is something that falls due at an instant.
type due struct {
	at time.Time
	do func()
}

// dues returns what will fall due if nothing else happens, earliest first.
func (m *model) dues() []due {
	var dues []due
	if m.wait.HasDeadline() {
		dues = append(dues, due{m.deadline, m.deadlinePasses})
	}
	if len(m.reminders) > 0 && !m.reacted {
		dues = append(dues, due{m.reminders[0].At, m.remind})
	}
	if m.deskAsked && !m.attention[dispute.CauseDeskOverdue] {
		dues = append(dues, due{m.overdue, func() { m.attention[dispute.CauseDeskOverdue] = true }})
	}
	slices.SortFunc(dues, func(a, b due) int { return a.at.Compare(b.at) })
	return dues
}

// advance moves the time, and does everything that falls due until then.
func (m *model) advance(to time.Time) {
	for {
		dues := m.dues()
		if len(dues) == 0 || dues[0].at.After(to) {
			m.now = to
			return
		}
		m.now = dues[0].at
		dues[0].do()
		m.proceed()
	}
}

// remind sends the next reminder; an older one that is still under way is dropped.
func (m *model) remind() {
	m.drop(dispute.OccasionReminder7)
	occasion := m.reminders[0].Occasion
	m.reminders = m.reminders[1:]
	m.notify(occasion, dispute.PartyMerchant, until(m.deadline))
}

func (m *model) deadlinePasses() {
	wait := m.wait
	m.periodEnds()
	switch {
	case wait == dispute.WaitStatement:
		m.decide(dispute.ClosedNotSubstantiated)
	case wait == dispute.WaitEvidence:
		m.decide(dispute.ClosedNoInformation)
	case !m.reacted:
		m.decide(dispute.ClosedMerchantSilent)
	default: // Klarna steps in
		m.state = dispute.StateArbitrationPending
		m.drop(dispute.OccasionReceived)
		m.put(question{dispute.OccasionReasonAsked, dispute.PartyCustomer, 10, dispute.WaitStatement})
		m.notify(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant, "")
	}
}

// periodEnds drops the messages that only matter while the period runs.
func (m *model) periodEnds() {
	m.reminders = nil
	m.drop(dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved, dispute.OccasionOpenedCopy)
}
