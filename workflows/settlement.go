package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// settleInvoice moves the money: the invoice is reactivated, or the amount charged back. It is retried until the ledger has
// booked it.
func (p *process) settleInvoice() {
	p.enter(p.casefile.state, dispute.WaitSettlement)
	p.runToCompletion(p.bookSettlement)
	p.countClosed()
	currency := p.dispute.DisputedAmount.Currency
	p.note(dispute.PartyKlarna, "invoice-settled", fmt.Sprintf("%s off the invoice, %s refunded to the customer, %s outstanding",
		dispute.Money{Amount: p.settled.Credited, Currency: currency}, dispute.Money{Amount: p.settled.Refunded, Currency: currency},
		dispute.Money{Amount: p.settled.Outstanding, Currency: currency}))
}

// bookSettlement returns when the ledger has booked the settlement. The activity refuses nothing, so it fails only when
// an operator fails it by hand.
func (p *process) bookSettlement(ctx workflow.Context) {
	early := p.casefile.state == dispute.StateOpened
	for p.settled == nil {
		settled, err := p.calls().settleInvoice(ctx, activities.Settle{
			DisputeID: p.dispute.ID, Calendar: p.dispute.Calendar, Decision: *p.decision, CausedAt: workflow.Now(ctx),
		}, early)
		if err == nil {
			p.settled = &settled
			return
		}
		p.note(dispute.PartyKlarna, "settlement-failed", reason(err))
		_ = workflow.NewTimerWithOptions(ctx, time.Minute, workflow.TimerOptions{Summary: "until the settlement is tried again"}).Get(ctx, nil)
	}
}

// notifyResult informs both parties how the dispute ended. The run ends when both have the message or refuse it.
func (p *process) notifyResult() {
	p.enter(dispute.StateClosed, dispute.WaitClosingMessages)
	var messages []activities.Notification
	for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
		messages = append(messages, p.addressed(activities.Notification{
			Occasion: dispute.OccasionClosed, Recipient: party,
			Facts: dispute.Facts{
				Decision: *p.decision, Outstanding: p.settled.Outstanding, Refunded: p.settled.Refunded, NewDueDate: p.settled.NewDueDate,
			},
		}))
	}
	p.runToCompletion(func(ctx workflow.Context) {
		attempts := p.attempt(ctx, messages...)
		parties := workflow.NewWaitGroup(ctx)
		for i, message := range messages {
			parties.Go(ctx, func(ctx workflow.Context) {
				if _, err := p.finish(ctx, message, attempts[i]); err != nil {
					p.raise(dispute.CauseMessageFailed)
				}
			})
		}
		parties.Wait(ctx)
	})
	p.enter(dispute.StateClosed, "")
	p.publish()
}
