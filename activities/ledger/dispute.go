package ledger

import (
	"context"
	"database/sql"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// DisputeState says whether a dispute has been settled.
type DisputeState string

// The states of a dispute in the ledger.
const (
	DisputeOpen   DisputeState = "open"
	DisputeClosed DisputeState = "closed"
)

// Dispute is the ledger's record of a dispute. It stays for ever.
type Dispute struct {
	ID string `json:"id"`
	// ContentHash is dispute.Dispute's Hash of what was opened.
	ContentHash    string         `json:"contentHash"`
	State          DisputeState   `json:"state"`
	MerchantID     string         `json:"merchantId"`
	InvoiceID      string         `json:"invoiceId"`
	DisputedAmount dispute.Money  `json:"disputedAmount"`
	Reason         dispute.Reason `json:"reason"`
	OpenedAt       time.Time      `json:"openedAt"`
	// Paused is the answer to the pause.
	Paused activities.Paused `json:"paused"`
	// Decision and Settled, the answer to the settlement, are zero while the dispute is open.
	Decision dispute.Decision   `json:"decision,omitzero"`
	Settled  activities.Settled `json:"settled,omitzero"`
}

// Dispute reads the record of a dispute. CodeUnknownDispute when there is none.
func (l *Ledger) Dispute(ctx context.Context, id string) (record Dispute, err error) {
	err = l.read(ctx, "read dispute "+id, func(tx *sql.Tx) error {
		var found bool
		record, found, err = findDispute(ctx, tx, id)
		if err == nil && !found {
			return dispute.Refuse(dispute.CodeUnknownDispute, "the ledger has no dispute %q", id)
		}
		return err
	})
	return record, err
}

const selectDisputes = `select d.id, d.content_hash, d.state, i.merchant_id, d.invoice_id, d.amount, d.currency, d.reason, d.opened_at,
	d.paused_at, d.paused_open, d.days_left, d.outcome, d.closing_reason, d.debit,
	d.settled_at, d.credited, d.refunded, d.settled_open, d.new_due_date
	from disputes d join invoices i on i.id = d.invoice_id `

func scanDispute(into func(...any) error) (d Dispute, err error) {
	err = into(&d.ID, &d.ContentHash, &d.State, &d.MerchantID, &d.InvoiceID, &d.DisputedAmount.Amount, &d.DisputedAmount.Currency,
		&d.Reason, (*instant)(&d.OpenedAt), (*instant)(&d.Paused.At), &d.Paused.Open, &d.Paused.DaysLeft,
		&d.Decision.Outcome, &d.Decision.Reason, &d.Decision.Debit,
		(*instant)(&d.Settled.At), &d.Settled.Credited, &d.Settled.Refunded, &d.Settled.Open, &d.Settled.NewDueDate)
	d.Paused.InvoiceID = d.InvoiceID
	return d, err
}

func findDispute(ctx context.Context, tx *sql.Tx, id string) (Dispute, bool, error) {
	return first(ctx, tx, scanDispute, selectDisputes+`where d.id = $1`, id)
}

// openDispute finds the dispute for which an invoice is paused.
func openDispute(ctx context.Context, tx *sql.Tx, invoiceID string) (Dispute, bool, error) {
	return first(ctx, tx, scanDispute, selectDisputes+`where d.invoice_id = $1 and d.state = 'open'`, invoiceID)
}

// claimDispute reads a dispute and, while it is open, keeps all others from changing it until the
// transaction ends.
func claimDispute(ctx context.Context, tx *sql.Tx, id string) (Dispute, bool, error) {
	if _, err := tx.ExecContext(ctx, `update disputes set state = state where id = $1 and state = 'open'`, id); err != nil {
		return Dispute{}, false, err
	}
	return findDispute(ctx, tx, id)
}

// insert writes a new dispute. An id that another transaction takes in the same moment is an error, and
// the repeat meets that dispute.
func (d Dispute) insert(ctx context.Context, tx *sql.Tx) error {
	err := changeOne(ctx, tx, `insert into disputes
		(id, content_hash, invoice_id, amount, currency, reason, opened_at, paused_at, paused_open, days_left)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`,
		d.ID, d.ContentHash, d.InvoiceID, d.DisputedAmount.Amount, d.DisputedAmount.Currency, d.Reason,
		instant(d.OpenedAt), instant(d.Paused.At), d.Paused.Open, d.Paused.DaysLeft)
	return wrap(err, "insert dispute")
}

// close writes the decision and the settlement of an open dispute.
func (d Dispute) close(ctx context.Context, tx *sql.Tx) error {
	err := changeOne(ctx, tx, `update disputes set state = 'closed', outcome = $1, closing_reason = $2, debit = $3,
		settled_at = $4, credited = $5, refunded = $6, settled_open = $7, new_due_date = $8 where id = $9 and state = 'open'`,
		d.Decision.Outcome, d.Decision.Reason, d.Decision.Debit,
		instant(d.Settled.At), d.Settled.Credited, d.Settled.Refunded, d.Settled.Open, d.Settled.NewDueDate, d.ID)
	return wrap(err, "close dispute")
}
