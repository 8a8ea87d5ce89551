package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Imported counts what an import did.
type Imported struct {
	Merchants Counts `json:"merchants"`
	Invoices  Counts `json:"invoices"`
}

// Counts tells how many entries were new, how many differed from what the ledger had, and how many did not.
type Counts struct {
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

// Import takes over merchants and invoices and books the invoices, all or nothing; the same again changes
// nothing. Merchants may change in all but their id and their webhook, which SetMerchant has; invoices in
// amount, paid and due date while they are not in dispute. Whatever does not fit comes back at once, as
// CodeInvalidImport by JSON path. What must hold for each entry by itself is checked before, by
// dispute.DecodeImport.
func (l *Ledger) Import(ctx context.Context, in dispute.Import) (Imported, error) {
	var imported Imported
	err := l.write(ctx, "import merchants and invoices", func(tx *transaction) error {
		// One import at a time: two that claim the same invoices in different orders would end each other.
		if _, err := tx.ExecContext(ctx, `update import_turn set id = id`); err != nil {
			return err
		}
		run := importer{tx: tx, at: now(), merchants: map[string]dispute.Merchant{}, invoices: map[string]dispute.Invoice{}}
		for i, merchant := range in.Merchants {
			if err := run.merchant(ctx, fmt.Sprintf("merchants[%d]", i), merchant); err != nil {
				return err
			}
		}
		for i, invoice := range in.Invoices {
			if err := run.invoice(ctx, fmt.Sprintf("invoices[%d]", i), invoice); err != nil {
				return err
			}
		}
		imported = run.imported
		return dispute.RefuseFaults(dispute.CodeInvalidImport, run.faults, "this cannot be imported")
	})
	if err != nil {
		return Imported{}, err
	}
	return imported, nil
}

// importer is one import. It goes on after a fault, to find the others; the transaction is undone then.
type importer struct {
	tx       *transaction
	at       time.Time
	imported Imported
	faults   dispute.Faults
	// merchants and invoices are those of the file so far, by id.
	merchants map[string]dispute.Merchant
	invoices  map[string]dispute.Invoice
}

func (r *importer) merchant(ctx context.Context, path string, in dispute.Merchant) error {
	if repeated, differs := again(r.merchants, in.ID, in); differs {
		r.faults.Add(path, "the import has another merchant of the same id before")
		return nil
	} else if repeated {
		r.imported.Merchants.Unchanged++
		return nil
	}
	if err := claimMerchant(ctx, r.tx, in.ID); err != nil {
		return err
	}
	before, known, err := findMerchant(ctx, r.tx, in.ID)
	after := in.MergedInto(before)
	switch {
	case err != nil:
		return err
	case !known:
		r.imported.Merchants.New++
		insertMerchant(r.tx, after)
	case before == after:
		r.imported.Merchants.Unchanged++
	default:
		r.imported.Merchants.Changed++
		updateMerchant(r.tx, after)
	}
	return nil
}

func (r *importer) invoice(ctx context.Context, path string, in dispute.Invoice) error {
	if repeated, differs := again(r.invoices, in.ID, in); differs {
		r.faults.Add(path, "the import has another invoice of the same id before")
		return nil
	} else if repeated {
		r.imported.Invoices.Unchanged++
		return nil
	}
	before, known, err := claimInvoice(ctx, r.tx, in.ID)
	switch {
	case err != nil:
		return err
	case !known:
		r.imported.Invoices.New++
		return r.newInvoice(ctx, path, in)
	case before.imported() == in:
		r.imported.Invoices.Unchanged++
	default:
		r.imported.Invoices.Changed++
		r.changedInvoice(path, before, in)
	}
	return nil
}

// again remembers an entry of the file and tells whether it stands there before, and whether with other content.
func again[T comparable](seen map[string]T, id string, entry T) (repeated, differs bool) {
	before, repeated := seen[id]
	if !repeated {
		seen[id] = entry
	}
	return repeated, repeated && before != entry
}

func (r *importer) newInvoice(ctx context.Context, path string, in dispute.Invoice) error {
	_, known := r.merchants[in.MerchantID]
	if !known {
		var err error
		if _, known, err = findMerchant(ctx, r.tx, in.MerchantID); err != nil {
			return err
		}
	}
	if !known {
		r.faults.Add(path+".merchantId", "the merchant is neither in the ledger nor in this import")
	}
	invoice := Invoice{
		ID: in.ID, OrderID: in.OrderID, MerchantID: in.MerchantID, CustomerID: in.CustomerID,
		Amount: in.Amount, Paid: in.Paid, billedDueDate: in.DueDate,
	}
	invoice.release(in.DueDate)
	if fine := r.balances(path, invoice); !known || !fine {
		return nil
	}
	invoice.insert(r.tx)
	bookImport(r.tx, Invoice{}, invoice, r.at)
	return nil
}

func (r *importer) changedInvoice(path string, before Invoice, in dispute.Invoice) {
	after := before
	after.Amount, after.Paid, after.billedDueDate = in.Amount, in.Paid, in.DueDate
	dueDate := before.DueDate // a settlement may have moved it: it stays unless the file brings a new one
	if dueDate == "" || in.DueDate != before.billedDueDate {
		dueDate = in.DueDate
	}
	after.release(dueDate)
	if before.State == InvoicePaused {
		r.faults.Add(path, "the invoice is in dispute and cannot change before the dispute is closed")
	}
	same, balanced := r.sameOwner(path, before, in), r.balances(path, after)
	if !same || !balanced || before.State == InvoicePaused {
		return
	}
	after.save(r.tx, before.State)
	bookImport(r.tx, before, after, r.at)
}

// sameOwner tells whether all is as before that says whose invoice it is, and in which currency.
func (r *importer) sameOwner(path string, before Invoice, in dispute.Invoice) bool {
	same := true
	for _, field := range []struct{ name, before, after string }{
		{"orderId", before.OrderID, in.OrderID},
		{"merchantId", before.MerchantID, in.MerchantID},
		{"customerId", before.CustomerID, in.CustomerID},
		{"amount.currency", before.Amount.Currency, in.Amount.Currency},
	} {
		if field.before != field.after {
			r.faults.Add(path+"."+field.name, "is not as in the ledger, where it never changes")
			same = false
		}
	}
	return same
}

// balances tells whether the money of an invoice is in order: what disputes have credited and refunded
// stays possible, and the customer never owes less than nothing.
func (r *importer) balances(path string, i Invoice) bool {
	switch {
	case i.Left < 0:
		r.faults.Add(path+".amount.amount", "must be at least %d: disputes have credited and refunded that much", i.Credited+i.Refunded)
	case i.Outstanding < 0:
		r.faults.Add(path+".paid", "must be at most %d: the amount less what disputes have credited", i.Amount.Amount-i.Credited)
	case i.Paid < i.Refunded:
		r.faults.Add(path+".paid", "must be at least %d: disputes have refunded that much", i.Refunded)
	default:
		return true
	}
	return false
}

// imported is the invoice as it stood in its last import.
func (i Invoice) imported() dispute.Invoice {
	return dispute.Invoice{
		ID: i.ID, OrderID: i.OrderID, MerchantID: i.MerchantID, CustomerID: i.CustomerID,
		Amount: i.Amount, Paid: i.Paid, DueDate: i.billedDueDate,
	}
}
