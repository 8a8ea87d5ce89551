package workflows_test

import (
	"cmp"
	"context"
	"errors"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// away lets a system fail as often as the test wants it.
func (w *world) away(system string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trouble[system] > 0 {
		w.trouble[system]--
		return errors.New(system + " is away")
	}
	return nil
}

// later makes trouble of a system that says when to ask again, if the test wants it.
func (w *world) later(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy == 0 {
		return err
	}
	return &activities.RetryAfterError{After: w.busy, Err: err}
}

func (w *world) Pause(_ context.Context, in activities.Pause) (activities.Paused, error) {
	if err := w.away("ledger"); err != nil {
		return activities.Paused{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refusal != nil {
		return activities.Paused{}, w.refusal
	}
	w.pauses = append(w.pauses, in)
	if w.pausedBefore != nil {
		return *w.pausedBefore, nil
	}
	return activities.Paused{At: in.At, InvoiceID: in.Dispute.InvoiceID, Outstanding: 12990, DaysLeft: 14}, nil
}

func (w *world) Settle(_ context.Context, in activities.Settle) (activities.Settled, error) {
	if err := w.away("ledger"); err != nil {
		return activities.Settled{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	balance := dispute.Balance{Amount: 12990, Paid: w.paid}
	settled := activities.Settled{At: in.At}
	settled.Credited, settled.Refunded = balance.Debit(in.Decision.Debit)
	settled.Outstanding = balance.Outstanding() - settled.Credited
	w.settles, w.settled = append(w.settles, in), append(w.settled, settled)
	return settled, nil
}

func (w *world) Lookup(_ context.Context, _ string, keys ...dispute.NoticeKey) (activities.SendState, error) {
	if err := w.away("outbox"); err != nil {
		return activities.SendState{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	prior := activities.SendState{Merchant: w.merchant, Receipts: map[dispute.NoticeKey]dispute.Receipt{}}
	for _, key := range keys {
		if receipt, found := w.receipts[key]; found {
			prior.Receipts[key] = receipt
		}
	}
	return prior, nil
}

func (w *world) Save(_ context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	if err := cmp.Or(w.away("record"), w.away("record "+string(receipt.Key.Occasion))); err != nil {
		return dispute.Receipt{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	recorded, found := w.receipts[receipt.Key]
	switch {
	case !found:
		w.receipts[receipt.Key] = receipt
		return receipt, nil
	case recorded.ContentHash != receipt.ContentHash:
		return recorded, &activities.ConflictError{Existing: recorded}
	}
	return recorded, nil
}

func (w *world) Judge(_ context.Context, in activities.Case) (*dispute.Ruling, error) {
	if err := w.away("arbiter"); err != nil {
		return nil, err
	}
	return w.rulings[in.Stage], nil
}

// channel is the portal or the mail server.
type channel struct {
	world *world
	name  string
}

func (c channel) Send(_ context.Context, notice dispute.Notice) (string, error) {
	if err := c.world.away(c.name); err != nil {
		return "", c.world.later(err)
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	byAddress := c.name == "email" && c.world.refused[notice.To.Email]
	if c.world.refused[c.name] || c.world.refused[string(notice.Key.Occasion)] || byAddress {
		return "", dispute.Refuse(dispute.CodeMessageRefused, "%s refuses", c.name)
	}
	c.world.sent = append(c.world.sent, sending{notice, c.name, c.world.env.Now()})
	return "250 OK", nil
}
