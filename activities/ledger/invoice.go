package ledger

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// InvoiceState is the state of an invoice.
type InvoiceState string

// The states of an invoice.
const (
	// InvoiceOpen is to be paid by its due date.
	InvoiceOpen InvoiceState = "open"
	// InvoicePaused is in dispute: nothing has to be paid and no due date runs.
	InvoicePaused InvoiceState = "paused"
	// InvoiceSettled is paid or credited in full.
	InvoiceSettled InvoiceState = "settled"
)

// Invoice is an invoice in the ledger. Amounts are in minor units of its currency.
type Invoice struct {
	ID         string       `json:"id"`
	OrderID    string       `json:"orderId"`
	MerchantID string       `json:"merchantId"`
	CustomerID string       `json:"customerId"`
	State      InvoiceState `json:"state"`
	// Amount is what the customer was billed, Paid what the customer has paid, less what was returned.
	Amount dispute.Money `json:"amount"`
	Paid   int64         `json:"paid"`
	// CreditNotes is what the merchant has given up of its own accord.
	CreditNotes int64 `json:"creditNotes"`
	// Credited came off what the customer owes, Refunded went back to the customer, both by disputes.
	Credited int64 `json:"credited"`
	Refunded int64 `json:"refunded"`
	// DecidedForMerchant is the part about which disputes were finally decided for the merchant.
	DecidedForMerchant int64 `json:"decidedForMerchant"`
	// Outstanding is what the customer still owes, OwedBack what the customer has paid beyond what was owed.
	Outstanding int64 `json:"outstanding"`
	OwedBack    int64 `json:"owedBack"`
	// Left is what can still be disputed: what has neither been debited nor finally decided for the merchant.
	Left int64 `json:"left"`
	// DueDate is the day by which the outstanding amount must be paid (2026-12-31). It is empty unless the state is open.
	DueDate string `json:"dueDate,omitzero"`
	// DisputeID is the open dispute of a paused invoice, and DaysLeft the calendar days to pay that the customer has left
	// when the dispute ends.
	DisputeID string `json:"disputeId,omitzero"`
	DaysLeft  int    `json:"daysLeft,omitzero"`
	// Postings are all movements on the invoice, oldest first.
	Postings []Posting `json:"postings"`

	// imported is the record of the last import. payableBy is the due date whenever the invoice is open: a settlement changes
	// it, and so does an import with another due date than the one before.
	imported  dispute.Invoice
	payableBy string
}

// Invoice reads an invoice. It fails with CodeUnknownInvoice.
func (l *Ledger) Invoice(ctx context.Context, id string) (invoice Invoice, err error) {
	err = l.snapshot(ctx, "read invoice "+id, func(tx *transaction) error {
		var found bool
		invoice, found, err = findInvoice(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			return dispute.Refuse(dispute.CodeUnknownInvoice, "the ledger has no invoice %q", id)
		}
		open, _, err := openDispute(ctx, tx, id)
		if err != nil {
			return err
		}
		invoice.DisputeID, invoice.DaysLeft = open.ID, open.Paused.DaysLeft
		invoice.Postings, err = postingsOf(ctx, tx, id)
		return err
	})
	return invoice, err
}

const invoiceColumns = `id, order_id, merchant_id, customer_id, state, amount, currency,
	paid, imported_paid, credit_notes, credited, refunded, decided_for_merchant, due_date, billed_due_date, as_of`

func scanInvoice(into func(...any) error) (i Invoice, err error) {
	err = into(&i.ID, &i.OrderID, &i.MerchantID, &i.CustomerID, &i.State, &i.Amount.Amount, &i.Amount.Currency,
		&i.Paid, &i.imported.Paid, &i.CreditNotes, &i.Credited, &i.Refunded, &i.DecidedForMerchant,
		&i.payableBy, &i.imported.DueDate, (*instant)(&i.imported.AsOf))
	i.imported.ID, i.imported.OrderID, i.imported.MerchantID, i.imported.CustomerID = i.ID, i.OrderID, i.MerchantID, i.CustomerID
	i.imported.Amount = i.Amount
	i.derive()
	return i, err
}

func (i Invoice) balance() dispute.Balance {
	return dispute.Balance{
		Amount: i.Amount.Amount, Paid: i.Paid, CreditNotes: i.CreditNotes,
		Credited: i.Credited, Refunded: i.Refunded, DecidedForMerchant: i.DecidedForMerchant,
	}
}

// money gives an amount the invoice's currency.
func (i Invoice) money(amount int64) dispute.Money {
	return dispute.Money{Amount: amount, Currency: i.Amount.Currency}
}

