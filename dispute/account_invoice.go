package dispute

import (
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Invoice is an invoice as it is imported into the ledger.
type Invoice struct {
	ID         string `json:"id"`
	OrderID    string `json:"orderId"`
	MerchantID string `json:"merchantId"`
	CustomerID string `json:"customerId"`
	// Amount is what the customer was billed.
	Amount Money `json:"amount"`
	// Paid is what the customer has paid of it, in minor units of the same currency.
	Paid int64 `json:"paid"`
	// DueDate is the day by which the rest must be paid (2026-12-31). Not needed when nothing is open.
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
		f.AddOnce(path+".dueDate", "must be a date such as 2026-12-31; it can be left out when nothing is open")
	}
}

// Balance is the money of one invoice, in minor units of its currency.
type Balance struct {
	// Amount is what the customer was billed, Paid what the customer has paid.
	Amount, Paid int64
	// Credited came off what the customer owes, Refunded went back to the customer: both through
	// settled disputes, both debited to the merchant.
	Credited, Refunded int64
}

// Outstanding is what the customer still owes.
func (b Balance) Outstanding() int64 {
	return b.Amount - b.Paid - b.Credited
}

// Left is what can still be disputed.
func (b Balance) Left() int64 {
	return b.Amount - b.Credited - b.Refunded
}

// Debit charges x to the merchant: first it comes off what the customer owes, the rest goes back to
// the customer.
func (b Balance) Debit(x int64) (credit, refund int64) {
	credit = min(x, max(b.Outstanding(), 0))
	return credit, x - credit
}
