package dispute

// Balance is what has been booked on an invoice, in minor units of its currency.
type Balance struct {
	// Amount is what the customer was billed, Paid what the customer has paid, less what was returned.
	Amount, Paid int64
	// CreditNotes is what the merchant has given up of its own accord. It was taken off what the customer owes.
	CreditNotes int64
	// Credited was taken off what the customer owes, and Refunded was paid back to the customer. Both come from
	// settled disputes and were debited to the merchant.
	Credited, Refunded int64
	// DecidedForMerchant is the part about which disputes were finally decided for the merchant.
	DecidedForMerchant int64
}

// Outstanding returns what the customer still owes.
func (b Balance) Outstanding() int64 {
	return max(0, b.receivable())
}

// OwedBack returns what the customer has paid beyond what was owed.
func (b Balance) OwedBack() int64 {
	return max(0, -b.receivable())
}

func (b Balance) receivable() int64 {
	return b.Amount - b.Paid - b.CreditNotes - b.Credited
}

// Undebited returns the part of the invoice that was not debited to the merchant, neither by disputes nor by credit notes.
func (b Balance) Undebited() int64 {
	return b.Amount - b.CreditNotes - b.Credited - b.Refunded
}

// Left returns how much of the invoice can still be disputed: what has neither been debited nor finally decided for the
// merchant.
func (b Balance) Left() int64 {
	return max(0, b.Undebited()-b.DecidedForMerchant)
}

// Debit splits a debit x of the merchant: a credit first lowers what the customer owes, and the rest is refunded to
// the customer.
func (b Balance) Debit(x int64) (credit, refund int64) {
	credit = min(x, b.Outstanding())
	return credit, x - credit
}
