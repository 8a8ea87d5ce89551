package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Inbox holds the portal's messages to merchants.
type Inbox struct {
	ledger *Ledger
}

var _ activities.Channel = (*Inbox)(nil)

// Inbox returns the portal's inbox, which is kept in the ledger's database.
func (l *Ledger) Inbox() *Inbox {
	return &Inbox{ledger: l}
}

// Message is a message in a merchant's inbox.
type Message struct {
	// Number is unique in the inbox of all merchants.
	Number int64 `json:"number"`
	// At is when the inbox took the message.
	At       time.Time        `json:"at"`
	Occasion dispute.Occasion `json:"occasion"`
	dispute.Event
}

const (
	insertMessageStatement = `insert into inbox (notice, content_hash, merchant_id, at, content) values ($1, $2, $3, $4, $5)
		on conflict (notice) do nothing returning id, content_hash, at`
	findMessageStatement = `select id, content_hash, at from inbox where notice = $1`
)

// Send puts a notice into its merchant's inbox, once per key, and returns its number there in words. The first notice of a
// key stays; for one with other content Send returns an *activities.ConflictError with the receipt of the first. All other
// errors are transient.
func (i *Inbox) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	content, err := json.Marshal(Message{Occasion: notice.Key.Occasion, Event: dispute.EventOf(notice)})
	if err != nil {
		return "", fmt.Errorf("encode message %s: %w", notice.Key, err)
	}
	err = i.ledger.optimistic(ctx, "put message "+notice.Key.String()+" into the inbox", func(ctx context.Context, tx *transaction) error {
		key, hash := notice.Key, notice.Hash()
		receipt, found, err := inboxReceipt(ctx, tx, key, insertMessageStatement, key.String(), hash, notice.Merchant.ID, instant(now()), string(content))
		if err == nil && !found { // there is one already
			receipt, found, err = inboxReceipt(ctx, tx, key, findMessageStatement, key.String())
		}
		answer = receipt.Answer
		return sameMessage(receipt, found, err, hash)
	})
	return answer, err
}

// inboxReceipt reads the receipt of a message in the inbox with a query, and reports whether there is one.
func inboxReceipt(ctx context.Context, tx *transaction, key dispute.NoticeKey, query string, args ...any) (dispute.Receipt, bool, error) {
	scan := func(into func(...any) error) (dispute.Receipt, error) {
		receipt, number := dispute.Receipt{Key: key, Channel: dispute.ChannelPortal}, int64(0)
		err := into(&number, &receipt.ContentHash, (*instant)(&receipt.At))
		receipt.Answer = fmt.Sprintf("message %d of the portal's inbox", number)
		return receipt, err
	}
	return first(ctx, tx, scan, query, args...)
}

// Messages lists the messages of a merchant, newest last. It fails with CodeUnknownMerchant.
func (i *Inbox) Messages(ctx context.Context, merchantID string) (messages []Message, err error) {
	err = i.ledger.snapshot(ctx, "read the inbox of merchant "+merchantID, func(tx *transaction) error {
		if _, err := mustFindMerchant(ctx, tx, merchantID); err != nil {
			return err
		}
		messages, err = collect(ctx, tx, scanMessage, `select id, at, content from inbox where merchant_id = $1 order by id`, merchantID)
		return err
	})
	return messages, err
}

func scanMessage(into func(...any) error) (m Message, err error) {
	var number int64
	var at instant
	var content []byte
	if err := into(&number, &at, &content); err != nil {
		return Message{}, err
	}
	err = json.Unmarshal(content, &m)
	m.Number, m.At = number, time.Time(at)
	return m, err
}
