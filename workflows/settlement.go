package workflows

import (
	"reflect"
	"slices"
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
	if p.inherited != nil && p.inherited.Closed && p.hasNoted("invoice-settled") {
		return // by the run that was stopped
	}
	p.countClosed()
	p.note(dispute.PartyKlarna, "invoice-settled", p.settled.Movement(p.dispute.DisputedAmount.Currency))
}

// bookSettlement returns when the ledger has booked the settlement. The activity refuses nothing, so it fails only when
// an operator fails it by hand.
func (p *process) bookSettlement(ctx workflow.Context) {
	inHistory := p.signals.settles && p.casefile.state != dispute.StateOpened
	for p.settled == nil {
		settled, err := p.calls().settleInvoice(ctx, activities.Settle{
			DisputeID: p.dispute.ID, Calendar: p.dispute.Calendar, Decision: *p.decision, CausedAt: workflow.Now(ctx),
		}, inHistory)
		if err == nil {
			p.settled = &settled
			return
		}
		p.note(dispute.PartyKlarna, "settlement-failed", reason(err))
		_ = workflow.NewTimerWithOptions(ctx, time.Minute, workflow.TimerOptions{Summary: "until the settlement is tried again"}).Get(ctx, nil)
	}
}

// notifyResult informs both parties how the dispute ended. The run ends when each of them has the message, or has refused it
// and no operator has had it sent again within closingRetryTimeout.
func (p *process) notifyResult() {
	p.enter(dispute.StateClosed, dispute.WaitClosingMessages)
	p.runToCompletion(func(ctx workflow.Context) {
		messages := []activities.Notification{p.result(dispute.PartyMerchant), p.result(dispute.PartyCustomer)}
		attempts := p.attempt(ctx, messages...)
		parties := workflow.NewWaitGroup(ctx)
		for i, message := range messages {
			parties.Go(ctx, func(ctx workflow.Context) { p.finishResult(ctx, message, attempts[i]) })
		}
		parties.Wait(ctx)
	})
}

// archiveCase keeps the case for longer than Temporal keeps the workflow. It is the last step, after the last attempt of the
// messages that the decision has dropped, and is repeated when a message has come meanwhile, so that the archive has the last
// state.
func (p *process) archiveCase() {
	p.await(func() bool { return len(p.delivery.inFlight) == 0 })
	p.runToCompletion(func(ctx workflow.Context) {
		for ended := p.endedCase(); ; ended = p.endedCase() {
			if _, err := p.calls().archiveCase(ctx, ended); err != nil { // nothing refuses it, but an operator can fail it by hand
				p.note(dispute.PartyKlarna, "archive-failed", reason(err))
				return
			}
			if reflect.DeepEqual(ended, p.endedCase()) {
				return
			}
		}
	})
	p.enter(dispute.StateClosed, "")
	p.publish()
}

// endedCase is the case as it will be when the run has ended.
func (p *process) endedCase() dispute.Case {
	ended := p.currentCase()
	ended.WaitingFor = ""
	return ended
}

// closingNumber is the number of the closing messages in every run. A number that counts could be another one in a run that
// takes over, when a worker has stopped in the middle of a workflow task: the parties would get the message twice.
const closingNumber = 1

// result is the closing message to a party.
func (p *process) result(to dispute.Party) activities.Notification {
	return p.addressed(activities.Notification{
		Occasion: dispute.OccasionClosed, Recipient: to, Number: closingNumber,
		Facts: dispute.Facts{
			Decision: *p.decision, Credited: p.settled.Credited, Outstanding: p.settled.Outstanding, Refunded: p.settled.Refunded,
			OwedBack: p.settled.OwedBack, NewDueDate: p.settled.NewDueDate,
		},
	})
}

// finishResult sends a closing message until it is taken. When it is refused it waits for an operator to correct the
// address, for closingRetryTimeout.
func (p *process) finishResult(ctx workflow.Context, message activities.Notification, first activities.Delivery) {
	taken, err := p.finish(ctx, message, first)
	for err != nil && p.awaitClosingRetry(ctx, message.Recipient) {
		message = p.result(message.Recipient)
		taken, err = p.finish(ctx, message, p.attempt(ctx, message)[0])
	}
	if err == nil && taken.CopyWanted {
		byEmail := copyOf(message, taken)
		if _, err := p.finish(ctx, byEmail, p.attempt(ctx, byEmail)[0]); err != nil {
			p.raise(dispute.CauseMessageFailed)
		}
	}
}

// awaitClosingRetry reports whether an operator has the refused message to a party sent again, within closingRetryTimeout.
func (p *process) awaitClosingRetry(ctx workflow.Context, recipient dispute.Party) bool {
	p.delivery.refused = append(p.delivery.refused, recipient)
	p.raise(dispute.CauseMessageFailed)
	p.casefile.working, p.casefile.stale = false, true
	retried, _ := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: closingRetryTimeout, TimerOptions: workflow.TimerOptions{Summary: "until the refused message to the " + string(recipient) + " is given up"},
	}, func() bool { return !slices.Contains(p.delivery.refused, recipient) })
	if !retried {
		p.delivery.refused = slices.DeleteFunc(p.delivery.refused, func(party dispute.Party) bool { return party == recipient })
	}
	return retried
}
