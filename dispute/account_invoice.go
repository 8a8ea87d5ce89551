package dispute

import (
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Invoice is an invoice as the ledger imports it.
type Invoice struct {
	ID         string `json:"id"`
	OrderID    string `json:"orderId"`
	MerchantID string `json:"merchantId"`
	CustomerID string `json:"customerId"`
	// Amount is what the customer was billed.
	Amount Money `json:"amount"`
	// Paid is the part that the customer has paid, in minor units of the same currency.
	Paid int64 `json:"paid"`
	// DueDate is the day by which the rest must be paid (2026-12-31). Optional when nothing is outstanding.
	DueDate string `json:"dueDate,omitzero"`
}

func (i Invoice) check(f *Faults, path string) {
	strict.Line(f, path+".id", i.ID, MaxLine)
	strict.Line(f, path+".orderId", i.OrderID, MaxLine)
	strict.Line(f, path+".merchantId", i.MerchantID, MaxLine)
	strict.Line(f, path+".customerId", i.CustomerID, MaxLine)
	i.Amount.check(f, path+".amount")
	if i.Paid < 0 || i.Amount.Amount > 0 && i.Paid > i.Amount.Amount {
		f.AddOnce(path+".paid", "must be a whole number of minor units, 0 to the invoice's amount")
	}
	if i.DueDate == "" && i.Paid >= i.Amount.Amount {
		return
	}
	if _, err := time.Parse(time.DateOnly, i.DueDate); err != nil {
		f.AddOnce(path+".dueDate", "must be a date such as 2026-12-31; it can be left out when nothing is outstanding")
	}
}

// Balance is how much of an invoice is paid, credited and refunded, in minor units of its currency.
type Balance struct {
	// Amount is what the customer was billed, Paid what the customer has paid.
	Amount, Paid int64
	// Credited was taken off what the customer owes, and Refunded was paid back to the customer. Both come from
	// settled disputes and were debited to the merchant.
	Credited, Refunded int64
}

// Outstanding returns what the customer still owes. It is negative if the customer has paid too much.
func (b Balance) Outstanding() int64 {
	return b.Amount - b.Paid - b.Credited
}

// Left returns how much of the invoice can still be disputed.
func (b Balance) Left() int64 {
	return b.Amount - b.Credited - b.Refunded
}

// Debit splits a debit x of the merchant: a credit first lowers what the customer owes, and the rest is refunded to
// the customer.
func (b Balance) Debit(x int64) (credit, refund int64) {
	credit = min(x, max(b.Outstanding(), 0))
	return credit, x - credit
}
