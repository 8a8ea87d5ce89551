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

// ledger answers what the test tells it to, and keeps what it was asked.
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

// outbox keeps receipts, and fails at the step of the given name.
type outbox struct {
	merchant dispute.Merchant
	failures map[string]error
	faulty   bool

	mu       sync.Mutex // guards what follows
	receipts map[dispute.NoticeKey]dispute.Receipt
	reads    int
	// records are how many receipts came together each time, first when that was first.
	records []int
	first   time.Time
}

func (o *outbox) Lookup(_ context.Context, merchantID string, keys ...dispute.NoticeKey) (activities.SendState, error) {
	if merchantID != o.merchant.ID {
		return activities.SendState{}, dispute.Refuse(dispute.CodeUnknownMerchant, "there is no merchant %q", merchantID)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.reads++
	prior := activities.SendState{Merchant: o.merchant, Receipts: map[dispute.NoticeKey]dispute.Receipt{}}
	for _, key := range keys {
		if receipt, found := o.receipts[key]; found {
			prior.Receipts[key] = receipt
		}
	}
	return prior, o.failures["prior"]
}

func (o *outbox) Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	if err := cmp.Or(o.failures["record"], ctx.Err()); err != nil {
		return dispute.Receipt{}, err
	}
	if o.faulty {
		panic("a fault of ours") //nolint:forbidigo // what faults do
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.records == nil {
		o.first = time.Now()
	}
	o.records = append(o.records, 1)
	recorded, found := o.receipts[receipt.Key]
	switch {
	case !found:
		o.receipts[receipt.Key] = receipt
		return receipt, nil
	case recorded.ContentHash != receipt.ContentHash:
		return recorded, &activities.ConflictError{Existing: recorded}
	}
	return recorded, nil
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
