package ledger

import (
	"context"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// InvoiceState is the state of an invoice.
type InvoiceState string

// The states of an invoice.
const (
	// InvoiceOpen is to be paid by its due date.
	InvoiceOpen InvoiceState = "open"
	// InvoicePaused is in dispute: there is nothing to pay and no due date.
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
	// Amount is what the customer was billed, Paid what the customer has paid of it.
	Amount dispute.Money `json:"amount"`
	Paid   int64         `json:"paid"`
	// Credited came off what the customer owes, Refunded went back to the customer, both by disputes.
	Credited int64 `json:"credited"`
	Refunded int64 `json:"refunded"`
	// Outstanding is what the customer still owes, Left what can still be disputed.
	Outstanding int64 `json:"outstanding"`
	Left        int64 `json:"left"`
	// DueDate is the day by which the outstanding amount must be paid (2026-12-31). It is empty unless the state is open.
	DueDate string `json:"dueDate,omitzero"`
	// DisputeID is the open dispute of a paused invoice, and DaysLeft the calendar days to pay that the customer has left
	// when the dispute ends.
	DisputeID string `json:"disputeId,omitzero"`
	DaysLeft  int    `json:"daysLeft,omitzero"`
	// Postings are all movements on the invoice, oldest first.
	Postings []Posting `json:"postings"`

	// billedDueDate is the due date of the last import. A settlement changes DueDate only.
	billedDueDate string
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

const invoiceColumns = `id, order_id, merchant_id, customer_id, state, amount, currency, paid, credited, refunded, due_date, billed_due_date`

func scanInvoice(into func(...any) error) (i Invoice, err error) {
	err = into(&i.ID, &i.OrderID, &i.MerchantID, &i.CustomerID, &i.State, &i.Amount.Amount, &i.Amount.Currency,
		&i.Paid, &i.Credited, &i.Refunded, &i.DueDate, &i.billedDueDate)
	i.Outstanding, i.Left = i.balance().Outstanding(), i.balance().Left()
	return i, err
}

func (i Invoice) balance() dispute.Balance {
	return dispute.Balance{Amount: i.Amount.Amount, Paid: i.Paid, Credited: i.Credited, Refunded: i.Refunded}
}

// money gives an amount the invoice's currency.
func (i Invoice) money(amount int64) dispute.Money {
	return dispute.Money{Amount: amount, Currency: i.Amount.Currency}
}

// release makes the invoice due on a date, or settles it when nothing is outstanding.
func (i *Invoice) release(dueDate string) {
	i.Outstanding, i.Left = i.balance().Outstanding(), i.balance().Left()
	if i.State, i.DueDate = InvoiceOpen, dueDate; i.Outstanding == 0 {
		i.State, i.DueDate = InvoiceSettled, ""
	}
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

// lockInvoice reads an invoice and locks it until the transaction ends, by an UPDATE that changes nothing.
func lockInvoice(ctx context.Context, tx *transaction, id string) (Invoice, bool, error) {
	return first(ctx, tx, scanInvoice, `update invoices set state = state where id = $1 returning `+invoiceColumns, id)
}

// insert writes a new invoice.
func (i Invoice) insert(tx *transaction) {
	tx.queue("insert invoice "+i.ID, 1, `insert into invoices (`+invoiceColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		i.ID, i.OrderID, i.MerchantID, i.CustomerID, i.State, i.Amount.Amount, i.Amount.Currency,
		i.Paid, i.Credited, i.Refunded, i.DueDate, i.billedDueDate)
}

// save writes what an import changes of an invoice. It is a conflict if its state is no longer from.
func (i Invoice) save(tx *transaction, from InvoiceState) {
	tx.queue("update invoice "+i.ID, 1, `update invoices set state = $1, amount = $2, paid = $3, due_date = $4, billed_due_date = $5
		where id = $6 and state = $7`, i.State, i.Amount.Amount, i.Paid, i.DueDate, i.billedDueDate, i.ID, from)
}

const pauseInvoiceStatement = `update invoices set state = 'paused', due_date = ''
	where id = $1 and state = $2 and amount = $3 and paid = $4 and credited = $5 and refunded = $6 and due_date = $7`

// pause pauses an invoice. It is a conflict if the invoice is no longer as it was read.
func (i Invoice) pause(tx *transaction) {
	tx.queue("pause invoice "+i.ID, 1, pauseInvoiceStatement,
		i.ID, i.State, i.Amount.Amount, i.Paid, i.Credited, i.Refunded, i.DueDate)
}

const settleInvoiceStatement = `update invoices set state = $1, due_date = $2, credited = credited + $3, refunded = refunded + $4
	where id = $5 and state = 'paused'`

// settle releases a paused invoice with what its dispute has moved.
func (i Invoice) settle(tx *transaction, moved activities.Settled) {
	tx.queue("release invoice "+i.ID, 1, settleInvoiceStatement, i.State, i.DueDate, moved.Credited, moved.Refunded, i.ID)
}
