package main

import (
	"context"
	"fmt"
	"time"

	"github.com/sethvargo/go-retry"

	"github.com/streitfall/streitfall/dispute"
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