// derive sets what follows from the amounts, the state and the due date.
func (i *Invoice) derive() {
	balance := i.balance()
	i.Outstanding, i.OwedBack, i.Left = balance.Outstanding(), balance.OwedBack(), balance.Left()
	if i.DueDate = ""; i.State == InvoiceOpen {
		i.DueDate = i.payableBy
	}
}

// rebalance settles the invoice when nothing is outstanding, and opens it when something is, unless it is paused.
// An invoice that was imported as paid, without a due date, is due minDaysToPay after the booking that opens it.
func (i *Invoice) rebalance(at time.Time) {
	if i.State != InvoicePaused {
		if i.State = InvoiceOpen; i.balance().Outstanding() == 0 {
			i.State = InvoiceSettled
		}
	}
	if i.State == InvoiceOpen && i.payableBy == "" {
		i.payableBy = at.UTC().AddDate(0, 0, minDaysToPay).Format(time.DateOnly)
	}
	i.derive()
}

const findInvoiceStatement = `select ` + invoiceColumns + ` from invoices where id = $1`

func findInvoice(ctx context.Context, tx *transaction, id string) (Invoice, bool, error) {
	return first(ctx, tx, scanInvoice, findInvoiceStatement, id)
}

const findToPauseStatement = `select ` + invoiceColumns + `, exists (select 1 from disputes where disputes.id = $2)
	from invoices where id = $1`

// findToPause reads the invoice of a dispute, and whether the dispute is on record.
func findToPause(ctx context.Context, tx *transaction, d dispute.Dispute) (invoice Invoice, found, repeated bool, err error) {
	scan := func(into func(...any) error) (Invoice, error) {
		return scanInvoice(func(columns ...any) error { return into(append(columns, &repeated)...) })
	}
	invoice, found, err = first(ctx, tx, scan, findToPauseStatement, d.InvoiceID, d.ID)
	return invoice, found, repeated, err
}

const lockInvoiceStatement = `update invoices set state = state where id = $1 returning ` + invoiceColumns

// lockInvoice reads an invoice and locks it until the transaction ends, by an UPDATE that changes nothing.
func lockInvoice(ctx context.Context, tx *transaction, id string) (Invoice, bool, error) {
	return first(ctx, tx, scanInvoice, lockInvoiceStatement, id)
}

const insertInvoiceStatement = `insert into invoices (` + invoiceColumns + `)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`

// insert writes a new invoice.
func (i Invoice) insert(tx *transaction) {
	tx.queue("insert invoice "+i.ID, 1, insertInvoiceStatement,
		i.ID, i.OrderID, i.MerchantID, i.CustomerID, i.State, i.Amount.Amount, i.Amount.Currency,
		i.Paid, i.imported.Paid, i.CreditNotes, i.Credited, i.Refunded, i.DecidedForMerchant, i.payableBy, i.imported.DueDate, instant(i.imported.AsOf))
}

// save writes what imports and bookings change of an invoice, which is locked.
func (i Invoice) save(tx *transaction) {
	tx.queue("update invoice "+i.ID, 1, `update invoices set state = $1, amount = $2, paid = $3, imported_paid = $4, credit_notes = $5,
		due_date = $6, billed_due_date = $7, as_of = $8 where id = $9`,
		i.State, i.Amount.Amount, i.Paid, i.imported.Paid, i.CreditNotes, i.payableBy, i.imported.DueDate, instant(i.imported.AsOf), i.ID)
}

const pauseInvoiceStatement = `update invoices set state = 'paused'
	where id = $1 and state = $2 and amount = $3 and paid = $4 and credit_notes = $5 and credited = $6 and refunded = $7
		and decided_for_merchant = $8 and due_date = $9`

// pause pauses an invoice. It is a conflict if the invoice is no longer as it was read.
func (i Invoice) pause(tx *transaction) {
	tx.queue("pause invoice "+i.ID, 1, pauseInvoiceStatement,
		i.ID, i.State, i.Amount.Amount, i.Paid, i.CreditNotes, i.Credited, i.Refunded, i.DecidedForMerchant, i.payableBy)
}

const settleInvoiceStatement = `update invoices set state = $1, due_date = $2, credited = $3, refunded = $4, decided_for_merchant = $5
	where id = $6 and state = 'paused' and paid = $7 and credit_notes = $8`

// settle releases a paused invoice as its dispute has changed it. It is a conflict if a payment or a credit note was booked
// since it was read.
func (i Invoice) settle(tx *transaction) {
	tx.queue("release invoice "+i.ID, 1, settleInvoiceStatement,
		i.State, i.payableBy, i.Credited, i.Refunded, i.DecidedForMerchant, i.ID, i.Paid, i.CreditNotes)
}
