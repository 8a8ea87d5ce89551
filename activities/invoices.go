package activities

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// Ledger keeps invoices and the state of disputes. Its refusals are *dispute.Refusal; every other error is transient.
type Ledger interface {
	// Pause locks the invoice for the dispute and records the dispute. Repeated for the same dispute it returns the
	// recorded answer. CodeDisputeRefused, CodeDisputeDiffers and CodeDisputeClosed change nothing.
	Pause(ctx context.Context, in Pause) (Paused, error)
	// Settle moves the money once, gives the invoice back and closes the dispute. Repeated with the same decision it
	// returns the recorded answer, with another one CodeDisputeDiffers.
	Settle(ctx context.Context, in Settle) (Settled, error)
}

// Invoices pauses and settles invoices.
type Invoices struct {
	ledger Ledger
	clock  Clock
}

// NewInvoices returns the activities on a ledger.
func NewInvoices(ledger Ledger, clock Clock) *Invoices {
	return &Invoices{ledger: ledger, clock: clock}
}

// Pause asks the ledger to lock an invoice.
type Pause struct {
	Dispute dispute.Dispute `json:"dispute"`
	// At is the instant of the pause, Today its local date in the dispute's calendar (2026-11-23). The
	// activity sets both.
	At    time.Time `json:"at,omitzero"`
	Today string    `json:"today,omitzero"`
}

// Paused is the ledger's answer to Pause.
type Paused struct {
	At        time.Time `json:"at"`
	InvoiceID string    `json:"invoiceId"`
	// Outstanding is what the customer owes on the invoice, in minor units.
	Outstanding int64 `json:"outstanding"`
	// DaysLeft is how many calendar days were left until the due date: max(0, due date − Today).
	DaysLeft int `json:"daysLeft"`
}

// Settle asks the ledger for the settlement of a dispute.
type Settle struct {
	DisputeID string           `json:"disputeId"`
	Calendar  string           `json:"calendar"`
	Decision  dispute.Decision `json:"decision"`
	// At is the instant of the settlement, Today its local date. The activity sets both.
	At    time.Time `json:"at,omitzero"`
	Today string    `json:"today,omitzero"`
}

// Settled is the ledger's answer to Settle. Amounts are in minor units of the invoice's currency.
type Settled struct {
	At time.Time `json:"at"`
	// Credited came off what the customer owed, Refunded goes back to the customer.
	Credited int64 `json:"credited"`
	Refunded int64 `json:"refunded"`
	// Outstanding is what the customer owes now, and NewDueDate by when (2026-12-31); "" when nothing is open.
	Outstanding int64  `json:"outstanding"`
	NewDueDate  string `json:"newDueDate,omitzero"`
}

// PauseInvoice pauses the invoice of a dispute: the customer does not have to pay, and no due date runs. A dispute whose
// response window would end beyond the calendar is refused before anything changes.
func (i *Invoices) PauseInvoice(ctx context.Context, in Pause) (Paused, error) {
	cal, err := calendar.Load(in.Dispute.Calendar)
	if err != nil {
		return Paused{}, err
	}
	in.At, in.Today = i.clock.today(cal)
	if _, err := cal.Deadline(in.At, in.Dispute.Policy.ResponseBusinessDays); err != nil {
		return Paused{}, err
	}
	return i.ledger.Pause(ctx, in)
}

// SettleInvoice books the end of a dispute. It refuses nothing: every error is retried until an operator has mended its
// cause.
func (i *Invoices) SettleInvoice(ctx context.Context, in Settle) (Settled, error) {
	cal, err := calendar.Load(in.Calendar)
	if err != nil {
		return Settled{}, retryable(err)
	}
	in.At, in.Today = i.clock.today(cal)
	settled, err := i.ledger.Settle(ctx, in)
	return settled, retryable(err)
}
