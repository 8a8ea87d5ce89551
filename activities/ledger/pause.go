package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Pause locks the invoice of a dispute and records the dispute. The same dispute again gets the recorded
// answer, whoever asks, until it is closed. Refusals change nothing: CodeDisputeRefused with everything
// that does not fit the ledger, CodeDisputeDiffers for another dispute of the same id, CodeDisputeClosed.
func (l *Ledger) Pause(ctx context.Context, in activities.Pause) (paused activities.Paused, err error) {
	err = l.change(ctx, "pause invoice of dispute "+in.Dispute.ID, func(tx *transaction) error {
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
	// The answer to a dispute that is on record stands before whatever would be wrong with a new one.
	if repeated || !known {
		recorded, found, err := findDispute(ctx, tx, in.Dispute.ID)
		if err != nil {
			return activities.Paused{}, err
		}
		if found {
			return recorded.Paused, sameOpen(recorded, in.Dispute)
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

// newDispute is the record of a dispute that pauses this invoice, if it fits.
func newDispute(ctx context.Context, tx *transaction, in activities.Pause, invoice Invoice, known bool) (Dispute, error) {
	if err := fits(ctx, tx, in.Dispute, invoice, known); err != nil {
		return Dispute{}, err
	}
	left, err := daysLeft(invoice.DueDate, in.Today)
	return Dispute{
		ID: in.Dispute.ID, ContentHash: in.Dispute.Hash(), InvoiceID: invoice.ID,
		DisputedAmount: in.Dispute.DisputedAmount, Reason: in.Dispute.Reason,
		Calendar: in.Dispute.WithDefaults().Calendar, OpenedAt: in.Dispute.OpenedAt,
		Paused: activities.Paused{
			At: precise(in.At), InvoiceID: invoice.ID, Outstanding: invoice.Outstanding, DaysLeft: left,
		},
	}, err
}

// sameOpen tells whether a dispute is the recorded one, and that one not yet closed.
func sameOpen(recorded Dispute, d dispute.Dispute) error {
	switch {
	case recorded.ContentHash != d.Hash():
		return dispute.Refuse(dispute.CodeDisputeDiffers, "dispute %s was opened before with other content; open another dispute under an id of its own", d.ID)
	case recorded.State == DisputeClosed:
		return dispute.Refuse(dispute.CodeDisputeClosed, "dispute %s was closed on %s; open a new dispute under an id of its own",
			d.ID, recorded.Settled.At.Format(time.DateOnly))
	}
	return nil
}

// fits compares a dispute with the ledger and lists everything that is wrong, in the order of its fields.
// Like all faults they do not repeat what was given: it can be personal.
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
			faults.Add("merchantId", "the invoice is another merchant's")
		}
	}
	return dispute.RefuseFaults(dispute.CodeDisputeRefused, faults, "the dispute does not fit the ledger")
}

func fitsInvoice(ctx context.Context, tx *transaction, faults *dispute.Faults, d dispute.Dispute, invoice Invoice) error {
	if invoice.OrderID != d.OrderID {
		faults.Add("orderId", "the invoice is another order's")
	}
	if invoice.State == InvoicePaused {
		other, found, err := openDispute(ctx, tx, invoice.ID)
		if err == nil && (!found || other.ID == d.ID) { // somebody has settled or paused since we read, or the ledger is not sound
			err = fmt.Errorf("invoice %s is paused without another dispute: %w", invoice.ID, errChanged)
		}
		if err != nil {
			return err
		}
		faults.Add("invoiceId", "the invoice is already in dispute %s; one at a time is allowed", other.ID)
	}
	switch disputed := d.DisputedAmount; {
	case disputed.Currency != invoice.Amount.Currency:
		faults.Add("disputedAmount.currency", "must be %s, the invoice's", invoice.Amount.Currency)
	case disputed.Amount > invoice.Left:
		faults.Add("disputedAmount.amount", "is too much: %s of the invoice are left to dispute", invoice.money(invoice.Left))
	}
	if invoice.CustomerID != d.Complainant.ID {
		faults.Add("complainant.id", "the invoice is another customer's")
	}
	return nil
}

// daysLeft is how many calendar days are left from today until the due date: none after it, and none
// when nothing is due.
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
