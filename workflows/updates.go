package workflows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// listen registers everything that a dispute can be told and asked. The update open comes last: it may
// run at once, and answers for the whole process.
func (p *process) listen() {
	p.signals.agreement = workflow.GetSignalChannelWithOptions(p.ctx, dispute.SignalAgreement,
		workflow.SignalChannelOptions{Description: "Merchant and customer have agreed: terms customer_pays or merchant_refunds (with refund), reportedBy, note"})
	p.signals.withdrawal = workflow.GetSignalChannelWithOptions(p.ctx, dispute.SignalWithdrawal,
		workflow.SignalChannelOptions{Description: "The customer has withdrawn the complaint: reportedBy, note"})
	if err := workflow.SetQueryHandlerWithOptions(p.ctx, QueryStatus, func() (dispute.View, error) { return p.view(), nil },
		workflow.QueryHandlerOptions{Description: "Where the dispute stands, with its timeline"}); err != nil {
		p.refusal = err
	}
	if err := workflow.SetQueryHandlerWithOptions(p.ctx, QueryDispute, func() (dispute.Dispute, error) { return p.dispute, nil },
		workflow.QueryHandlerOptions{Description: "The dispute as it was opened"}); err != nil {
		p.refusal = err
	}
	on(p, dispute.UpdateRespond, "The merchant reacts within the response window: message, reportedBy", nil, p.handleRespond)
	on(p, dispute.UpdateAcceptLoss, "The merchant accepts the loss; the amount is charged back: reportedBy, note", nil, p.handleAcceptLoss)
	on(p, dispute.UpdateStateReason, "The customer states the reason: statement", nil, p.handleStateReason)
	on(p, dispute.UpdateSubmitEvidence, "The merchant puts forward evidence: text, files by reference", p.validateSubmitEvidence, p.handleSubmitEvidence)
	on(p, dispute.UpdateRule, "The desk rules: stage justification (justified) or decision (inFavourOf), ruledBy, rationale", p.validateRule, p.handleRule)
	on(p, dispute.UpdateMoveDeadline, "An operator moves the running deadline: to (RFC 3339), reason, movedBy", p.validateMoveDeadline, p.handleMoveDeadline)
	on(p, dispute.UpdateRetryNotification, "An operator has a refused message sent again: email (optional, corrected), requestedBy", nil, p.handleRetry)
	on(p, dispute.UpdateAcknowledge, "An operator takes a cause of attention off: cause, acknowledgedBy, note", p.validateAcknowledge, p.handleAcknowledge)
	p.handle(dispute.UpdateOpen, "A backend service opens the dispute; answers when the invoice is paused: the dispute", p.validateOpen, p.handleOpen)
}

// on registers an update: decoded and checked against what the dispute waits for, then against what only
// this update knows (validate, optional). A refusal leaves no trace in the history.
func on[M dispute.Message](p *process, name, description string, validate func(M) error, handle func(M)) {
	check := func(_ workflow.Context, raw converter.RawValue) error {
		message, err := dispute.DecodeMessage[M](payload(raw))
		if err == nil {
			err = p.accepts(name)
		}
		if err == nil && validate != nil {
			err = validate(message)
		}
		return activities.ApplicationError(err)
	}
	p.handle(name, description, check, func(_ workflow.Context, raw converter.RawValue) (dispute.View, error) {
		// A signal or a cancellation that came before this update counts first.
		p.drain()
		message, err := dispute.DecodeMessage[M](payload(raw))
		if err == nil {
			err = p.accepts(name)
		}
		if err != nil {
			return dispute.View{}, activities.ApplicationError(err)
		}
		p.taken[name]++
		handle(message)
		return p.view().Summary(), nil
	})
}

// accepts tells whether an update is accepted now.
func (p *process) accepts(name string) error {
	err := dispute.Accept(name, p.wait, p.taken[name])
	if err == nil && p.decision != nil && name == dispute.UpdateAcceptLoss {
		return p.tooLate()
	}
	return err
}

func (p *process) handle(name, description string, validate func(workflow.Context, converter.RawValue) error,
	handle func(workflow.Context, converter.RawValue) (dispute.View, error),
) {
	err := workflow.SetUpdateHandlerWithOptions(p.ctx, name, handle, workflow.UpdateHandlerOptions{Validator: validate, Description: description})
	if err != nil {
		p.refusal = err
	}
}

// validateOpen lets the opening that started the run through, whatever is wrong with it: refused here, it
// would leave its run behind. Another one that came before a worker took up the run must not end it.
func (p *process) validateOpen(_ workflow.Context, raw converter.RawValue) error {
	var err error
	if p.begun || p.refusal == nil && !bytes.Equal(payload(raw), p.input) {
		err = p.sameDispute(raw)
	}
	return activities.ApplicationError(err)
}

func (p *process) handleOpen(ctx workflow.Context, raw converter.RawValue) (dispute.View, error) {
	if !p.begun && p.refusal == nil {
		p.refusal = p.sameDispute(raw)
	}
	// The pause goes on when the workflow is cancelled, so the answer waits for it all the same.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(ctx, func() bool { return p.paused != nil || p.refusal != nil }); err != nil {
		return dispute.View{}, err
	}
	if p.refusal != nil {
		return dispute.View{}, activities.ApplicationError(p.refusal)
	}
	return p.view().Summary(), nil
}

// sameDispute refuses an opening that is not valid to the letter, or another's.
func (p *process) sameDispute(raw converter.RawValue) error {
	opened, err := dispute.DecodeDispute(payload(raw), strict.RefuseUnknownNames, workflow.Now(p.ctx))
	if err == nil && opened.Hash() != p.dispute.Hash() {
		return dispute.Refuse(dispute.CodeDisputeDiffers, "dispute %s is open already with other content", p.dispute.ID)
	}
	return err
}

