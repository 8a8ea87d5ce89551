package parties

import (
	"context"
	"fmt"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// Report is money that moves while a dispute runs: a payment, its return, or a credit note of the merchant.
type Report struct {
	Movement ledger.Movement
	// Amount is in minor units of the invoice's currency.
	Amount int64
	// Reference is empty for a payment by which an import raises what is paid of the invoice.
	Reference string
	// Imported is true if an import has reported it, and false if a command has.
	Imported bool
	// Refused is true if the ledger did not book it.
	Refused bool
}

// reports returns the reports on the invoice of a case, in their order. What is returned was reported as paid before.
func (c Case) reports() []Report {
	whole := c.Invoice.Amount.Amount
	all := [][]Report{
		{},
		{{Movement: ledger.MovementPayment, Amount: whole / 3}},
		{{Movement: ledger.MovementPayment, Amount: whole / 2, Imported: true}, {Movement: ledger.MovementPaymentReturn, Amount: whole / 4}},
		{{Movement: ledger.MovementCreditNote, Amount: whole / 5}},
		{{Movement: ledger.MovementPayment, Amount: whole}, {Movement: ledger.MovementPaymentReturn, Amount: whole, Imported: true}},
		{{Movement: ledger.MovementCreditNote, Amount: whole / 4, Imported: true}, {Movement: ledger.MovementCreditNote, Amount: whole}},
		{{Movement: ledger.MovementCreditNote, Amount: whole, Imported: true}, {Movement: ledger.MovementPayment, Amount: 1}},
	}
	reports := all[c.number%len(all)]
	for i := range reports {
		reports[i].Reference = fmt.Sprintf("%s-%d", c.Dispute.ID, i)
	}
	if c.number%2 == 0 {
		reports = append(reports, Report{Movement: ledger.MovementPayment, Amount: 100, Imported: true})
	}
	return reports
}

// report reports the money of a case, each movement twice, as systems do that did not hear the answer.
func (a *actor) report(ctx context.Context) error {
	if a.Ledger == nil {
		return nil
	}
	c := a.ending.Case
	for _, r := range c.reports() {
		if err := pause(ctx, a.Poll); err != nil {
			return err
		}
		for range 2 {
			err := a.insist(ctx, false, func(ctx context.Context) error { return a.book(ctx, c, r) })
			code := dispute.CodeOf(err)
			r.Refused = code == dispute.CodeBookingRefused || code == dispute.CodeInvalidImport
			if err != nil && !r.Refused {
				return fmt.Errorf("report %s %s: %w", r.Movement, r.Reference, err)
			}
		}
		a.ending.Reports = append(a.ending.Reports, r)
	}
	return nil
}

func (a *actor) book(ctx context.Context, c Case, r Report) error {
	booking := dispute.Booking{
		Reference: r.Reference, InvoiceID: c.Invoice.ID, Amount: dispute.Money{Amount: r.Amount, Currency: c.Invoice.Amount.Currency},
	}
	if !r.Imported {
		_, err := a.Ledger.Book(ctx, r.Movement, booking)
		return err
	}
	in, list := dispute.Import{}, []dispute.Booking{booking}
	switch {
	case r.Reference == "": // the same merchant and invoice as before, of which more is paid now
		c.Invoice.Paid += r.Amount
		in = Import([]Case{c})
	case r.Movement == ledger.MovementPayment:
		in.Payments = list
	case r.Movement == ledger.MovementPaymentReturn:
		in.PaymentReturns = list
	default:
		in.CreditNotes = list
	}
	_, err := a.Ledger.Import(ctx, in)
	return err
}
