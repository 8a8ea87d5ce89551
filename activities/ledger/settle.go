package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Settle moves the money of a decision, releases the invoice and closes the dispute, all in one transaction. The same
// decision again gets the recorded answer, another one CodeDisputeDiffers. An unknown dispute, or a decision that does not
// fit it, is an error without a code, which is retried until an operator has corrected the ledger.
func (l *Ledger) Settle(ctx context.Context, in activities.Settle) (settled activities.Settled, err error) {
	err = l.optimistic(ctx, "settle dispute "+in.DisputeID, func(ctx context.Context, tx *transaction) error {
		settled, err = settle(ctx, tx, in)
		return err
	})
	if err != nil {
		return activities.Settled{}, err
	}
	return settled, nil
}

func settle(ctx context.Context, tx *transaction, in activities.Settle) (activities.Settled, error) {
	record, invoice, open, err := findUnsettled(ctx, tx, in.DisputeID)
	if err != nil {
		return activities.Settled{}, err
	}
	if !open {
		return settledBefore(ctx, tx, in)
	}
	if invoice.State != InvoicePaused {
		return activities.Settled{}, fmt.Errorf("its invoice %s is %s, not paused: the database was changed by other means; "+
			"run `starter ledger check`", invoice.ID, invoice.State)
	}
	if err := record.apply(in, &invoice); err != nil {
		return activities.Settled{}, err
	}
	bookSettlement(tx, record, invoice)
	return record.Settled, nil
}

// settledBefore returns the recorded answer if the dispute was closed by the same decision.
func settledBefore(ctx context.Context, tx *transaction, in activities.Settle) (activities.Settled, error) {
	record, found, err := findDispute(ctx, tx, in.DisputeID)
	switch {
	case err != nil:
		return activities.Settled{}, err
	case !found:
		return activities.Settled{}, errors.New("the ledger has no such dispute")
	case record.State == DisputeOpen: // paused since findUnsettled
		return activities.Settled{}, errConflict
	case record.Decision != in.Decision:
		return activities.Settled{}, dispute.Refuse(dispute.CodeDisputeDiffers,
			"dispute %s was closed before by another decision: %+v, not %+v", in.DisputeID, record.Decision, in.Decision)
	}
	return record.Settled, nil
}

// apply changes dispute and invoice to what they are after the settlement.
func (d *Dispute) apply(in activities.Settle, invoice *Invoice) error {
	if err := decides(in.Decision, d.DisputedAmount); err != nil {
		return err
	}
	dueDate, err := newDueDate(in.Today, d.Paused.DaysLeft)
	if err != nil {
		return err
	}
	alreadyCredited := d.alreadyCredited(in.Decision, *invoice)
	credited, refunded := int64(0), int64(0)
	if in.Decision.Debit > 0 {
		credited, refunded = invoice.balance().Debit(in.Decision.Debit - alreadyCredited)
	}
	invoice.Credited += credited
	invoice.Refunded += refunded
	if in.Decision.Reason.ForMerchant() {
		invoice.DecidedForMerchant += d.DisputedAmount.Amount - alreadyCredited
	}
	invoice.State, invoice.payableBy = InvoiceOpen, dueDate
	invoice.rebalance(in.At)
	d.Decision = in.Decision
	d.Settled = activities.Settled{
		At: precise(in.At), Credited: credited, Refunded: refunded, AlreadyCredited: alreadyCredited,
		Outstanding: invoice.Outstanding, OwedBack: invoice.OwedBack, NewDueDate: invoice.DueDate,
	}
	return nil
}

// alreadyCredited returns how much of the decided amount credit notes have covered. For a chargeback or a win: the credit
// notes given during the dispute. For a refund: what exceeds the part of the invoice that is left. Otherwise 0.
func (d *Dispute) alreadyCredited(decision dispute.Decision, invoice Invoice) int64 {
	switch {
	case decision.Outcome == dispute.OutcomeLost, decision.Reason.ForMerchant():
		return min(d.DisputedAmount.Amount, invoice.CreditNotes-d.pausedCreditNotes)
	default:
		return max(0, decision.Debit-invoice.balance().Undebited())
	}
}

// decides checks that a decision can settle a dispute about this amount.
func decides(decision dispute.Decision, disputed dispute.Money) error {
	refund := disputed
	refund.Amount = decision.Debit
	if decision != dispute.Decide(decision.Reason, disputed, &refund) || decision.Debit < 0 || decision.Debit > disputed.Amount {
		return fmt.Errorf("the decision %+v cannot settle a dispute about %s", decision, disputed)
	}
	return nil
}

// minDaysToPay is how many calendar days a customer has at least to pay an invoice that falls due again.
const minDaysToPay = 5

// newDueDate adds the days left to today, at least minDaysToPay. The latest due date is 9999-12-31, which stands for
// "never".
func newDueDate(today string, daysLeft int) (string, error) {
	from, err := date.Parse(time.DateOnly, today)
	return min(from+date.Date(max(daysLeft, minDaysToPay)), date.New(9999, time.December, 31)).String(), err
}

// bookSettlement writes the settlement: the closed dispute first, because the schema compares the postings with it.
func bookSettlement(tx *transaction, record Dispute, invoice Invoice) {
	record.close(tx)
	line := Posting{
		Movement: MovementAgreedRefund, Destination: AccountMerchantPayable,
		InvoiceID: invoice.ID, DisputeID: record.ID, At: record.Settled.At,
	}
	if record.Decision.Outcome == dispute.OutcomeLost {
		line.Movement = MovementChargeback
	}
	credit, refund := line, line
	credit.Source, credit.Amount = AccountCustomerReceivable, invoice.money(record.Settled.Credited)
	refund.Source, refund.Amount = AccountCustomerRefund, invoice.money(record.Settled.Refunded)
	insertBoth(tx, credit, refund)
	invoice.settle(tx)
}
