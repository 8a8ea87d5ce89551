package workflows

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// arbitration is the state of the questions to the desk.
type arbitration struct {
	// deskAsked is the stage that the desk has been asked to rule on, if any.
	deskAsked dispute.Stage
	// ruling is the desk's ruling on that stage, or the arbiter's own.
	ruling *dispute.Ruling
}

// askReason asks the customer for the reason, which is Klarna's first step. A customer who does not state it in time
// has lost.
func (p *process) askReason() {
	p.openPeriod(dispute.StateArbitrationPending, activities.Notification{
		Occasion: dispute.OccasionReasonAsked, Recipient: dispute.PartyCustomer, Period: dispute.StatementBusinessDays,
	}, activities.Notification{Occasion: dispute.OccasionKlarnaStepsIn, Recipient: dispute.PartyMerchant})
	if p.decision != nil {
		return
	}
	p.enter(dispute.StateArbitrationPending, dispute.WaitStatement)
	p.awaitDeadline(dispute.PartyCustomer, func() bool { return p.answers.statement != "" })
	if p.decision == nil && p.answers.statement == "" {
		p.decide(dispute.PartyKlarna, dispute.ClosedNotSubstantiated, nil, "the customer has not stated the reason in time")
	}
}

func (p *process) handleStateReason(m dispute.Statement) {
	p.answers.statement = m.Statement
	p.recorded.Statement = &dispute.GivenStatement{At: workflow.Now(p.ctx), Text: m.Statement, Files: m.Files}
	p.note(dispute.PartyCustomer, dispute.UpdateStateReason, m.Statement)
}

// statementFiles returns the files of the customer's statement.
func (p *process) statementFiles() []dispute.File {
	if p.recorded.Statement == nil {
		return nil
	}
	return p.recorded.Statement.Files
}

// judgeComplaint asks whether the complaint is justified. If not, the merchant has won.
func (p *process) judgeComplaint() {
	p.enter(dispute.StateArbitrationPending, dispute.WaitJustification)
	ruling := p.judge(dispute.StageJustification)
	if p.decision == nil && !*ruling.Justified {
		p.decide(dispute.PartyDesk, dispute.ClosedNotJustified, nil, "the complaint is not justified")
	}
}

// askInformation asks the merchant, once, to answer the complaint. A merchant who does not answer in time has lost.
func (p *process) askInformation() {
	p.openPeriod(dispute.StateEvidencePending, activities.Notification{
		Occasion: dispute.OccasionInformationRequested, Recipient: dispute.PartyMerchant, Period: dispute.EvidenceBusinessDays,
		Facts: dispute.Facts{Statement: p.answers.statement},
	})
	if p.decision != nil {
		return
	}
	p.enter(dispute.StateEvidencePending, dispute.WaitEvidence)
	p.awaitDeadline(dispute.PartyMerchant, func() bool { return p.answers.gaveInformation })
	if p.decision == nil && !p.answers.gaveInformation {
		p.decide(dispute.PartyKlarna, dispute.ClosedNoInformation, nil, "the merchant has not provided the information in time")
	}
}

// maxEarlyEvidence bounds the evidence before the request, in bytes of JSON: arbiter and desk get all of it in one message,
// whose size Temporal limits.
const maxEarlyEvidence = 128 << 10

func (p *process) validateSubmitEvidence(m dispute.Evidence) error {
	if p.answers.gaveInformation {
		return p.alreadyGiven()
	}
	all, err := json.Marshal(append(slices.Clone(p.answers.evidence), m))
	if err == nil && p.casefile.wait == dispute.WaitAgreement && len(all) > maxEarlyEvidence {
		return dispute.Refuse(dispute.CodeLimitReached, "the evidence before the request may have %d bytes in all; put the rest into a file", maxEarlyEvidence)
	}
	return err
}

func (p *process) handleSubmitEvidence(m dispute.Evidence) {
	p.answers.evidence = append(p.answers.evidence, m)
	p.answers.gaveInformation = p.casefile.wait == dispute.WaitEvidence
	p.recorded.Evidence = append(p.recorded.Evidence, dispute.GivenEvidence{
		At: workflow.Now(p.ctx), Requested: p.answers.gaveInformation, Evidence: m,
	})
	p.react()
	p.note(dispute.PartyMerchant, dispute.UpdateSubmitEvidence, fmt.Sprintf("%d files: %s", len(m.Files), m.Text))
}

