package ledger

import (
	"context"
	"strings"

	"github.com/streitfall/streitfall/dispute"
)

// Receipt finds the record of a message that was sent before.
func (l *Ledger) Receipt(ctx context.Context, key dispute.NoticeKey) (receipt dispute.Receipt, found bool, err error) {
	err = l.alone("find the receipt of message "+key.String(), func(tx *transaction) error {
		receipt, found, err = findReceipt(ctx, tx, key)
		return err
	})
	return receipt, found, err
}

// Record keeps the receipt of a message. The first one of a key stands: a later one changes nothing and
// gets the first one back. It is no conflict if that one differs: a message that was sent again rightly names another day,
// or goes to the address that the merchant has now.
func (l *Ledger) Record(ctx context.Context, receipt dispute.Receipt) (recorded dispute.Receipt, err error) {
	err = l.alone("record the receipt of message "+receipt.Key.String(), func(tx *transaction) error {
		key, isFirst := receipt.Key, false
		recorded, isFirst, err = firstReceipt(ctx, tx, key, insertReceiptStatement,
			key.DisputeID, key.Occasion, key.Number, key.Recipient, receipt.Channel, instant(receipt.At), writable(receipt.Answer))
		if err != nil || isFirst {
			return err
		}
		recorded, _, err = findReceipt(ctx, tx, key)
		return err
	})
	return recorded, err
}

const (
	insertReceiptStatement = `insert into messages (dispute_id, occasion, number, recipient, channel, at, answer)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (dispute_id, occasion, number, recipient) do nothing
		returning channel, at, answer`
	findReceiptStatement = `select channel, at, answer from messages
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
		err := into(&key.Occasion, &key.Number, &key.Recipient, &receipt.Channel, (*instant)(&receipt.At), &receipt.Answer)
		return receipt, err
	}
	err = l.read(ctx, "read the receipts of dispute "+disputeID, func(tx *transaction) error {
		receipts, err = collect(ctx, tx, scan, `select occasion, number, recipient, channel, at, answer from messages
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
		err := into(&receipt.Channel, (*instant)(&receipt.At), &receipt.Answer)
		return receipt, err
	}
	return first(ctx, tx, scan, query, args...)
}
