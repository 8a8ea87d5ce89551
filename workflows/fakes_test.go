package workflows_test

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// away returns an error while an outage of the system lasts, and counts the outage down.
func (f *fixture) away(system string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.outages[system] > 0 {
		f.outages[system]--
		return errors.New(system + " is away")
	}
	return nil
}

// withRetryAfter returns err as a RetryAfterError when the test has set f.retryAfter.
func (f *fixture) withRetryAfter(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.retryAfter == 0 {
		return err
	}
	return &activities.RetryAfterError{After: f.retryAfter, Err: err}
}

func (f *fixture) Pause(_ context.Context, in activities.Pause) (activities.Paused, error) {
	if err := f.away("ledger"); err != nil {
		return activities.Paused{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refusal != nil {
		return activities.Paused{}, f.refusal
	}
	f.pauses = append(f.pauses, in)
	if f.pausedBefore != nil {
		return *f.pausedBefore, nil
	}
	return activities.Paused{At: in.At, InvoiceID: in.Dispute.InvoiceID, Run: 1, Outstanding: 12990, DaysLeft: 14}, nil
}

func (f *fixture) Settle(_ context.Context, in activities.Settle) (activities.Settled, error) {
	if err := f.away("ledger"); err != nil {
		return activities.Settled{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	balance := dispute.Balance{Amount: 12990, Paid: f.paid}
	settled := activities.Settled{At: in.At}
	settled.Credited, settled.Refunded = balance.Debit(in.Decision.Debit)
	settled.Outstanding = balance.Outstanding() - settled.Credited
	f.settles, f.settled = append(f.settles, in), append(f.settled, settled)
	return settled, nil
}

func (f *fixture) Lookup(_ context.Context, _ string, keys ...dispute.NoticeKey) (activities.SendState, error) {
	if err := f.away("receipts"); err != nil {
		return activities.SendState{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	prior := activities.SendState{Merchant: f.merchant, Receipts: map[dispute.NoticeKey]dispute.Receipt{}}
	for _, key := range keys {
		if receipt, found := f.receipts[key]; found {
			prior.Receipts[key] = receipt
		}
	}
	return prior, nil
}

func (f *fixture) Save(_ context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	if err := cmp.Or(f.away("save"), f.away("save "+string(receipt.Key.Occasion))); err != nil {
		return dispute.Receipt{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	existing, found := f.receipts[receipt.Key]
	if !found {
		f.receipts[receipt.Key] = receipt
		return receipt, nil
	}
	if existing.ContentHash != receipt.ContentHash {
		return existing, &activities.ConflictError{Existing: existing}
	}
	return existing, nil
}

// SaveAttention implements activities.ReceiptStore: nobody is told of events here.
func (f *fixture) SaveAttention(context.Context, dispute.NoticeKey, dispute.Cause, time.Time) error {
	return f.away("attention")
}

func (f *fixture) ArchiveCase(_ context.Context, in activities.ArchivedCase) error {
	if err := f.away("archive"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.archived = append(f.archived, in)
	return nil
}

func (f *fixture) Judge(_ context.Context, in activities.Case) (*dispute.Ruling, error) {
	if err := f.away("arbiter"); err != nil {
		return nil, err
	}
	return f.rulings[in.Stage], nil
}

// channel is the portal or the mail server.
type channel struct {
	fixture *fixture
	name    string
}

func (c channel) Send(_ context.Context, notice dispute.Notice) (string, error) {
	if c.fixture.beforeSend != nil {
		c.fixture.beforeSend(notice)
	}
	if err := c.fixture.away(c.name); err != nil {
		return "", c.fixture.withRetryAfter(err)
	}
	c.fixture.mu.Lock()
	defer c.fixture.mu.Unlock()
	byAddress := c.name == "email" && c.fixture.refused[notice.To.Email]
	if c.fixture.refused[c.name] || c.fixture.refused[string(notice.Key.Occasion)] || byAddress {
		return "", dispute.Refuse(dispute.CodeMessageRefused, "%s refuses", c.name)
	}
	c.fixture.sent = append(c.fixture.sent, sending{notice, c.name, c.fixture.env.Now()})
	return "250 OK", nil
}
