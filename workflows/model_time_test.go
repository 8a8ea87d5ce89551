package workflows_test

import (
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// dues returns the instants at which something falls due if nothing else happens, earliest first. Nothing falls due while
// the workers are away.
func (m *model) dues() []time.Time {
	var dues []time.Time
	if m.wait.HasDeadline() {
		dues = append(dues, m.deadline)
	}
	if len(m.reminders) > 0 && !m.reacted {
		dues = append(dues, m.reminders[0].At)
	}
	if m.deskAsked && !m.attention[dispute.CauseDeskOverdue] {
		dues = append(dues, m.overdue)
	}
	for _, since := range m.stuck {
		if at := since.Add(time.Hour); at.After(m.now) {
			dues = append(dues, at)
		}
	}
	for _, at := range m.givenUp {
		dues = append(dues, at)
	}
	for i, at := range dues {
		if at.Before(m.back) {
			dues[i] = m.back
		}
	}
	slices.SortFunc(dues, time.Time.Compare)
	return dues
}

// advance moves the time, and does everything that falls due until then.
func (m *model) advance(to time.Time) {
	for {
		dues := m.dues()
		if len(dues) == 0 || dues[0].After(to) {
			m.now = to
			return
		}
		m.now = dues[0]
		m.fallDue()
		m.proceed()
	}
}

// fallDue does what is due by now.
func (m *model) fallDue() {
	passed := func(at time.Time) bool { return !at.After(m.now) }
	if m.deskAsked && passed(m.overdue) {
		m.attention[dispute.CauseDeskOverdue] = true
	}
	for party, at := range m.givenUp {
		if passed(at) {
			delete(m.givenUp, party)
		}
	}
	switch {
	case !m.wait.HasDeadline():
	case passed(m.deadline):
		m.deadlinePasses()
	default:
		m.remind()
	}
}

// remind sends the latest reminder that is due; older ones that are still under way are dropped.
func (m *model) remind() {
	var due dispute.Occasion
	for len(m.reminders) > 0 && !m.reminders[0].At.After(m.now) {
		due, m.reminders = m.reminders[0].Occasion, m.reminders[1:]
	}
	if due != "" && !m.reacted {
		m.drop(dispute.OccasionReminder7, dispute.OccasionReminder2)
		m.notify(due, dispute.PartyMerchant, until(m.deadline))
	}
}

// deadlinePasses ends the period; more than an hour late it decides nothing, once.
func (m *model) deadlinePasses() {
	if m.now.Sub(m.deadline) > time.Hour && !m.extended {
		m.extend()
		return
	}
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

// extend moves a deadline that passed during an outage to the end of the next business day.
func (m *model) extend() {
	end, err := m.cal.Deadline(m.now, 1)
	if err != nil {
		panic(err) //nolint:forbidigo // a mistake in the test itself
	}
	m.extended = true
	m.number++
	m.setDeadline(end)
	m.notify(dispute.OccasionDeadlineMoved, m.question.to, until(end)+", shortened false, outage true")
}

// periodEnds drops the messages that only matter while the period runs.
func (m *model) periodEnds() {
	m.reminders, m.pending, m.extended = nil, time.Time{}, false
	m.drop(
		dispute.OccasionReminder7, dispute.OccasionReminder2, dispute.OccasionDeadlineMoved, dispute.OccasionOpenedCopy,
		"information-requested-copy",
	)
}
