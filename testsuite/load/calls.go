package main

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// open opens a dispute. A call that Temporal has not answered is repeated, as every service would.
func (b *batch) open(ctx context.Context, i *item) error {
	i.openCalled = time.Now()
	if i.Dispute.OpenedAt = i.openCalled; i.path != agreement {
		i.Dispute.OpenedAt = b.due.Add(-window)
	}
	for {
		_, err := b.system.Disputes.Open(ctx, i.Dispute)
		i.openDone = time.Now()
		if err == nil || dispute.CodeOf(err) != "" || pause(ctx, 100*time.Millisecond) != nil {
			return err
		}
		fmt.Fprintf(b.system.messages, "%s: open %s again: %v\n", b.system.mode, i.Dispute.ID, err)
	}
}

// react lets the parties agree, or the merchant respond.
func (b *batch) react(ctx context.Context) error {
	if err := b.each(ctx, arbitration, b.respond); err != nil {
		return err
	}
	if err := b.each(ctx, agreement, b.agree); err != nil {
		return err
	}
	return b.await(ctx, ended, b.count(agreement))
}

func (b *batch) agree(ctx context.Context, i *item) error {
	i.agreeCalled = time.Now()
	return b.system.Disputes.Agree(ctx, i.Dispute.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 2500, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant,
	})
}

func (b *batch) respond(ctx context.Context, i *item) error {
	_, err := b.system.Disputes.Respond(ctx, i.Dispute.ID, dispute.Response{Message: "Wir prüfen das.", ReportedBy: dispute.PartyMerchant})
	return err
}

// arbitrate takes the disputes whose window has ended to the decision of the desk.
func (b *batch) arbitrate(ctx context.Context) error {
	disputes := b.count(arbitration)
	return inOrder(
		func() error { return b.each(ctx, arbitration, b.state) },
		func() error { return b.await(ctx, waitingFor(dispute.WaitEvidence), disputes) },
		func() error { return b.each(ctx, arbitration, b.submit) },
		func() error { return b.await(ctx, waitingFor(dispute.WaitDecision), disputes) },
		func() error { return b.each(ctx, arbitration, b.decide) },
		func() error { return b.await(ctx, ended, len(b.items)) },
	)
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
