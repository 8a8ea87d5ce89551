package ledger

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// DisputeState is the state of a dispute in the ledger.
type DisputeState string

// The states of a dispute. Its settlement closes it.
const (
	DisputeOpen   DisputeState = "open"
	DisputeClosed DisputeState = "closed"
)

// Dispute is the ledger's record of a dispute. It is never deleted.
type Dispute struct {
	ID string `json:"id"`
	// ContentHash is the Hash of the dispute.Dispute that was opened.
	ContentHash string `json:"contentHash"`
	// RunID is the Temporal run that paused the invoice.
	RunID          string         `json:"runId"`
	State          DisputeState   `json:"state"`
	MerchantID     string         `json:"merchantId"`
	InvoiceID      string         `json:"invoiceId"`
	DisputedAmount dispute.Money  `json:"disputedAmount"`
	Reason         dispute.Reason `json:"reason"`
	// Calendar is the name of the calendar with the business days and the time zone of the dispute.
	Calendar string    `json:"calendar"`
	OpenedAt time.Time `json:"openedAt"`
	// Paused is the answer to the run that paused the invoice.
	Paused activities.Paused `json:"paused"`
	// Decision and Settled, the answer to the settlement, are zero while the dispute is open.
	Decision dispute.Decision   `json:"decision,omitzero"`
	Settled  activities.Settled `json:"settled,omitzero"`

	// pausedCreditNotes is what the invoice had of credit notes at the pause.
	pausedCreditNotes int64
}

// Dispute reads the record of a dispute. It fails with CodeUnknownDispute.
func (l *Ledger) Dispute(ctx context.Context, id string) (record Dispute, err error) {
	err = l.snapshot(ctx, "read dispute "+id, func(tx *transaction) error {
		var found bool
		record, found, err = findDispute(ctx, tx, id)
		if err == nil && !found {
			return dispute.Refuse(dispute.CodeUnknownDispute, "the ledger has no dispute %q", id)
		}
		return err
	})
	return record, err
}

const disputeColumns = `id, content_hash, run_id, state, (select merchant_id from invoices where id = disputes.invoice_id), invoice_id,
	amount, currency, reason, calendar, opened_at, paused_at, paused_outstanding, paused_credit_notes, days_left, outcome, closing_reason, debit,
	settled_at, credited, refunded, already_credited, settled_outstanding, settled_owed_back, new_due_date`

func scanDispute(into func(...any) error) (d Dispute, err error) {
	err = into(&d.ID, &d.ContentHash, &d.RunID, &d.State, &d.MerchantID, &d.InvoiceID, &d.DisputedAmount.Amount, &d.DisputedAmount.Currency,
		&d.Reason, &d.Calendar, (*instant)(&d.OpenedAt), (*instant)(&d.Paused.At), &d.Paused.Outstanding, &d.pausedCreditNotes, &d.Paused.DaysLeft,
		&d.Decision.Outcome, &d.Decision.Reason, &d.Decision.Debit,
		(*instant)(&d.Settled.At), &d.Settled.Credited, &d.Settled.Refunded, &d.Settled.AlreadyCredited,
		&d.Settled.Outstanding, &d.Settled.OwedBack, &d.Settled.NewDueDate)
	d.Paused.InvoiceID, d.Paused.Run = d.InvoiceID, 1
	return d, err
}

const findDisputeStatement = `select ` + disputeColumns + ` from disputes where id = $1`

func findDispute(ctx context.Context, tx *transaction, id string) (Dispute, bool, error) {
	return first(ctx, tx, scanDispute, findDisputeStatement, id)
}

// OpenDisputes lists the open disputes that were paused before an instant, oldest pause first.
func (l *Ledger) OpenDisputes(ctx context.Context, pausedBefore time.Time) (disputes []activities.UnfinishedDispute, err error) {
	scan := func(into func(...any) error) (d activities.UnfinishedDispute, err error) {
		err = into(&d.ID, &d.ContentHash, &d.InvoiceID, &d.DisputedAmount.Amount, &d.DisputedAmount.Currency, &d.Calendar, (*instant)(&d.PausedAt))
		return d, err
	}
	err = l.snapshot(ctx, "list the open disputes", func(tx *transaction) error {
		disputes, err = collect(ctx, tx, scan, `select id, content_hash, invoice_id, amount, currency, calendar, paused_at from disputes
			where state = 'open' and paused_at < $1 order by paused_at, id`, instant(pausedBefore))
		return err
	})
	return disputes, err
}