// decideFinally asks for the decision on the whole disputed amount.
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

// judge asks the arbiter and, when the arbiter refers the case, the desk. It returns nil when the dispute was decided
// otherwise meanwhile.
func (p *process) judge(stage dispute.Stage) *dispute.Ruling {
	p.arbitration.ruling = nil
	var judgement activities.Judgement
	p.runUnlessDecided(func(ctx workflow.Context) {
		judgement, _ = p.calls().askArbiter(ctx, activities.Case{
			Dispute: p.dispute, Stage: stage, Statement: p.answers.statement, StatementFiles: p.statementFiles(), Evidence: p.answers.evidence,
		})
	})
	switch {
	case p.decision != nil:
		return nil
	case judgement.Ruling == nil:
		p.askDesk(stage)
	default:
		p.arbitration.ruling = judgement.Ruling
		p.noteRuling(dispute.PartyKlarna, *judgement.Ruling)
	}
	return p.arbitration.ruling
}

// askDesk refers a ruling to the desk. The desk has no deadline; an overdue ruling raises attention.
func (p *process) askDesk(stage dispute.Stage) {
	p.arbitration.deskAsked = stage
	p.recorded.Questions = append(p.recorded.Questions, dispute.Question{At: workflow.Now(p.ctx), Stage: stage})
	p.note(dispute.PartyKlarna, "referred-to-desk", string(stage))
	p.delivery.number++
	p.sendInBackground(activities.Notification{
		Occasion: dispute.OccasionRulingAsked, Recipient: dispute.PartyDesk,
		Facts: dispute.Facts{Stage: stage, Statement: p.answers.statement, StatementFiles: p.statementFiles(), Evidence: p.answers.evidence},
	})
	timerCtx, cancel := workflow.WithCancel(p.ctx)
	overdue := workflow.NewTimerWithOptions(timerCtx, deskTimeout, workflow.TimerOptions{Summary: "the desk is overdue: " + string(stage)})
	p.awaitUnlessDecided(func() bool { return p.arbitration.ruling != nil || overdue.IsReady() })
	if p.decision == nil && p.arbitration.ruling == nil {
		p.raise(dispute.CauseDeskOverdue)
		p.awaitUnlessDecided(func() bool { return p.arbitration.ruling != nil })
	}
	if p.decision == nil && stage == dispute.StageJustification {
		cancel() // after the last ruling the run is about to end, and its timer with it
	}
	p.overtake(eventRuling)
	p.relieve(dispute.CauseDeskOverdue)
	p.arbitration.deskAsked = ""
}

// validateRule admits one ruling, on the stage for which the desk was asked.
func (p *process) validateRule(m dispute.Ruling) error {
	asked := p.arbitration.deskAsked
	switch {
	case asked == "":
		return dispute.Refuse(dispute.CodeNotAccepted, "the arbiter is still judging; the desk rules when it has been asked")
	case p.arbitration.ruling != nil:
		return dispute.Refuse(dispute.CodeNotAccepted, "the desk has already ruled on the %s", asked)
	case m.Stage != asked:
		return dispute.Refuse(dispute.CodeNotAccepted, "the desk has been asked for the %s, not for the %s", asked, m.Stage)
	}
	return nil
}

func (p *process) handleRule(m dispute.Ruling) {
	p.arbitration.ruling = &m
	p.noteRuling(dispute.PartyDesk, m)
}

func (p *process) noteRuling(by dispute.Party, ruling dispute.Ruling) {
	p.recorded.Rulings = append(p.recorded.Rulings, dispute.GivenRuling{At: workflow.Now(p.ctx), By: by, Ruling: ruling})
	p.note(by, dispute.UpdateRule, fmt.Sprintf("%s: %s, by %s: %s", ruling.Stage, ruling.Verdict(), ruling.RuledBy, ruling.Rationale))
}

// alreadyGiven returns the refusal of a second answer that comes before the process has acted on the first.
func (p *process) alreadyGiven() error {
	return dispute.Refuse(dispute.CodeNotAccepted, "the %s has already been given", p.casefile.wait)
}
