package main

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// nothing is the ledger and the channels of the floor. It answers at once, with about as many bytes as the real ones, and
// does nothing.
type nothing struct{}

func useNothing(s *assembly.Systems) {
	s.Ledger, s.Receipts, s.Archive, s.Portal, s.Email = nothing{}, nothing{}, nothing{}, nothing{}, nothing{}
}

// Pause implements activities.Ledger.
func (nothing) Pause(_ context.Context, in activities.Pause) (activities.Paused, error) {
	return activities.Paused{At: in.At, InvoiceID: in.Dispute.InvoiceID, Run: 1, Outstanding: in.Dispute.DisputedAmount.Amount, DaysLeft: 14}, nil
}

// Settle implements activities.Ledger.
func (nothing) Settle(_ context.Context, in activities.Settle) (activities.Settled, error) {
	due := in.At.AddDate(0, 0, 14).Format(time.DateOnly)
	return activities.Settled{At: in.At, Credited: 2500, Outstanding: 7500, NewDueDate: due}, nil
}

// Lookup implements activities.ReceiptStore.
func (nothing) Lookup(_ context.Context, merchantID string, _ ...dispute.NoticeKey) (activities.SendState, error) {
	return activities.SendState{Merchant: dispute.Merchant{ID: merchantID, Email: "shop@floor.example", Locale: "de-DE"}}, nil
}

// Save implements activities.ReceiptStore.
func (nothing) Save(_ context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	return receipt, nil
}

// SaveAttention implements activities.ReceiptStore.
func (nothing) SaveAttention(context.Context, dispute.NoticeKey, dispute.Cause, time.Time) error {
	return nil
}

// ArchiveCase implements activities.CaseArchive.
func (nothing) ArchiveCase(context.Context, activities.ArchivedCase) error {
	return nil
}

// Send implements activities.Channel.
func (nothing) Send(context.Context, dispute.Notice) (string, error) {
	return "250 2.0.0 OK: queued", nil
}
