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
	// Paid is what the customer has paid, in minor units of the same currency, without the payments that are reported by
	// reference (Booking): a payment is reported in one of the two ways. More than Amount is owed back to the customer.
	Paid int64 `json:"paid"`
	// DueDate is the day by which the rest must be paid (2026-12-31). Optional when nothing is outstanding.
	DueDate string `json:"dueDate,omitzero"`
	// AsOf is the instant at which the reporting system had this record. An import skips a record that is older than the one
	// before; the zero time is never older.
	AsOf time.Time `json:"asOf,omitzero"`
}

func (i Invoice) check(f *Faults, path string) {
	strict.Line(f, strict.Join(path, "id"), i.ID, MaxLine)
	strict.Line(f, strict.Join(path, "orderId"), i.OrderID, MaxLine)
	strict.Line(f, strict.Join(path, "merchantId"), i.MerchantID, MaxLine)
	strict.Line(f, strict.Join(path, "customerId"), i.CustomerID, MaxLine)
	if i.Amount.Amount == 0 && i.Amount.Currency != "" {
		f.AddOnce(strict.Join(path, "amount.amount"), "must be a whole number of minor units, 1 to %d; a cancelled invoice keeps its amount "+
			"and gets a credit note of all of it", int64(MaxAmount))
	}
	i.Amount.check(f, strict.Join(path, "amount"))
	if i.Paid < 0 || i.Paid > MaxAmount {
		f.AddOnce(strict.Join(path, "paid"), "must be a whole number of minor units, 0 to %d", int64(MaxAmount))
	}
	if i.DueDate == "" && i.Paid >= i.Amount.Amount {
		return
	}
	if _, err := time.Parse(time.DateOnly, i.DueDate); err != nil {
		f.AddOnce(strict.Join(path, "dueDate"), "must be a date such as 2026-12-31; it can be left out when nothing is outstanding")
	}
}
