package workflows

import (
	"encoding/json"
	"slices"
	"time"

	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// messagesPerRun is larger than any number that one run gives to its messages.
const messagesPerRun = 10_000

// proposalsPerRun is larger than the number of proposals, and of remarks, of one run.
const proposalsPerRun = 100

// inherit decodes what the parties had said to a run that was stopped: the optional second argument of the workflow. One that
// cannot be read counts as none. What that run had decided counts from the start: every message to this run comes after it.
func (p *process) inherit(raw converter.RawValue) {
	if len(payload(raw)) == 0 {
		return
	}
	var from *activities.Takeover
	if err := converter.GetDefaultDataConverter().FromPayload(raw.Payload(), &from); err != nil || from == nil {
		return
	}
	p.inherited = from
	p.decision, p.signals.agreed, p.signals.withdrawn = from.Decision, from.Agreed, from.Withdrawn
}

// beganNothing reports whether the stopped run had not paused the invoice: then it can have heard no more than signals, and the
// ledger knows nothing of it.
func beganNothing(from activities.Takeover) bool {
	decided := from.Decision != nil && from.Agreed == nil && from.Withdrawn == nil
	return from.PausedAt.IsZero() && !from.Closed && !decided
}

// disinherit drops what was inherited, where the ledger knows of no earlier run.
func (p *process) disinherit() {
	if p.inherited != nil && p.inherited.Decision != nil {
		p.decision, p.signals.agreed, p.signals.withdrawn = nil, nil, nil
	}
	p.inherited = nil
}

// takeover returns what a run that takes the dispute over has to know, for the query of a stopped run.
func (p *process) takeover() activities.Takeover {
	if p.paused == nil && p.inherited != nil {
		return p.inheritance()
	}
	takeover := activities.Takeover{
		State: p.casefile.state, Decision: p.decision,
		Reacted: p.answers.reacted, GaveInformation: p.answers.gaveInformation, Statement: p.answers.statement, Evidence: p.answers.evidence,
		Proposals: p.negotiation.proposals, Remarks: p.negotiation.remarks, Proposed: p.signals.proposed,
		Agreed: p.signals.agreed, Withdrawn: p.signals.withdrawn, Corrected: p.delivery.corrected,
		Case: p.recorded, Timeline: p.casefile.timeline.entries, TimelineOmitted: p.casefile.timeline.omitted,
	}
	if p.paused != nil {
		takeover.PausedAt = p.paused.At
	}
	if p.settled != nil {
		takeover.SettledAt = p.settled.At
	}
	if p.period.deadline != nil {
		takeover.Deadline = p.period.deadline.At
	}
	for _, cause := range p.casefile.attention {
		if cause == dispute.CauseMessageIgnored || cause == dispute.CauseMessageFailed {
			takeover.Attention = append(takeover.Attention, cause)
		}
	}
	return takeover
}

// inheritance returns what this run has taken over and not restored yet, because its pause is retried, with what it has heard.
func (p *process) inheritance() activities.Takeover {
	from := *p.inherited
	from.Decision, from.Agreed, from.Withdrawn = p.decision, p.signals.agreed, p.signals.withdrawn
	from.Reacted = from.Reacted || p.answers.reacted
	from.Unheard = slices.Clone(from.Unheard)
	for _, agreement := range p.signals.proposed {
		if input, err := json.Marshal(agreement); err == nil { // it was decoded from JSON
			from.Unheard = append(from.Unheard, activities.UnheardSignal{Signal: dispute.SignalAgreement, Input: input})
		}
	}
	return from
}

// takeOverDispute takes the dispute over from a run that was stopped, and reports whether there was one. This run goes on
// from what that one had heard and decided. What an undecided run had heard is kept, but its periods start again, because
// the dispute took no messages since that run was stopped. Where nothing of that run could be read, both parties are
// informed anew: otherwise a merchant who had answered could lose by silence.
//
// Each run has numbers of its own, so that no message takes the key of an earlier one, but for the closing messages: a party
// that has one already gets no second one.
func (p *process) takeOverDispute() bool {
	from := p.inherited
	if p.paused.Run == 1 && (from == nil || !beganNothing(*from)) {
		p.disinherit()
		return false
	}
	p.countTakeover()
	before := max(0, p.paused.Run-1)
	p.delivery.number, p.negotiation.base = before*messagesPerRun, before*proposalsPerRun
	if from == nil {
		p.note(dispute.PartyOperator, entryTakenOver, "from a run that was stopped; what the parties had said to it could not be read: both are informed anew")
		return true
	}
	p.restore(*from)
	if from.Decision == nil {
		p.note(dispute.PartyOperator, entryTakenOver, "from a run that was stopped; what the parties had said to it counts, and their time starts again")
		return true
	}
	p.note(dispute.PartyOperator, entryTakenOver, "from a run that was stopped after the decision: "+string(from.Decision.Reason))
	p.endWork()
	return true
}

func (p *process) restore(from activities.Takeover) {
	// Signals that have come while the pause was retried count as well.
	p.answers.reacted, p.answers.gaveInformation = p.answers.reacted || from.Reacted, from.GaveInformation
	p.answers.statement, p.answers.evidence = from.Statement, from.Evidence
	for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} { // in an order that a replay repeats
		if email := from.Corrected[party]; email != "" {
			p.delivery.corrected[party] = email
		}
	}
	for _, cause := range from.Attention {
		p.raise(cause)
	}
	p.restoreCase(from.Case)
	timeline := &p.casefile.timeline
	timeline.entries, timeline.omitted = append(timeline.entries, from.Timeline...), from.TimelineOmitted
	for _, entry := range from.Timeline {
		timeline.room -= len(entry.Detail)
	}
	p.restoreNegotiation(from)
}

