package dispute

import "github.com/streitfall/streitfall/dispute/strict"

// Booking is a payment, a return of a payment, or a credit note on an invoice, as another system or an operator reports it.
type Booking struct {
	// Reference is the reporter's own name of the payment, return or credit note. Each of the three has references of its own
	// on each invoice: two merchants may number their credit notes alike.
	Reference string `json:"reference"`
	InvoiceID string `json:"invoiceId"`
	// Amount is more than 0, in the currency of the invoice.
	Amount Money `json:"amount"`
}

// Validate checks the booking without the ledger. It returns all faults at once, as a Refusal with CodeBookingRefused.
func (b Booking) Validate() error {
	var f Faults
	b.check(&f, "")
	return RefuseFaults(CodeBookingRefused, f, "this cannot be booked")
}

func (b Booking) check(f *Faults, path string) {
	strict.Line(f, strict.Join(path, "reference"), b.Reference, MaxLine)
	strict.Line(f, strict.Join(path, "invoiceId"), b.InvoiceID, MaxLine)
	b.Amount.check(f, strict.Join(path, "amount"))
}