// UntoldDisputes lists the closed disputes that were settled before an instant and lack the receipt of a party's closing
// message, oldest settlement first. Of an erased dispute there is nothing left to tell.
func (l *Ledger) UntoldDisputes(ctx context.Context, settledBefore time.Time) (disputes []activities.UnfinishedDispute, err error) {
	scan := func(into func(...any) error) (d activities.UnfinishedDispute, err error) {
		err = into(&d.ID, &d.ContentHash, &d.InvoiceID, &d.DisputedAmount.Amount, &d.DisputedAmount.Currency, &d.Calendar, (*instant)(&d.PausedAt),
			&d.Decision.Outcome, &d.Decision.Reason, &d.Decision.Debit)
		return d, err
	}
	err = l.snapshot(ctx, "list the disputes of which a party was not informed", func(tx *transaction) error {
		disputes, err = collect(ctx, tx, scan, `select id, content_hash, invoice_id, amount, currency, calendar, paused_at, outcome, closing_reason, debit
			from disputes where settled_at < $1 and 2 > (select count(distinct recipient) from messages
				where dispute_id = disputes.id and occasion = $2)
			and not exists (select 1 from erasures where dispute_id = disputes.id) order by settled_at, id`, instant(settledBefore), dispute.OccasionClosed)
		return err
	})
	return disputes, err
}

// openDispute finds the open dispute of a paused invoice.
func openDispute(ctx context.Context, tx *transaction, invoiceID string) (Dispute, bool, error) {
	return first(ctx, tx, scanDispute, `select `+disputeColumns+` from disputes where invoice_id = $1 and state = 'open'`, invoiceID)
}

// findUnsettledStatement compares settled_at instead of state, which means the same: for state = 'open' PostgreSQL might
// plan a search of the index of all open disputes, and keep that plan when there are many.
const findUnsettledStatement = `select disputes.amount, disputes.currency, paused_credit_notes, days_left, invoice_id,
		invoices.state, invoices.amount, paid, credit_notes, invoices.credited, invoices.refunded, decided_for_merchant
	from disputes join invoices on invoices.id = invoice_id where disputes.id = $1 and settled_at is null`

// findUnsettled reads what a settlement needs of an open dispute and its paused invoice. Only the settlement changes it.
func findUnsettled(ctx context.Context, tx *transaction, id string) (d Dispute, i Invoice, open bool, err error) {
	scan := func(into func(...any) error) (Dispute, error) {
		err := into(&d.DisputedAmount.Amount, &d.DisputedAmount.Currency, &d.pausedCreditNotes, &d.Paused.DaysLeft, &i.ID,
			&i.State, &i.Amount.Amount, &i.Paid, &i.CreditNotes, &i.Credited, &i.Refunded, &i.DecidedForMerchant)
		return d, err
	}
	d, open, err = first(ctx, tx, scan, findUnsettledStatement, id)
	d.ID, i.Amount.Currency = id, d.DisputedAmount.Currency
	return d, i, open, err
}

const insertDisputeStatement = `insert into disputes
	(id, content_hash, run_id, invoice_id, amount, currency, reason, calendar, opened_at, paused_at, paused_outstanding, paused_credit_notes,
	days_left) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

// insert writes a new dispute.
func (d Dispute) insert(tx *transaction) {
	tx.queue("insert dispute", 1, insertDisputeStatement,
		d.ID, d.ContentHash, d.RunID, d.InvoiceID, d.DisputedAmount.Amount, d.DisputedAmount.Currency, d.Reason, d.Calendar,
		instant(d.OpenedAt), instant(d.Paused.At), d.Paused.Outstanding, d.pausedCreditNotes, d.Paused.DaysLeft)
}

const closeDisputeStatement = `update disputes set state = 'closed', outcome = $1, closing_reason = $2, debit = $3,
	settled_at = $4, credited = $5, refunded = $6, already_credited = $7, settled_outstanding = $8, settled_owed_back = $9,
	new_due_date = $10 where id = $11 and settled_at is null`

// close writes the decision and the settlement of an open dispute.
func (d Dispute) close(tx *transaction) {
	tx.queue("close dispute", 1, closeDisputeStatement, d.Decision.Outcome, d.Decision.Reason, d.Decision.Debit,
		instant(d.Settled.At), d.Settled.Credited, d.Settled.Refunded, d.Settled.AlreadyCredited, d.Settled.Outstanding, d.Settled.OwedBack,
		d.Settled.NewDueDate, d.ID)
}

// Recorded returns the record of a dispute for a reconciliation, and reports whether there is one.
func (l *Ledger) Recorded(ctx context.Context, id string) (activities.UnfinishedDispute, bool, error) {
	record, err := l.Dispute(ctx, id)
	if dispute.CodeOf(err) == dispute.CodeUnknownDispute {
		return activities.UnfinishedDispute{}, false, nil
	}
	return activities.UnfinishedDispute{
		ID: record.ID, ContentHash: record.ContentHash, InvoiceID: record.InvoiceID, DisputedAmount: record.DisputedAmount,
		Calendar: record.Calendar, PausedAt: record.Paused.At, Decision: record.Decision,
	}, err == nil, err
}