// restoreNegotiation goes on with what the stopped run had heard, then with the agreements that it had not, then with what
// signals have proposed while the pause was retried: the last proposal of a party is the one that stands.
func (p *process) restoreNegotiation(from activities.Takeover) {
	since := p.signals.proposed
	p.negotiation.proposals, p.negotiation.remarks, p.signals.proposed = from.Proposals, from.Remarks, from.Proposed
	if p.decision != nil {
		p.expireProposals()
	}
	hearSignals(from, dispute.SignalAgreement, p.onAgreement)
	for _, agreement := range since {
		if p.decision == nil && from.Decision == nil && !p.isRepeated(agreement) {
			p.hearAgreement(agreement)
		}
	}
}

// remaining returns the steps of the story that the stopped run had not finished; all of them without one.
func (p *process) remaining() []func(*process) {
	from := p.inherited
	switch {
	case from == nil || from.State == dispute.StateOpened || from.State == dispute.StatePreArbitration:
		return story
	case from.GaveInformation:
		return story[stepDecideFinally:]
	case from.State == dispute.StateEvidencePending:
		return story[stepAskInformation:]
	case from.Statement != "":
		return story[stepJudgeComplaint:]
	default:
		return story[stepAskReason:]
	}
}

// keepLaterDeadline moves the deadline of a period that starts again to the one that the stopped run had, if that is later:
// the party relies on it.
func (p *process) keepLaterDeadline() {
	if p.inherited == nil || p.period.deadline == nil {
		return
	}
	p.keepDeadlineOf(p.inherited.Deadline)
	p.inherited.Deadline = time.Time{} // the periods after this one did not run before
}

// keepDeadlineOf moves the deadline of a period that has started again to the one that it had before, if that is later.
func (p *process) keepDeadlineOf(before time.Time) {
	if before.After(p.period.deadline.At) {
		p.period.moved = &dispute.DeadlineMove{To: before, Reason: dispute.MoveTakeover}
	}
}

// bookedBefore reports whether the ledger refuses the pause because it has closed the dispute, of which the parties are to
// be informed.
func (p *process) bookedBefore(refusal error) bool {
	from := p.inherited
	return from != nil && from.Closed && from.Decision != nil && codeOf(refusal) == dispute.CodeDisputeClosed
}

// hasNoted reports whether the timeline has an event.
func (p *process) hasNoted(event string) bool {
	return slices.ContainsFunc(p.casefile.timeline.entries, func(entry dispute.Entry) bool { return entry.Event == event })
}
