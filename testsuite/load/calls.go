package main

import (
	"context"
	"fmt"
	"time"

	"github.com/sethvargo/go-retry"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// openOne opens a dispute. A call that Temporal has not answered is repeated, as a backend service would do it.
func (b *batch) openOne(ctx context.Context, i *item) error {
	i.openCalled = time.Now()
	if i.Dispute.OpenedAt = i.openCalled; i.path != agreement {
		i.Dispute.OpenedAt = b.due.Add(-window)
	}
	return retry.Constant(ctx, 100*time.Millisecond, func(ctx context.Context) error {
		_, err := b.system.Disputes.Open(ctx, i.Dispute)
		i.openDone = time.Now()
		if err == nil || dispute.CodeOf(err) != "" {
			return err
		}
		fmt.Fprintf(b.system.messages, "%s: open %s again: %v\n", b.system.mode, i.Dispute.ID, err)
		return retry.RetryableError(err)
	})
}

// pay reports payments on all invoices of a mixed batch while its disputes run: one by itself, one in an import.
func (b *batch) pay(ctx context.Context) error {
	if len(b.paths) <= 2 { // every and one path
		return nil
	}
	return b.each(ctx, every, func(ctx context.Context, i *item) error {
		i.booked = 100
		_, err := b.system.Ledger.Book(ctx, ledger.MovementPayment, dispute.Booking{
			Reference: i.Dispute.ID, InvoiceID: i.Invoice.ID, Amount: dispute.Money{Amount: i.booked, Currency: "EUR"},
		})
		if err != nil {
			return err
		}
		i.Invoice.Paid += 200
		_, err = b.system.Ledger.Import(ctx, parties.Import([]parties.Case{i.Case}))
		return err
	})
}

func (b *batch) agree(ctx context.Context, i *item) error {
	i.agreeCalled = time.Now()
	return b.system.Disputes.Agree(ctx, i.Dispute.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 2500, Currency: "EUR"}, ReportedBy: dispute.PartyOperator,
	})
}

func (b *batch) respond(ctx context.Context, i *item) error {
	_, err := b.system.Disputes.Respond(ctx, i.Dispute.ID, dispute.Response{Message: "Wir prüfen das.", ReportedBy: dispute.PartyMerchant})
	return err
}

func (b *batch) state(ctx context.Context, i *item) error {
	_, err := b.system.Disputes.StateReason(ctx, i.Dispute.ID, dispute.Statement{Statement: "Es kam nichts an."})
	return err
}

func (b *batch) submit(ctx context.Context, i *item) error {
	_, err := b.system.Disputes.SubmitEvidence(ctx, i.Dispute.ID, dispute.Evidence{Text: "Zugestellt laut Sendungsverfolgung."})
	return err
}

func (b *batch) decide(ctx context.Context, i *item) error {
	_, err := b.system.Disputes.Rule(ctx, i.Dispute.ID, dispute.Ruling{
		Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "anna", Rationale: "nach Aktenlage",
	})
	return err
}
