package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// pauseInvoice books the pause: nobody has to pay, and no due date runs. Nothing ends it early; what the
// parties say meanwhile counts as soon as it is booked. A refusal of the ledger ends the run.
func (p *process) pauseInvoice() error {
	if p.refusal == nil {
		var paused activities.Paused
		p.completely(func(ctx workflow.Context) { paused, p.refusal = p.calls().pauseInvoice(ctx, p.dispute) })
		if p.refusal == nil {
			p.paused = &paused
			if !p.takeOver() {
				p.countOpened()
			}
			p.note(dispute.PartyKlarna, "invoice-paused", fmt.Sprintf("%s, %d days before it is due", paused.InvoiceID, paused.DaysLeft))
		}
	}
	if p.refusal != nil {
		p.wait = ""
		if codeOf(p.refusal) == dispute.CodeDisputeClosed {
			p.state = dispute.StateClosed
		}
		p.note(dispute.PartyKlarna, "refused", reason(p.refusal))
		p.publish()
		return activities.ApplicationError(p.refusal)
	}
	p.enter(dispute.StateOpened, dispute.WaitNotification)
	p.drain()
	return nil
}

// clockSkew is by how much the clocks of the server and of a worker may differ.
const clockSkew = time.Minute

// takeOver tells whether the ledger had the dispute open already, since a run that an operator has
// terminated. What the parties had said then is gone, so they are told anew and get their time again, in
// periods with numbers of their own. Else a merchant could lose for a silence that was none.
func (p *process) takeOver() bool {
	since := workflow.GetInfo(p.ctx).WorkflowStartTime.Sub(p.paused.At)
	if since <= clockSkew {
		return false
	}
	p.periods = int(since.Milliseconds())
	p.note(dispute.PartyOperator, "taken-over", "from a run that was terminated; both parties are told anew")
	return true
}

// notifyMerchant tells the merchant, whose window begins with that, and confirms to the customer.
func (p *process) notifyMerchant() {
	p.openPeriod(dispute.StateOpened, activities.Notification{
		Occasion: dispute.OccasionOpened, Recipient: dispute.PartyMerchant,
		Period: p.dispute.Policy.ResponseBusinessDays, Reminders: true,
	}, p.beside(activities.Notification{Occasion: dispute.OccasionReceived, Recipient: dispute.PartyCustomer}))
}

// awaitAgreement gives the two the response window to agree. A merchant who never reacts has lost.
func (p *process) awaitAgreement() {
	p.enter(dispute.StatePreArbitration, dispute.WaitAgreement)
	p.dropPastReminders()
	p.awaitDeadline(dispute.PartyMerchant, func() bool { return false })
	switch {
	case p.decision != nil:
	case !p.reacted:
		p.decide(dispute.PartyKlarna, dispute.ClosedMerchantSilent, nil, "the merchant has not reacted within the response window")
	default:
		p.note(dispute.PartyKlarna, "response-window-over", "no agreement; Klarna steps in")
	}
}
