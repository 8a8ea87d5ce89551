package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Imported counts the entries of an import.
type Imported struct {
	Merchants Counts `json:"merchants"`
	Invoices  Counts `json:"invoices"`
}

// Counts are the numbers of entries that were new, and of known ones that were changed or unchanged.
type Counts struct {
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

// Import creates or changes merchants and invoices and books the invoices, all or nothing. The same import again changes
// nothing. It can change all of a merchant but the id and the webhook (see SetMerchant), and the amount, paid and due date
// of an invoice that is not in dispute. Import fails with CodeInvalidImport and all faults by JSON path.
// dispute.DecodeImport has checked each entry by itself before.
func (l *Ledger) Import(ctx context.Context, in dispute.Import) (Imported, error) {
	var imported Imported
	err := l.lock(ctx, "import merchants and invoices", func(tx *transaction) error {
		// One import at a time: two that lock the same invoices in different orders would deadlock.
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

// importer runs one import. It continues after a fault to find the others; then the transaction is rolled back.
type importer struct {
	tx       *transaction
	at       time.Time
	imported Imported
	faults   dispute.Faults
	// merchants and invoices are the entries so far, by id.
	merchants map[string]dispute.Merchant
	invoices  map[string]dispute.Invoice
}

func (r *importer) merchant(ctx context.Context, path string, in dispute.Merchant) error {
	if repeated, differs := again(r.merchants, in.ID, in); differs {
		r.faults.Add(path, "an earlier merchant of the import has the same id and other content")
		return nil
	} else if repeated {
		r.imported.Merchants.Unchanged++
		return nil
	}
	if err := lockMerchant(ctx, r.tx, in.ID); err != nil {
		return err
	}
	before, known, err := findMerchant(ctx, r.tx, in.ID)
	if !known {
		before = in // with the default of each setting that the import leaves out
	}
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
		r.faults.Add(path, "an earlier invoice of the import has the same id and other content")
		return nil
	} else if repeated {
		r.imported.Invoices.Unchanged++
		return nil
	}
	before, known, err := lockInvoice(ctx, r.tx, in.ID)
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

// again records an entry and reports whether the import has one of its id before, and whether with other content.
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
	dueDate := before.DueDate // a settlement may have changed it: it stays unless the import has a new one
	if dueDate == "" || in.DueDate != before.billedDueDate {
		dueDate = in.DueDate
	}
	after.release(dueDate)
	if before.State == InvoicePaused {
		r.faults.Add(path, "the invoice is in dispute and cannot change until the dispute is closed")
	}
	same, balanced := r.sameOwner(path, before, in), r.balances(path, after)
	if !same || !balanced || before.State == InvoicePaused {
		return
	}
	after.save(r.tx, before.State)
	bookImport(r.tx, before, after, r.at)
}

// sameOwner adds a fault for each change of the order, merchant, customer or currency, and reports whether there is none.
func (r *importer) sameOwner(path string, before Invoice, in dispute.Invoice) bool {
	same := true
	for _, field := range []struct{ name, before, after string }{
		{"orderId", before.OrderID, in.OrderID},
		{"merchantId", before.MerchantID, in.MerchantID},
		{"customerId", before.CustomerID, in.CustomerID},
		{"amount.currency", before.Amount.Currency, in.Amount.Currency},
	} {
		if field.before != field.after {
			r.faults.Add(path+"."+field.name, "differs from the ledger, where it never changes")
			same = false
		}
	}
	return same
}

// balances adds a fault, and reports false, if disputes have credited or refunded more than amount and paid allow, or if
// the customer would owe less than nothing.
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

// imported is the invoice as in its last import.
func (i Invoice) imported() dispute.Invoice {
	return dispute.Invoice{
		ID: i.ID, OrderID: i.OrderID, MerchantID: i.MerchantID, CustomerID: i.CustomerID,
		Amount: i.Amount, Paid: i.Paid, DueDate: i.billedDueDate,
	}
}
