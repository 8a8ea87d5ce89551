package workflows

import (
	"bytes"
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// started decodes the dispute with which the run was started; PauseInvoice validates it. The workflow id must be the
// dispute's: two concurrent runs of one dispute would move the same money.
func started(ctx workflow.Context, input converter.RawValue) (dispute.Dispute, error) {
	d, info := dispute.ReadDispute(payload(input)), workflow.GetInfo(ctx)
	if id := info.WorkflowExecution.ID; d.ID != "" && id != WorkflowID(d.ID) {
		return d, dispute.Refuse(dispute.CodeInvalidDispute, "the workflow id is %q; allowed is %q for the dispute %q", id, WorkflowID(d.ID), d.ID)
	}
	return d, checkStart(info)
}

// validateOpen admits the update that started this run even when it is invalid, because rejecting it would orphan the
// run. It rejects any other opening that is invalid or of another dispute, and those beyond the limit, which would use up
// the updates that Temporal accepts for one workflow.
func (p *process) validateOpen(_ workflow.Context, raw converter.RawValue) error {
	var err error
	switch {
	case p.answers.accepted[dispute.UpdateOpen] >= dispute.MaxOpens:
		err = dispute.Refuse(dispute.CodeLimitReached, "the dispute has been opened %d times; repeat an opening under its own update id", dispute.MaxOpens)
	case p.answers.opening >= maxOpening:
		err = dispute.Refuse(dispute.CodeLimitReached, "%d openings of the dispute wait for its invoice to be paused; repeat one of them under its own update id", maxOpening)
	case p.begun || p.refusal == nil && !bytes.Equal(payload(raw), p.input):
		err = p.sameDispute(raw)
	}
	return activities.ApplicationError(err)
}

// maxOpening is how many openings may wait for the pause at a time. Temporal takes no more than ten unanswered updates of a
// run; the parties' need room beside them.
const maxOpening = 3

// handleOpen answers when the invoice is paused.
func (p *process) handleOpen(ctx workflow.Context, _ converter.RawValue) (dispute.View, error) {
	p.answers.accepted[dispute.UpdateOpen]++
	p.answers.opening++
	defer func() { p.answers.opening-- }()
	if !p.begun {
		p.strict = true
	}
	// A cancelled workflow still pauses the invoice first, so the answer waits for it.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(ctx, func() bool { return p.paused != nil || p.refusal != nil }); err != nil {
		return dispute.View{}, err
	}
	if p.refusal != nil {
		return dispute.View{}, activities.ApplicationError(p.refusal)
	}
	return p.view().Summary(), nil
}

// sameDispute refuses an opening that is invalid, or has other content than this dispute.
func (p *process) sameDispute(raw converter.RawValue) error {
	opened, err := dispute.DecodeDispute(payload(raw), strict.RefuseUnknownNames, workflow.Now(p.ctx))
	if err == nil && opened.Hash() != p.dispute.Hash() {
		return dispute.Refuse(dispute.CodeDisputeDiffers, "dispute %s is already open with other content", p.dispute.ID)
	}
	return err
}

// pauseInvoice books the pause: the customer does not have to pay, and no due date runs. A refusal by the ledger ends
// the run. A decision does not interrupt the pause: messages of the parties take effect once it is booked.
func (p *process) pauseInvoice() error {
	var paused activities.Paused
	if p.refusal == nil {
		var refusal error
		p.runToCompletion(func(ctx workflow.Context) { paused, refusal = p.calls().pauseInvoice(ctx, p.opening()) })
		if p.bookedBefore(refusal) {
			p.paused = &activities.Paused{InvoiceID: p.dispute.InvoiceID}
			p.takeOverDispute()
			p.hearUnheard()
			return nil
		}
		p.refusal = refusal
	}
	if p.refusal != nil {
		return p.refuse()
	}
	p.paused = &paused
	p.recorded.PausedAt = paused.At
	if !p.takeOverDispute() {
		p.countOpened()
	}
	p.note(dispute.PartyKlarna, "invoice-paused", fmt.Sprintf("%s, %d days before it is due", p.paused.InvoiceID, p.paused.DaysLeft))
	p.enter(dispute.StateOpened, dispute.WaitNotification)
	p.hearUnheard()
	p.announceRest(dispute.PartyMerchant, dispute.PartyCustomer)
	p.drain()
	return nil
}

// opening asks for the pause.
func (p *process) opening() activities.Opening {
	return activities.Opening{
		Input: string(p.input), Strict: p.strict, RunID: workflow.GetInfo(p.ctx).OriginalRunID, CausedAt: workflow.Now(p.ctx),
	}
}

// refuse ends the run without a dispute.
func (p *process) refuse() error {
	p.casefile.wait = ""
	if codeOf(p.refusal) == dispute.CodeInvalidDispute {
		p.dispute = dispute.Dispute{}
	}
	if codeOf(p.refusal) == dispute.CodeDisputeClosed {
		p.casefile.state = dispute.StateClosed
	}
	p.note(dispute.PartyKlarna, "refused", reason(p.refusal))
	p.publish()
	return activities.ApplicationError(p.refusal)
}

// notifyMerchant informs the merchant, whose response window begins with the message, and confirms the dispute to the
// customer.
func (p *process) notifyMerchant() {
	p.openPeriod(dispute.StateOpened, activities.Notification{
		Occasion: dispute.OccasionOpened, Recipient: dispute.PartyMerchant,
		Period: p.dispute.Policy.ResponseBusinessDays, Reminders: true,
	}, activities.Notification{Occasion: dispute.OccasionReceived, Recipient: dispute.PartyCustomer})
}
