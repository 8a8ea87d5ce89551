package ledger

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// record is a record of an import: what is wrong with it by itself, or else how it is imported.
type record struct {
	path   string
	faults dispute.Faults
	// invoiceID is the invoice of an invoice's record.
	invoiceID string
	take      func(ctx context.Context, r *importer, path string) error
}

// recordsOf lists the records of an import in the order in which they are imported.
func recordsOf(in dispute.Import) []record {
	var all recordList
	merchants, invoices := map[string]dispute.Merchant{}, map[string]dispute.Invoice{}
	for i, m := range in.Merchants {
		m.AsOf = precise(m.AsOf)
		before, seen := merchants[m.ID]
		merchants[m.ID] = m
		all.add(in, "merchants", i, seen && before != m && before.AsOf.Equal(m.AsOf), func(ctx context.Context, r *importer, path string) error {
			return r.merchant(ctx, path, m)
		})
	}
	for i, invoice := range in.Invoices {
		invoice.AsOf = precise(invoice.AsOf)
		before, seen := invoices[invoice.ID]
		invoices[invoice.ID] = invoice
		all.add(in, "invoices", i, seen && before != invoice && before.AsOf.Equal(invoice.AsOf), func(ctx context.Context, r *importer, path string) error {
			return r.invoice(ctx, path, invoice)
		})
		all[len(all)-1].invoiceID = invoice.ID
	}
	all.bookings(in, "payments", in.Payments, MovementPayment, func(i *Imported) *Counts { return &i.Payments })
	all.bookings(in, "paymentReturns", in.PaymentReturns, MovementPaymentReturn, func(i *Imported) *Counts { return &i.PaymentReturns })
	all.bookings(in, "creditNotes", in.CreditNotes, MovementCreditNote, func(i *Imported) *Counts { return &i.CreditNotes })
	return all
}

type recordList []record

// add adds a record with its faults. contradicts is true if the record before with the same id has other content.
func (l *recordList) add(in dispute.Import, list string, i int, contradicts bool, take func(context.Context, *importer, string) error) {
	path := strict.Index(list, i)
	faults := in.FaultsOf(path)
	if contradicts {
		faults = append(faults[:len(faults):len(faults)], strict.Fault{
			Path: path, Problem: "an earlier record of the import has the same id and other content",
		})
	}
	*l = append(*l, record{path: path, faults: faults, take: take})
}

func (l *recordList) bookings(in dispute.Import, list string, bookings []dispute.Booking, movement Movement, counts func(*Imported) *Counts) {
	for i, b := range bookings {
		l.add(in, list, i, false, func(ctx context.Context, r *importer, path string) error {
			_, booked, faults, err := book(ctx, r.tx, movement, b, r.at)
			switch {
			case err != nil:
				return err
			case len(faults) > 0:
				for i, fault := range faults {
					faults[i].Path = strict.Join(path, fault.Path)
				}
				r.refuse(faults)
			case booked:
				counts(&r.imported).New++
			default:
				counts(&r.imported).Unchanged++
			}
			return nil
		})
	}
}

func (r *importer) merchant(ctx context.Context, path string, in dispute.Merchant) error {
	imported := ""
	scan := func(into func(...any) error) (asOf time.Time, err error) {
		err = into((*instant)(&asOf), &imported)
		return asOf, err
	}
	recorded, _, err := first(ctx, r.tx, scan, `update merchants set name = name where id = $1 returning as_of, imported_email`, in.ID)
	if err != nil || r.stale(path, in.AsOf, recorded) {
		return err
	}
	before, known, err := findMerchant(ctx, r.tx, in.ID)
	if err != nil {
		return err
	}
	if !known {
		before = in // with the default of each setting that the import leaves out
	}
	after := in.MergedInto(before)
	if in.Email == imported { // the merchant, or an operator, may have changed it since
		after.Email = before.Email
	}
	switch {
	case !known:
		r.imported.Merchants.New++
		insertMerchant(r.tx, after)
	case before == after:
		r.imported.Merchants.Unchanged++
	default:
		r.imported.Merchants.Changed++
		updateMerchant(r.tx, after)
	}
	if in.Email != imported {
		r.tx.queue("keep the imported address of merchant "+in.ID, 1, `update merchants set imported_email = $1 where id = $2`, in.Email, in.ID)
	}
	if in.AsOf.After(recorded) {
		r.tx.queue("date merchant "+in.ID, 1, `update merchants set as_of = $1 where id = $2`, instant(in.AsOf), in.ID)
	}
	r.merchants[in.ID] = true
	return nil
}

