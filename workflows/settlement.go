package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// settleInvoice moves the money: the invoice is reactivated, or the amount charged back. Nothing ends it early any
// more; it is retried until the ledger has booked it.
func (p *process) settleInvoice() {
	p.enter(p.state, dispute.WaitSettlement)
	p.completely(p.bookSettlement)
	p.countClosed()
	currency := p.dispute.DisputedAmount.Currency
	p.note(dispute.PartyKlarna, "invoice-settled", fmt.Sprintf("%s off the invoice, %s refunded to the customer, %s open",
		dispute.Money{Amount: p.settled.Credited, Currency: currency}, dispute.Money{Amount: p.settled.Refunded, Currency: currency},
		dispute.Money{Amount: p.settled.Outstanding, Currency: currency}))
}

// bookSettlement comes back only when the ledger has booked. The activity refuses nothing, so it ends
// without an answer only when an operator fails it by hand.
func (p *process) bookSettlement(ctx workflow.Context) {
	for p.settled == nil {
		settled, err := p.calls().settleInvoice(ctx, activities.Settle{
			DisputeID: p.dispute.ID, Calendar: p.dispute.Calendar, Decision: *p.decision,
		}, p.early)
		if err == nil {
			p.settled = &settled
			return
		}
		p.note(dispute.PartyKlarna, "settlement-failed", reason(err))
		_ = workflow.NewTimerWithOptions(ctx, time.Minute, workflow.TimerOptions{Summary: "until the settlement is tried again"}).Get(ctx, nil)
	}
}

// tellResult tells both parties how the dispute ended, and ends the run when both know or refuse to.
func (p *process) tellResult() {
	p.enter(dispute.StateClosed, dispute.WaitClosingMessages)
	facts := dispute.Facts{
		Decision: *p.decision, Outstanding: p.settled.Outstanding, Refunded: p.settled.Refunded, NewDueDate: p.settled.NewDueDate,
	}
	result := func(to dispute.Party) activities.Notification {
		return p.addressed(activities.Notification{Occasion: dispute.OccasionClosed, Recipient: to, Facts: facts})
	}
	messages := activities.Both[activities.Notification]{Merchant: result(dispute.PartyMerchant), Customer: result(dispute.PartyCustomer)}
	p.completely(func(ctx workflow.Context) { p.notifyBoth(ctx, messages) })
	p.enter(dispute.StateClosed, "")
	p.publish()
}
