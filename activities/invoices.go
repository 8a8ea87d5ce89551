package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/dispute/strict"
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

// Opening asks for the pause of a dispute's invoice.
type Opening struct {
	// Input is the dispute as JSON, as the run was started with it.
	Input string `json:"input"`
	// Strict refuses unknown names: the update open has asked for the dispute. A plain start tolerates them.
	Strict bool `json:"strict,omitzero"`
	// RunID is the run that works on the dispute.
	RunID string `json:"runId"`
	// CausedAt is the instant in the history at which the pause is due.
	CausedAt time.Time `json:"causedAt"`
}

// Pause asks the ledger to lock an invoice.
type Pause struct {
	Dispute dispute.Dispute
	// RunID is the run that works on the dispute.
	RunID string
	// At is the instant of the pause, Today its local date in the dispute's calendar (2026-11-23).
	At    time.Time
	Today string
}

// Paused is the ledger's answer to Pause.
type Paused struct {
	At        time.Time `json:"at"`
	InvoiceID string    `json:"invoiceId"`
	// Outstanding is what the customer owes on the invoice, in minor units.
	Outstanding int64 `json:"outstanding"`
	// Run is the number of the run that works on the dispute: 1 for the run that paused the invoice. Each run that takes the
	// dispute over gets the next one.
	Run int `json:"run"`
	// DaysLeft is how many calendar days were left until the due date: max(0, due date − Today).
	DaysLeft int `json:"daysLeft"`
}

// Settle asks the ledger for the settlement of a dispute.
type Settle struct {
	DisputeID string           `json:"disputeId"`
	Calendar  string           `json:"calendar"`
	Decision  dispute.Decision `json:"decision"`
	// CausedAt is the instant of the decision in the history.
	CausedAt time.Time `json:"causedAt"`
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
	// AlreadyCredited is the part of the disputed amount, or of an agreed refund, that credit notes of the merchant have given
	// up already. It is not debited again: Credited and Refunded are the rest.
	AlreadyCredited int64 `json:"alreadyCredited,omitzero"`
	// OwedBack is what the customer has paid beyond what was owed, apart from Refunded. The settlement does not move it.
	OwedBack int64 `json:"owedBack,omitzero"`
}

// Movement describes how the money has moved.
func (s Settled) Movement(currency string) string {
	money := func(amount int64) dispute.Money { return dispute.Money{Amount: amount, Currency: currency} }
	text := fmt.Sprintf("%s off the invoice, %s refunded to the customer, %s outstanding", money(s.Credited), money(s.Refunded), money(s.Outstanding))
	if s.OwedBack > 0 {
		text += fmt.Sprintf(", %s owed back to the customer, who has paid more than was owed", money(s.OwedBack))
	}
	return text
}

// PauseInvoice validates a dispute and pauses its invoice: the customer does not have to pay, and no due date runs. The
// validation is not the workflow's, because its tables (currencies, calendars, Unicode) change while disputes run. A dispute
// whose response window would end beyond the calendar is refused before anything changes.
func (i *Invoices) PauseInvoice(ctx context.Context, in Opening) (Paused, error) {
	at, err := i.clock.after(in.CausedAt)
	if err != nil {
		return Paused{}, err
	}
	names := strict.TolerateUnknownNames
	if in.Strict {
		names = strict.RefuseUnknownNames
	}
	d, err := dispute.DecodeDispute([]byte(in.Input), names, at)
	if err != nil {
		return Paused{}, err
	}
	cal, err := calendar.Load(d.Calendar)
	if err != nil {
		return Paused{}, err
	}
	if _, err := cal.Deadline(at, d.Policy.ResponseBusinessDays); err != nil {
		return Paused{}, err
	}
	return i.ledger.Pause(ctx, Pause{Dispute: d, RunID: in.RunID, At: at, Today: today(at, cal)})
}

// SettleInvoice books the end of a dispute. It refuses nothing: every error is retried until an operator has fixed its
// cause.
func (i *Invoices) SettleInvoice(ctx context.Context, in Settle) (Settled, error) {
	cal, err := calendar.Load(in.Calendar)
	if err != nil {
		return Settled{}, retryable(err)
	}
	if in.At, err = i.clock.after(in.CausedAt); err != nil {
		return Settled{}, err
	}
	in.Today = today(in.At, cal)
	settled, err := i.ledger.Settle(ctx, in)
	return settled, retryable(err)
}
