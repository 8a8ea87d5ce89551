package activities_test

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// monday is 10:15 in Berlin on Monday, 23 November 2026.
var monday = time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC)

func at(instant time.Time) activities.Clock {
	return func() time.Time { return instant }
}

func aDispute() dispute.Dispute {
	return dispute.Dispute{
		ID: "d-1", OpenedAt: monday, Reason: dispute.ReasonFaultyGoods, OrderID: "order-1", InvoiceID: "invoice-1",
		DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
		Complainant:    dispute.Complainant{ID: "customer-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
		MerchantID:     "merchant-1",
	}.WithDefaults()
}

// ledger returns err and records its inputs.
type ledger struct {
	pause  activities.Pause
	settle activities.Settle
	err    error
}

func (l *ledger) Pause(_ context.Context, in activities.Pause) (activities.Paused, error) {
	l.pause = in
	return activities.Paused{At: in.At, InvoiceID: in.Dispute.InvoiceID}, l.err
}

func (l *ledger) Settle(_ context.Context, in activities.Settle) (activities.Settled, error) {
	l.settle = in
	return activities.Settled{At: in.At, Credited: in.Decision.Debit}, l.err
}

// receipts keeps receipts in memory, and fails at the methods named in failures.
type receipts struct {
	merchant dispute.Merchant
	failures map[string]error
	panics   bool

	mu      sync.Mutex // guards what follows
	kept    map[dispute.NoticeKey]dispute.Receipt
	lookups int
	// attention has the causes that were recorded.
	attention map[dispute.NoticeKey]dispute.Cause
}

func (r *receipts) Lookup(_ context.Context, merchantID string, keys ...dispute.NoticeKey) (activities.SendState, error) {
	if merchantID != r.merchant.ID {
		return activities.SendState{}, dispute.Refuse(dispute.CodeUnknownMerchant, "there is no merchant %q", merchantID)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lookups++
	state := activities.SendState{Merchant: r.merchant, Receipts: map[dispute.NoticeKey]dispute.Receipt{}}
	for _, key := range keys {
		if receipt, found := r.kept[key]; found {
			state.Receipts[key] = receipt
		}
	}
	return state, r.failures["lookup"]
}

func (r *receipts) SaveAttention(_ context.Context, key dispute.NoticeKey, cause dispute.Cause, _ time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.failures["attention"]; err != nil {
		return err
	}
	if r.attention == nil {
		r.attention = map[dispute.NoticeKey]dispute.Cause{}
	}
	r.attention[key] = cause
	return nil
}

func (r *receipts) Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	if err := cmp.Or(r.failures["save"], ctx.Err()); err != nil {
		return dispute.Receipt{}, err
	}
	if r.panics {
		panic("a fault of ours") //nolint:forbidigo // what faults do
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	existing, found := r.kept[receipt.Key]
	if !found {
		r.kept[receipt.Key] = receipt
		return receipt, nil
	}
	if existing.ContentHash != receipt.ContentHash {
		return existing, &activities.ConflictError{Existing: existing}
	}
	return existing, nil
}

// channel takes every message, or fails.
type channel struct {
	name string
	err  error

	mu   sync.Mutex // guards what follows
	sent []dispute.Notice
}

func (c *channel) Send(_ context.Context, notice dispute.Notice) (string, error) {
	if c.err != nil {
		return "", c.err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, notice)
	return c.name + " took it", nil
}

type arbiter struct {
	ruling *dispute.Ruling
	err    error
}

func (a arbiter) Judge(context.Context, activities.Case) (*dispute.Ruling, error) {
	return a.ruling, a.err
}
