package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// askReason is Klarna's first step: the customer is asked for the reason. A complaint that its own author
// does not explain in time is over.
func (p *process) askReason() {
	p.enter(dispute.StateArbitrationPending, dispute.WaitNotification)
	p.openPeriod(dispute.StateArbitrationPending, activities.Notification{
		Occasion: dispute.OccasionReasonAsked, Recipient: dispute.PartyCustomer, Period: dispute.StatementBusinessDays,
	}, p.beside(activities.Notification{Occasion: dispute.OccasionKlarnaStepsIn, Recipient: dispute.PartyMerchant}))
	if p.decision != nil {
		return
	}
	p.enter(dispute.StateArbitrationPending, dispute.WaitStatement)
	p.awaitDeadline(dispute.PartyCustomer, func() bool { return p.statement != "" })
	if p.decision == nil && p.statement == "" {
		p.decide(dispute.PartyKlarna, dispute.ClosedNotSubstantiated, nil, "the customer has not stated the reason in time")
	}
}

// judgeComplaint asks whether the complaint is justified. If not, the merchant has won.
func (p *process) judgeComplaint() {
	p.enter(dispute.StateArbitrationPending, dispute.WaitJustification)
	ruling := p.judge(dispute.StageJustification)
	if p.decision == nil && !*ruling.Justified {
		p.decide(dispute.PartyDesk, dispute.ClosedNotJustified, nil, "the complaint is not justified")
	}
}

// askInformation gives the merchant one chance to answer the complaint. No answer loses.
func (p *process) askInformation() {
	p.openPeriod(dispute.StateEvidencePending, p.request(), func(ctx workflow.Context, request activities.Notification) (activities.Notified, error) {
		return p.goOn(ctx, p.tried(request, p.requested))
	})
	if p.decision != nil {
		return
	}
	p.enter(dispute.StateEvidencePending, dispute.WaitEvidence)
	p.awaitDeadline(dispute.PartyMerchant, func() bool { return p.informed })
	if p.decision == nil && !p.informed {
		p.decide(dispute.PartyKlarna, dispute.ClosedNoInformation, nil, "the merchant has not provided the information in time")
	}
}

// request asks the merchant for information.
func (p *process) request() activities.Notification {
	return activities.Notification{
		Occasion: dispute.OccasionInformationRequested, Recipient: dispute.PartyMerchant, Period: dispute.EvidenceBusinessDays,
		Facts: dispute.Facts{Statement: p.statement},
	}
}

// referral asks the desk for a ruling.
func (p *process) referral(stage dispute.Stage) activities.Notification {
	return activities.Notification{
		Occasion: dispute.OccasionRulingAsked, Recipient: dispute.PartyDesk,
		Facts: dispute.Facts{Stage: stage, Statement: p.statement, Evidence: p.evidence},
	}
}

// decideFinally asks for the decision on everything that was put forward.
func (p *process) decideFinally() {
	p.enter(dispute.StateArbitrationPending, dispute.WaitDecision)
	ruling := p.judge(dispute.StageDecision)
	switch {
	case p.decision != nil:
	case ruling.InFavourOf == dispute.PartyMerchant:
		p.decide(dispute.PartyDesk, dispute.ClosedForMerchant, nil, "Klarna decided for the merchant")
	default:
		p.decide(dispute.PartyDesk, dispute.ClosedForCustomer, nil, "Klarna decided for the customer")
	}
}

// judge asks the arbiter and, where it refers the case, the desk. It is nil when the parties have ended
// the dispute meanwhile.
func (p *process) judge(stage dispute.Stage) *dispute.Ruling {
	p.ruling = nil
	p.requested = nil
	in := activities.Case{Dispute: p.dispute, Stage: stage, Statement: p.statement, Evidence: p.evidence}
	referral := p.addressed(p.referral(stage))
	referral.Number = p.periods + 1
	in.Referral = &referral
	if stage == dispute.StageJustification {
		request := p.addressed(p.request())
		request.Number, request.Facts.State = p.periods+1, dispute.StateEvidencePending
		in.Request = &request
	}
	var judgement activities.Judgement
	p.during(func(ctx workflow.Context) { judgement, _ = p.calls().askArbiter(ctx, in) })
	switch {
	case p.decision != nil:
		return nil
	case judgement.Ruling == nil:
		p.askDesk(stage, attempt{referral, judgement.Told})
	default:
		p.requested = judgement.Told
		p.ruling = judgement.Ruling
		p.noteRuling(dispute.PartyKlarna, *judgement.Ruling)
	}
	return p.ruling
}

// askDesk refers a ruling to the people. They have no deadline, but an operator is called when they take
// too long.
func (p *process) askDesk(stage dispute.Stage, referral attempt) {
	p.deskAsked = stage
	p.stale = true
	p.note(dispute.PartyKlarna, "referred-to-desk", string(stage))
	scope, leave := workflow.WithCancel(p.untilDecision)
	p.periods++
	p.goOnBeside(scope, p.tried(referral.message, referral.told))
	timerCtx, cancel := workflow.WithCancel(p.ctx)
	overdue := workflow.NewTimerWithOptions(timerCtx, deskPatience, workflow.TimerOptions{Summary: "the desk is overdue: " + string(stage)})
	p.until(func() bool { return p.ruling != nil || overdue.IsReady() })
	if p.decision == nil && p.ruling == nil {
		p.raise(dispute.CauseDeskOverdue)
		p.until(func() bool { return p.ruling != nil })
	}
	if p.decision == nil && stage == dispute.StageJustification {
		cancel() // else the run is about to end, and its timer with it
	}
	leave()
	p.relieve(dispute.CauseDeskOverdue)
	p.deskAsked = ""
}