func (p *process) handleRespond(m dispute.Response) {
	p.reacted = true
	p.note(m.ReportedBy, dispute.UpdateRespond, m.Message)
}

func (p *process) handleAcceptLoss(m dispute.LossAcceptance) {
	p.decide(m.ReportedBy, dispute.ClosedLossAccepted, nil, m.Note)
}

func (p *process) handleStateReason(m dispute.Statement) {
	p.statement = m.Statement
	p.note(dispute.PartyCustomer, dispute.UpdateStateReason, m.Statement)
}

// maxEarlyEvidence bounds what is put forward before the request, in bytes of JSON: the arbiter and the desk
// get all of it in one message, which Temporal limits.
const maxEarlyEvidence = 128 << 10

func (p *process) validateSubmitEvidence(m dispute.Evidence) error {
	if p.informed {
		return p.periodOver()
	}
	all, err := json.Marshal(append(slices.Clone(p.evidence), m))
	if err == nil && p.wait == dispute.WaitAgreement && len(all) > maxEarlyEvidence {
		return dispute.Refuse(dispute.CodeLimitReached, "the evidence before the request may have %d bytes in all; put the rest into a file", maxEarlyEvidence)
	}
	return err
}

func (p *process) handleSubmitEvidence(m dispute.Evidence) {
	p.evidence = append(p.evidence, m)
	p.reacted = true
	p.informed = p.wait == dispute.WaitEvidence
	p.note(dispute.PartyMerchant, dispute.UpdateSubmitEvidence, fmt.Sprintf("%d files: %s", len(m.Files), m.Text))
}

// validateRule takes one ruling, on what the desk has been asked.
func (p *process) validateRule(m dispute.Ruling) error {
	switch {
	case p.deskAsked == "":
		return dispute.Refuse(dispute.CodeNotAccepted, "the arbiter is still judging; the desk rules when it has been asked")
	case p.ruling != nil:
		return dispute.Refuse(dispute.CodeNotAccepted, "the desk has ruled on the %s already", p.deskAsked)
	case m.Stage != p.deskAsked:
		return dispute.Refuse(dispute.CodeNotAccepted, "the desk has been asked for the %s, not for the %s", p.deskAsked, m.Stage)
	}
	return nil
}

func (p *process) handleRule(m dispute.Ruling) {
	p.ruling = &m
	p.noteRuling(dispute.PartyDesk, m)
}

// lastMove is where the calendars end, in every time zone: beyond it no reminder can be planned.
var lastMove = time.Date(dispute.LastYear, time.December, 31, 0, 0, 0, 0, time.UTC)

func (p *process) validateMoveDeadline(m dispute.DeadlineMove) error {
	now := workflow.Now(p.ctx)
	var faults dispute.Faults
	switch {
	case p.deadline == nil:
		return p.periodOver()
	case !m.To.After(now):
		faults.Add("to", "must be after now")
	case m.To.After(now.Add(dispute.MaxDeadlineMove)):
		faults.Add("to", "must be within 180 days from now")
	case !m.To.Before(lastMove):
		faults.Add("to", "must be before 31 December %d, where the calendars end", dispute.LastYear)
	}
	return dispute.RefuseFaults(dispute.CodeInvalidMessage, faults, "the deadline cannot be moved to this time")
}

func (p *process) handleMoveDeadline(m dispute.DeadlineMove) {
	p.shortened = m.To.Before(p.deadline.At)
	detail := fmt.Sprintf("from %s to %s, %s: %s", rfc3339(p.deadline.At), rfc3339(m.To), m.MovedBy, m.Reason)
	if p.shortened {
		detail = "shortened " + detail
	}
	p.moved = &m
	p.deadline = &dispute.Deadline{At: m.To}
	p.stale = true
	p.note(dispute.PartyOperator, dispute.UpdateMoveDeadline, detail)
}

func (p *process) handleRetry(m dispute.Retry) {
	p.retry = &m
	detail := m.RequestedBy
	if m.Email != "" {
		detail += ": to " + m.Email
	}
	p.note(dispute.PartyOperator, dispute.UpdateRetryNotification, detail)
}

// validateAcknowledge leaves those causes alone that go away by themselves: taken off, they would hide
// that the dispute stands still.
func (p *process) validateAcknowledge(m dispute.Acknowledgement) error {
	switch {
	case !slices.Contains(p.attention, m.Cause):
		return dispute.Refuse(dispute.CodeNotAccepted, "%s is not raised; raised are %v", m.Cause, p.attention)
	case m.Cause == dispute.CauseUnreachable:
		return dispute.Refuse(dispute.CodeNotAccepted, "%s goes away when the message is delivered: %s", m.Cause, dispute.UpdateRetryNotification)
	case m.Cause == dispute.CauseDeskOverdue:
		return dispute.Refuse(dispute.CodeNotAccepted, "%s goes away with the ruling: %s", m.Cause, dispute.UpdateRule)
	}
	return nil
}

func (p *process) handleAcknowledge(m dispute.Acknowledgement) {
	p.relieve(m.Cause)
	p.note(dispute.PartyOperator, dispute.UpdateAcknowledge, fmt.Sprintf("%s, %s: %s", m.Cause, m.AcknowledgedBy, m.Note))
}

// periodOver refuses what came in the same moment as the answer that ended the period.
func (p *process) periodOver() error {
	return dispute.Refuse(dispute.CodeNotAccepted, "the %s has been given already", p.wait)
}
