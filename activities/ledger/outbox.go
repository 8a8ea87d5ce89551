package ledger

import (
	"context"
	"strings"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Receipt finds the record of a message that was sent before under a key, whatever it said.
func (l *Ledger) Receipt(ctx context.Context, key dispute.NoticeKey) (receipt dispute.Receipt, found bool, err error) {
	err = l.alone("find the receipt of message "+key.String(), func(tx *transaction) error {
		receipt, found, err = findReceipt(ctx, tx, key)
		return err
	})
	return receipt, found, err
}

// Record keeps the receipt of a message. The first one of a key stands: the same message again changes nothing and gets
// the first one back, with its channel, time and answer. Another message gets an *activities.Earlier with it.
func (l *Ledger) Record(ctx context.Context, receipt dispute.Receipt) (recorded dispute.Receipt, err error) {
	err = l.alone("record the receipt of message "+receipt.Key.String(), func(tx *transaction) error {
		key, found := receipt.Key, false
		recorded, found, err = firstReceipt(ctx, tx, key, insertReceiptStatement, key.DisputeID, key.Occasion, key.Number,
			key.Recipient, receipt.ContentHash, receipt.Channel, instant(receipt.At), writable(receipt.Answer))
		if err == nil && !found { // another one is there
			recorded, found, err = findReceipt(ctx, tx, key)
		}
		return stands(recorded, found, err, receipt.ContentHash)
	})
	return recorded, err
}

// stands tells whether what was found under the key of a message is that message. What is found once is never changed.
func stands(recorded dispute.Receipt, found bool, err error, contentHash string) error {
	switch {
	case err != nil:
		return err
	case !found: // somebody has deleted it since it was in the way
		return errChanged
	case recorded.ContentHash != contentHash:
		return &activities.Earlier{Receipt: recorded}
	}
	return nil
}

const (
	insertReceiptStatement = `insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (dispute_id, occasion, number, recipient) do nothing
		returning content_hash, channel, at, answer`
	findReceiptStatement = `select content_hash, channel, at, answer from messages
		where dispute_id = $1 and occasion = $2 and number = $3 and recipient = $4`
)

// writable is a text of somebody else as every database takes it. A receipt that cannot be kept would let
// the message go out again with each attempt.
func writable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
}

// Receipts lists the proofs of all messages of a dispute, in the order in which they were taken.
func (l *Ledger) Receipts(ctx context.Context, disputeID string) (receipts []dispute.Receipt, err error) {
	scan := func(into func(...any) error) (dispute.Receipt, error) {
		receipt := dispute.Receipt{Key: dispute.NoticeKey{DisputeID: disputeID}}
		key := &receipt.Key
		err := into(&key.Occasion, &key.Number, &key.Recipient, &receipt.ContentHash, &receipt.Channel, (*instant)(&receipt.At), &receipt.Answer)
		return receipt, err
	}
	err = l.read(ctx, "read the receipts of dispute "+disputeID, func(tx *transaction) error {
		receipts, err = collect(ctx, tx, scan, `select occasion, number, recipient, content_hash, channel, at, answer from messages
			where dispute_id = $1 order by at, occasion, number, recipient`, disputeID)
		return err
	})
	return receipts, err
}

func findReceipt(ctx context.Context, tx *transaction, key dispute.NoticeKey) (dispute.Receipt, bool, error) {
	return firstReceipt(ctx, tx, key, findReceiptStatement, key.DisputeID, key.Occasion, key.Number, key.Recipient)
}

// firstReceipt reads the receipt of a message from the first row of a query, if there is one.
func firstReceipt(ctx context.Context, tx *transaction, key dispute.NoticeKey, query string, args ...any) (dispute.Receipt, bool, error) {
	scan := func(into func(...any) error) (dispute.Receipt, error) {
		receipt := dispute.Receipt{Key: key}
		err := into(&receipt.ContentHash, &receipt.Channel, (*instant)(&receipt.At), &receipt.Answer)
		return receipt, err
	}
	return first(ctx, tx, scan, query, args...)
}
