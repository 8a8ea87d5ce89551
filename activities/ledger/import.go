package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Imported has the counts of the imported records.
type Imported struct {
	Merchants      Counts `json:"merchants"`
	Invoices       Counts `json:"invoices"`
	Payments       Counts `json:"payments"`
	PaymentReturns Counts `json:"paymentReturns"`
	CreditNotes    Counts `json:"creditNotes"`
	// Skipped are the records that are older than what is recorded, Refused those that were refused, by path and with the
	// reason.
	Skipped dispute.Faults `json:"skipped,omitempty"`
	Refused dispute.Faults `json:"refused,omitempty"`
}

// Counts are the numbers of records that were new, and of known ones that were changed or unchanged.
type Counts struct {
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

const importing = "import records"

// An import on SQLite works for batchTime and then leaves the database to others for batchGap. A process that waits for
// SQLite's lock tries again at most 25 ms later, for its first 128 ms, and then after 50 and 100 ms. One that misses several
// gaps waits for a third of a second, so a gap is twice as long as the time between two tries, which a busy machine stretches.
const (
	batchTime = 10 * time.Millisecond
	batchGap  = 50 * time.Millisecond
)

// lockedAhead is how many records a transaction of an import on PostgreSQL has, which holds up only what concerns their invoices. It
// locks them ahead, so that they share a round trip to be read and another one to be written.
const lockedAhead = 200

// Import creates or changes merchants and invoices, and books the invoices, payments, returns and credit notes, each record
// by itself. The same import again changes nothing. It can change all of a merchant but the id and the webhook (see
// SetMerchant); the amount, paid and due date of an invoice; and of an invoice in dispute only paid. It changes the address of a
// merchant where it says another one than the import before: what the merchant has confirmed since, or an operator has corrected,
// stays until then. A record that is older (AsOf) than what is recorded is skipped.
//
// Import returns a Refusal with CodeInvalidImport if it has refused records; all others are imported. After any other error
// an unknown part is imported, and the import can be repeated.
func (l *Ledger) Import(ctx context.Context, in dispute.Import) (Imported, error) {
	imported, _, err := l.importBatches(ctx, in)
	if err != nil {
		return imported, err
	}
	return imported, refused(imported, "%d records were refused, all others are imported", len(imported.Refused))
}

// ImportEach is Import for a sender that asks what became of each record: it lists all of them, in the order of their import,
// and returns no Refusal.
func (l *Ledger) ImportEach(ctx context.Context, in dispute.Import) ([]ImportedRecord, error) {
	_, records, err := l.importBatches(ctx, in)
	return records, err
}

func (l *Ledger) importBatches(ctx context.Context, in dispute.Import) (imported Imported, each []ImportedRecord, err error) {
	for records := recordsOf(in); len(records) > 0; {
		done, err := l.importBatch(ctx, &imported, &each, records)
		if err != nil {
			return imported, each, err
		}
		if records = records[done:]; l.groupCommit != nil && len(records) > 0 {
			time.Sleep(batchGap)
		}
	}
	return imported, each, nil
}

// ImportAll is Import, all or nothing: if a record is refused, nothing has changed.
func (l *Ledger) ImportAll(ctx context.Context, in dispute.Import) (imported Imported, err error) {
	records := recordsOf(in)
	err = l.lock(ctx, importing, func(tx *transaction) error {
		run, err := newImporter(ctx, tx)
		for i := 0; i < len(records) && err == nil; i++ {
			err = run.take(ctx, records[i])
		}
		if err != nil {
			return err
		}
		imported = run.imported
		return refused(imported, "this cannot be imported")
	})
	if err != nil {
		return Imported{}, err
	}
	return imported, nil
}

func refused(imported Imported, format string, args ...any) error {
	var faults dispute.Faults
	for _, fault := range imported.Refused {
		faults.Add(fault.Path, "%s", fault.Problem)
	}
	return dispute.RefuseFaults(dispute.CodeInvalidImport, faults, format, args...)
}

// importBatch imports records in one transaction: lockedAhead of them, or on SQLite until batchTime has passed. It returns how many,
// and adds to imported and each.
func (l *Ledger) importBatch(ctx context.Context, imported *Imported, each *[]ImportedRecord, records []record) (done int, err error) {
	before, eachBefore := *imported, *each
	err = l.lock(ctx, importing, func(tx *transaction) error {
		run, err := newImporter(ctx, tx)
		run.imported, run.each, done = before, eachBefore, 0
		if err == nil && l.sendWithin != nil {
			records = records[:min(len(records), lockedAhead)]
			err = run.lockAhead(ctx, records)
		}
		end := time.Now().Add(batchTime)
		for err == nil && done < len(records) && (done == 0 || l.sendWithin != nil || time.Now().Before(end)) {
			err = run.take(ctx, records[done])
			done++
		}
		*imported, *each = run.imported, run.each
		return err
	})
	if err != nil {
		*imported, *each = before, eachBefore
	}
	return done, err
}

// importer imports records in one transaction.
type importer struct {
	tx       *transaction
	at       time.Time
	imported Imported
	each     []ImportedRecord
	// merchants are the ids of merchants that are known to be in the ledger.
	merchants map[string]bool
	// ahead are the invoices that were read and locked before their records are taken, by id: nil for an unknown one.
	ahead map[string]*Invoice
}

// newImporter waits for its turn: one import at a time, because two that lock the same invoices in different orders would
// deadlock.
func newImporter(ctx context.Context, tx *transaction) (*importer, error) {
	_, err := tx.ExecContext(ctx, `update import_turn set id = id`)
	return &importer{tx: tx, at: now(), merchants: map[string]bool{}}, err
}

// take imports one record. What is written for it is sent with that of the next ones, unless one of them has to read it.
func (r *importer) take(ctx context.Context, next record) error {
	if _, read := r.ahead[next.invoiceID]; !read || len(r.tx.queued) > lockedAhead {
		if err := r.tx.flush(ctx); err != nil {
			return err
		}
	}
	before := r.imported
	if len(next.faults) > 0 {
		r.refuse(next.faults)
	} else if err := next.take(ctx, r, next.path); err != nil {
		return err
	}
	r.each = append(r.each, r.imported.since(before, next.path))
	return nil
}

// lockAhead reads and locks the invoices of the next records in one statement.
func (r *importer) lockAhead(ctx context.Context, next []record) error {
	r.ahead = map[string]*Invoice{}
	var ids []string
	for _, record := range next {
		if _, seen := r.ahead[record.invoiceID]; record.invoiceID != "" && !seen {
			r.ahead[record.invoiceID], ids = nil, append(ids, record.invoiceID)
		}
	}
	if err := r.tx.flush(ctx); err != nil || len(ids) == 0 {
		return err
	}
	var where conditions
	where.in("id", ids)
	found, err := collect(ctx, r.tx, scanInvoice, `update invoices set state = state`+where.clause()+` returning `+invoiceColumns, where.args...)
	for _, invoice := range found {
		r.ahead[invoice.ID] = &invoice
	}
	return err
}

// lockInvoice reads and locks an invoice, which may have been done ahead; a later record of the same invoice reads it again.
func (r *importer) lockInvoice(ctx context.Context, id string) (Invoice, bool, error) {
	invoice, read := r.ahead[id]
	if !read {
		return lockInvoice(ctx, r.tx, id)
	}
	delete(r.ahead, id)
	if invoice == nil {
		return Invoice{}, false, nil
	}
	return *invoice, true, nil
}

func (r *importer) refuse(faults dispute.Faults) {
	r.imported.Refused = append(r.imported.Refused, faults...)
}

// stale skips a record that is older than what is recorded, and refuses one of the future. It reports whether it did.
func (r *importer) stale(path string, asOf, recorded time.Time) bool {
	switch {
	case asOf.After(r.at.Add(maxAhead)):
		r.refuse(dispute.Faults{{Path: path + ".asOf", Problem: "is in the future: every later record would be skipped"}})
	case !asOf.IsZero() && asOf.Before(recorded):
		r.imported.Skipped = append(r.imported.Skipped, dispute.Faults{{
			Path: path, Problem: fmt.Sprintf("is skipped: it is older than what is recorded, which is as of %s", recorded.Format(time.RFC3339)),
		}}...)
	default:
		return false
	}
	return true
}

// maxAhead is how far the clock of the reporting system may be ahead.
const maxAhead = 5 * time.Minute
