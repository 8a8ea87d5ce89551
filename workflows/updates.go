package workflows

import (
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// listen registers the signals, queries and updates of a dispute. The update open comes last: registering it may run a
// waiting one at once, and its answer needs the whole process.
func (p *process) listen() {
	p.signals.agreement = workflow.GetSignalChannelWithOptions(p.ctx, dispute.SignalAgreement,
		workflow.SignalChannelOptions{Description: "Merchant and customer have agreed: terms customer_pays or merchant_refunds (with refund), reportedBy, note"})
	p.signals.withdrawal = workflow.GetSignalChannelWithOptions(p.ctx, dispute.SignalWithdrawal,
		workflow.SignalChannelOptions{Description: "The customer has withdrawn the complaint: reportedBy, note"})
	answer(p, QueryStatus, "Where the dispute stands, with its timeline", p.view)
	answer(p, QueryCase, "The whole dispute, structured: what was said, sent, asked, ruled and booked", p.currentCase)
	answer(p, QueryDispute, "The dispute as it was opened", func() dispute.Dispute { return p.dispute })
	answer(p, QueryTakeover, "What a run that takes the dispute over has to know", p.takeover)
	if err := workflow.SetQueryHandlerWithOptions(p.ctx, QueryReadSignal, readSignal,
		workflow.QueryHandlerOptions{Description: "A signal of this run's history, decrypted"}); err != nil {
		p.refusal = err
	}
	on(p, dispute.UpdateRespond, "A party writes to the other one within the response window: message, reportedBy", p.validateRespond, atOnce(p.handleRespond))
	on(p, dispute.UpdatePropose, "A party proposes an agreement: terms customer_pays or merchant_refunds (with refund), message, proposedBy", p.validatePropose, atOnce(p.handlePropose))
	on(p, dispute.UpdateAnswerProposal, "A party accepts or declines the other one's proposal: proposal (its number), accept, answeredBy, note", p.validateAnswerProposal, p.handleAnswerProposal)
	on(p, dispute.UpdateAcceptLoss, "The merchant accepts the loss; the amount is charged back: reportedBy, note", nil, atOnce(p.handleAcceptLoss))
	on(p, dispute.UpdateStateReason, "The customer states the reason: statement, files by reference", nil, atOnce(p.handleStateReason))
	on(p, dispute.UpdateSubmitEvidence, "The merchant puts forward evidence: text, files by reference", p.validateSubmitEvidence, atOnce(p.handleSubmitEvidence))
	on(p, dispute.UpdateRule, "The desk rules: stage justification (justified) or decision (inFavourOf), ruledBy, rationale", p.validateRule, atOnce(p.handleRule))
	on(p, dispute.UpdateMoveDeadline, "An operator moves the running deadline: to (RFC 3339), reason, movedBy", p.validateMoveDeadline, p.handleMoveDeadline)
	on(p, dispute.UpdateRetryNotification, "An operator sends a refused message again: email (optional, corrected), recipient (where both were refused), requestedBy", p.validateRetry, atOnce(p.handleRetry))
	on(p, dispute.UpdateAcknowledge, "An operator takes a cause of attention off: cause, acknowledgedBy, note", p.validateAcknowledge, atOnce(p.handleAcknowledge))
	on(p, dispute.UpdateReportBounce, "A mail that was accepted has come back: occasion, number, recipient, reason, reportedBy", p.validateReportBounce, atOnce(p.handleReportBounce))
	p.handle(dispute.UpdateOpen, "A backend service opens the dispute; answers when the invoice is paused: the dispute", p.validateOpen, p.handleOpen)
}

// answer registers a query.
func answer[Answer any](p *process, name, description string, read func() Answer) {
	err := workflow.SetQueryHandlerWithOptions(p.ctx, name, func() (Answer, error) { return read(), nil }, workflow.QueryHandlerOptions{Description: description})
	if err != nil {
		p.refusal = err
	}
}

// on registers an update. Its validator decodes the message and checks it against what the dispute waits for, then with
// validate (optional). A refusal leaves no trace in the history.
func on[M dispute.Message](p *process, name, description string, validate func(M) error, handle func(workflow.Context, M) error) {
	check := func(_ workflow.Context, raw converter.RawValue) error {
		message, err := dispute.DecodeMessage[M](payload(raw))
		if err == nil {
			err = p.accepts(name, counted(name, message))
		}
		if err == nil && validate != nil {
			err = validate(message)
		}
		return activities.ApplicationError(err)
	}
	p.handle(name, description, check, func(ctx workflow.Context, raw converter.RawValue) (dispute.View, error) {
		p.drainBefore(name)
		message := dispute.ReadMessage[M](payload(raw))
		count := counted(name, message)
		if err := p.accepts(name, count); err != nil {
			return dispute.View{}, activities.ApplicationError(err)
		}
		p.answers.accepted[count]++
		if err := handle(ctx, message); err != nil {
			return dispute.View{}, err
		}
		return p.view().Summary(), nil
	})
}

// atOnce is a handler that only changes state; its update is answered at once.
func atOnce[M dispute.Message](handle func(M)) func(workflow.Context, M) error {
	return func(_ workflow.Context, message M) error {
		handle(message)
		return nil
	}
}

// drainBefore lets the signals and the cancellation that came before an update take effect first. An update that can bring an
// agreement counts before a withdrawal and a cancellation, whatever came first.
func (p *process) drainBefore(name string) {
	if name == dispute.UpdatePropose || name == dispute.UpdateAnswerProposal {
		p.drainAgreements()
		return
	}
	p.drain()
}

// counted returns the name under which an update is counted: each party has its own limit for what both can send.
func counted(name string, message any) string {
	if sent, byEither := message.(interface{ Sender() dispute.Party }); byEither {
		return name + " by " + string(sent.Sender())
	}
	return name
}

// accepts returns why an update is not accepted now, or nil.
func (p *process) accepts(name, counted string) error {
	err := dispute.Accept(name, p.casefile.wait, p.answers.accepted[counted])
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
