package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Pause pauses the invoice of a dispute and records the dispute. The same dispute again gets the recorded answer; from
// another run, that run's number (activities.Paused.Run).
//
// Pause refuses what does not fit the ledger with CodeDisputeRefused and all faults, another dispute under the same id with
// CodeDisputeDiffers, and a closed dispute with CodeDisputeClosed. A refusal changes nothing.
func (l *Ledger) Pause(ctx context.Context, in activities.Pause) (paused activities.Paused, err error) {
	err = l.optimistic(ctx, "pause invoice of dispute "+in.Dispute.ID, func(ctx context.Context, tx *transaction) error {
		paused, err = pause(ctx, tx, in)
		return err
	})
	if err != nil {
		return activities.Paused{}, err
	}
	return paused, nil
}

func pause(ctx context.Context, tx *transaction, in activities.Pause) (activities.Paused, error) {
	invoice, known, repeated, err := findToPause(ctx, tx, in.Dispute)
	if err != nil {
		return activities.Paused{}, err
	}
	// A dispute on record gets its answer, even if it would not fit the ledger any more.
	if repeated || !known {
		recorded, found, err := findDispute(ctx, tx, in.Dispute.ID)
		if err != nil {
			return activities.Paused{}, err
		}
		if found {
			return pausedBefore(ctx, tx, recorded, in)
		}
	}
	record, err := newDispute(ctx, tx, in, invoice, known)
	if err != nil {
		return activities.Paused{}, err
	}
	record.insert(tx)
	invoice.pause(tx)
	return record.Paused, nil
}

// pausedBefore returns the recorded answer with the number of the run that asks. A run that is not on record takes the
// dispute over and gets the next number.
func pausedBefore(ctx context.Context, tx *transaction, recorded Dispute, in activities.Pause) (activities.Paused, error) {
	if err := sameOpen(recorded, in.Dispute); err != nil {
		return activities.Paused{}, err
	}
	if in.RunID == recorded.RunID {
		return recorded.Paused, nil
	}
	var last int
	err := tx.QueryRowContext(ctx, `select coalesce(max(case when run_id = $1 then number end), 0), coalesce(max(number), 1)
		from takeovers where dispute_id = $2`, in.RunID, recorded.ID).Scan(&recorded.Paused.Run, &last)
	if err == nil && recorded.Paused.Run == 0 {
		recorded.Paused.Run = last + 1
		tx.queue("record a takeover", 1, `insert into takeovers (dispute_id, run_id, number) values ($1, $2, $3)`,
			recorded.ID, in.RunID, recorded.Paused.Run)
	}
	return recorded.Paused, err
}

// newDispute makes the record of a dispute that pauses this invoice.
func newDispute(ctx context.Context, tx *transaction, in activities.Pause, invoice Invoice, known bool) (Dispute, error) {
	if err := fits(ctx, tx, in.Dispute, invoice, known); err != nil {
		return Dispute{}, err
	}
	left, err := daysLeft(invoice.payableBy, in.Today)
	return Dispute{
		ID: in.Dispute.ID, ContentHash: in.Dispute.Hash(), RunID: in.RunID, InvoiceID: invoice.ID,
		DisputedAmount: in.Dispute.DisputedAmount, Reason: in.Dispute.Reason,
		Calendar: in.Dispute.WithDefaults().Calendar, OpenedAt: in.Dispute.OpenedAt,
		Paused: activities.Paused{
			At: precise(in.At), InvoiceID: invoice.ID, Run: 1, Outstanding: invoice.Outstanding, DaysLeft: left,
		},
		pausedCreditNotes: invoice.CreditNotes,
	}, err
}

// sameOpen refuses a dispute that differs from the recorded one, or is closed.
func sameOpen(recorded Dispute, d dispute.Dispute) error {
	switch {
	case recorded.ContentHash != d.Hash():
		return dispute.Refuse(dispute.CodeDisputeDiffers, "dispute %s already exists with other content; open the new dispute under an id of its own", d.ID)
	case recorded.State == DisputeClosed:
		return dispute.Refuse(dispute.CodeDisputeClosed, "dispute %s was closed on %s; open a new dispute under an id of its own",
			d.ID, recorded.Settled.At.Format(time.DateOnly))
	}
	return nil
}

// fits compares a dispute with the ledger and refuses it with all faults, in the order of its fields. Faults never repeat
// a value of the dispute: it can be personal data.
func fits(ctx context.Context, tx *transaction, d dispute.Dispute, invoice Invoice, known bool) error {
	var faults dispute.Faults
	if known {
		if err := fitsInvoice(ctx, tx, &faults, d, invoice); err != nil {
			return err
		}
	} else {
		faults.Add("invoiceId", "the ledger has no such invoice")
	}
	if !known || invoice.MerchantID != d.MerchantID {
		_, merchantKnown, err := findMerchant(ctx, tx, d.MerchantID)
		switch {
		case err != nil:
			return err
		case !merchantKnown:
			faults.Add("merchantId", "the ledger has no such merchant")
		case known:
			faults.Add("merchantId", "the invoice belongs to another merchant")
		}
	}
	return dispute.RefuseFaults(dispute.CodeDisputeRefused, faults, "the dispute does not fit the ledger")
}

func fitsInvoice(ctx context.Context, tx *transaction, faults *dispute.Faults, d dispute.Dispute, invoice Invoice) error {
	if invoice.OrderID != d.OrderID {
		faults.Add("orderId", "the invoice belongs to another order")
	}
	if invoice.State == InvoicePaused {
		other, found, err := openDispute(ctx, tx, invoice.ID)
		if err == nil && (!found || other.ID == d.ID) { // settled or paused since it was read, or the ledger is not sound
			err = fmt.Errorf("invoice %s is paused without another dispute: %w", invoice.ID, errConflict)
		}
		if err != nil {
			return err
		}
		faults.Add("invoiceId", "the invoice is already in dispute %s; one at a time is allowed", other.ID)
	}
	switch disputed := d.DisputedAmount; {
	case disputed.Currency != invoice.Amount.Currency:
		faults.Add("disputedAmount.currency", "must be %s, the currency of the invoice", invoice.Amount.Currency)
	case disputed.Amount > invoice.Left:
		faults.Add("disputedAmount.amount", "is too much: %s of the invoice is left to dispute", invoice.money(invoice.Left))
	}
	if invoice.CustomerID != d.Complainant.ID {
		faults.Add("complainant.id", "the invoice belongs to another customer")
	}
	return nil
}

// daysLeft counts the calendar days from today until the due date. It is 0 after the due date, or if there is none.
func daysLeft(dueDate, today string) (int, error) {
	from, err := date.Parse(time.DateOnly, today)
	if err != nil {
		return 0, err
	}
	if dueDate == "" {
		return 0, nil
	}
	to, err := date.Parse(time.DateOnly, dueDate)
	return max(0, int(to-from)), err
}
