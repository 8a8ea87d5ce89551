package workflows

import (
	"cmp"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// currentCase answers the query case: what was recorded, with how things stand now.
func (p *process) currentCase() dispute.Case {
	c := p.recorded
	c.Dispute, c.State, c.WaitingFor = p.dispute, p.casefile.state, p.casefile.wait
	c.Conversation, c.Proposals = p.negotiation.remarks, p.negotiation.proposals
	c.Attention, c.MerchantReacted = p.casefile.attention, p.answers.reacted
	c.Corrected = dispute.CorrectedAddresses{
		Merchant: p.delivery.corrected[dispute.PartyMerchant], Customer: p.delivery.corrected[dispute.PartyCustomer],
	}
	if p.decision == nil || p.paused == nil { // a signal before the pause decides once that is booked
		c.Decision = nil
	} else if c.Decision == nil || c.Decision.Decision != *p.decision { // the ledger's, of a run that could not be read
		c.Decision = &dispute.MadeDecision{By: dispute.PartyKlarna, Decision: *p.decision}
	}
	if p.settled != nil {
		settlement := dispute.Settlement(*p.settled)
		c.Settlement = &settlement
	}
	return c
}

// opens are the waits of the messages that open a period.
var opens = map[dispute.Occasion]dispute.Wait{
	dispute.OccasionOpened:               dispute.WaitAgreement,
	dispute.OccasionReasonAsked:          dispute.WaitStatement,
	dispute.OccasionInformationRequested: dispute.WaitEvidence,
}

// recordPeriod records the period that a message has opened.
func (p *process) recordPeriod(message activities.Notification, taken activities.Delivery) {
	p.recorded.Periods = append(p.recorded.Periods, dispute.Period{
		WaitingFor: opens[message.Occasion], Concerns: message.Recipient,
		BeganAt: taken.At, BusinessDays: message.Period, Calendar: p.dispute.Calendar,
		Deadline: taken.Deadline.At, Zone: taken.Deadline.Zone,
	})
}

// recordMove records that the running deadline is moved.
func (p *process) recordMove(move dispute.DeadlineMove) {
	period := p.recorded.RunningPeriod()
	period.Moves = append(period.Moves, dispute.MovedDeadline{At: workflow.Now(p.ctx), From: p.period.deadline.At, DeadlineMove: move})
}

// recordDeadline records the deadline that counts from now on, by the last move to it.
func (p *process) recordDeadline(at time.Time) {
	period := p.recorded.RunningPeriod()
	period.Deadline = at
	for i, move := range slices.Backward(period.Moves) {
		if move.To.Equal(at) {
			period.Moves[i].CountsFrom = workflow.Now(p.ctx)
			return
		}
	}
}

// recordPeriodEnd records that the running period is over, if one runs.
func (p *process) recordPeriodEnd() {
	if period := p.recorded.RunningPeriod(); period != nil {
		period.EndedAt = workflow.Now(p.ctx)
	}
}

// recordSending records what became of a message.
func (p *process) recordSending(message activities.Notification, taken activities.Delivery, err error) {
	if len(p.recorded.Sent) >= dispute.MaxSent {
		p.recorded.SentOmitted++
		return
	}
	sending := dispute.Sending{
		Occasion: message.Occasion, Number: message.Number, Recipient: message.Recipient,
		Result: dispute.SendAccepted, At: taken.At, Channel: taken.Channel, Answer: taken.Answer,
	}
	switch {
	case temporal.IsCanceledError(err):
		sending.Result, sending.At = dispute.SendOvertaken, workflow.Now(p.ctx)
	case err != nil:
		sending.Result, sending.At, sending.Answer = dispute.SendRefused, workflow.Now(p.ctx), reason(err)
	case taken.Conflict:
		sending.Result = dispute.SendConflict
	case taken.Channel == dispute.ChannelNone:
		sending.Result = dispute.SendSkipped
	}
	p.recorded.Sent = append(p.recorded.Sent, sending)
}

// restoreCase goes on with the case of a run that was stopped. Its last period does not run any more, and what this run has
// heard while its pause was retried counts first.
func (p *process) restoreCase(from dispute.Case) {
	heard := p.recorded
	p.recorded = from
	p.recordPeriodEnd()
	if from.PausedAt.IsZero() {
		p.recorded.PausedAt = heard.PausedAt
	}
	p.recorded.Agreement = cmp.Or(heard.Agreement, from.Agreement)
	p.recorded.Withdrawal = cmp.Or(heard.Withdrawal, from.Withdrawal)
	p.recorded.LossAcceptance = cmp.Or(heard.LossAcceptance, from.LossAcceptance)
	if from.Decision == nil {
		p.recorded.Decision = heard.Decision
	}
}