func (r *importer) invoice(ctx context.Context, path string, in dispute.Invoice) error {
	before, known, err := r.lockInvoice(ctx, in.ID)
	if err != nil || r.stale(path, in.AsOf, before.imported.AsOf) {
		return err
	}
	if !known {
		return r.newInvoice(ctx, path, in)
	}
	dated := before.imported
	if in.AsOf.IsZero() {
		in.AsOf = dated.AsOf
	}
	if in.DueDate == "" {
		in.DueDate = dated.DueDate
	}
	dated.AsOf = in.AsOf
	if dated != in {
		return r.changedInvoice(ctx, path, before, in)
	}
	r.imported.Invoices.Unchanged++
	if !dated.AsOf.Equal(before.imported.AsOf) {
		before.imported = dated
		before.save(r.tx)
	}
	return nil
}

func (r *importer) newInvoice(ctx context.Context, path string, in dispute.Invoice) error {
	if !r.merchants[in.MerchantID] {
		if err := r.tx.flush(ctx); err != nil {
			return err
		}
		_, known, err := findMerchant(ctx, r.tx, in.MerchantID)
		if err != nil {
			return err
		}
		if r.merchants[in.MerchantID] = known; !known {
			r.refuse(dispute.Faults{{Path: path + ".merchantId", Problem: "the merchant is neither in the ledger nor earlier in this import"}})
			return nil
		}
	}
	invoice := Invoice{
		ID: in.ID, OrderID: in.OrderID, MerchantID: in.MerchantID, CustomerID: in.CustomerID,
		Amount: in.Amount, Paid: in.Paid, imported: in, payableBy: in.DueDate,
	}
	invoice.rebalance(r.at)
	invoice.insert(r.tx)
	bookImport(r.tx, Invoice{}, invoice, r.at)
	r.imported.Invoices.New++
	return nil
}

func (r *importer) changedInvoice(ctx context.Context, path string, before Invoice, in dispute.Invoice) error {
	after := before
	after.Amount, after.Paid, after.imported = in.Amount, before.Paid+in.Paid-before.imported.Paid, in
	if in.DueDate != before.imported.DueDate { // else the due date of a settlement stays
		after.payableBy = in.DueDate
	}
	var faults dispute.Faults
	keptFields(&faults, path, before, in)
	if before.State == InvoicePaused {
		open, _, err := openDispute(ctx, r.tx, before.ID)
		if err != nil {
			return err
		}
		keptInDispute(&faults, path, before, in, open.ID)
	}
	after.check(&faults, path)
	if len(faults) > 0 {
		r.refuse(faults)
		return nil
	}
	after.rebalance(r.at)
	after.save(r.tx)
	bookImport(r.tx, before, after, r.at)
	r.imported.Invoices.Changed++
	return nil
}

// keptFields adds a fault for each change of the order, merchant, customer or currency.
func keptFields(faults *dispute.Faults, path string, before Invoice, in dispute.Invoice) {
	for _, field := range []struct{ name, before, after string }{
		{"orderId", before.OrderID, in.OrderID},
		{"merchantId", before.MerchantID, in.MerchantID},
		{"customerId", before.CustomerID, in.CustomerID},
		{"amount.currency", before.Amount.Currency, in.Amount.Currency},
	} {
		if field.before != field.after {
			faults.Add(path+"."+field.name, "differs from the ledger, where it never changes")
		}
	}
}

// keptInDispute adds a fault for each change that has to wait for the end of the invoice's dispute.
func keptInDispute(faults *dispute.Faults, path string, before Invoice, in dispute.Invoice, disputeID string) {
	for _, field := range []struct {
		name    string
		changed bool
	}{
		{"amount.amount", before.Amount.Amount != in.Amount.Amount},
		{"dueDate", before.imported.DueDate != in.DueDate},
	} {
		if field.changed {
			faults.Add(path+"."+field.name, "cannot change while the invoice is in dispute %s; paid can, and credit notes can be booked", disputeID)
		}
	}
}

// check adds a fault if the merchant was debited more than the amount, or if less than nothing or too much would be paid.
func (i Invoice) check(faults *dispute.Faults, path string) {
	if i.balance().Undebited() < 0 {
		faults.Add(path+".amount.amount", "must be at least %d: disputes and credit notes have debited that much", i.CreditNotes+i.Credited+i.Refunded)
	}
	switch byReference := i.Paid - i.imported.Paid; {
	case i.Paid < 0:
		faults.Add(path+".paid", "must be at least %d: payments of that much were returned by reference", -byReference)
	case i.Paid > dispute.MaxAmount:
		faults.Add(path+".paid", "must be at most %d: %d more were paid by reference", dispute.MaxAmount-byReference, byReference)
	}
}
