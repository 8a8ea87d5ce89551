package ledger

import (
	"context"
	"database/sql"

	"github.com/streitfall/streitfall/dispute"
)

// Receipt finds the record of a message that was sent before.
func (l *Ledger) Receipt(ctx context.Context, key dispute.NoticeKey) (receipt dispute.Receipt, found bool, err error) {
	err = l.read(ctx, "find the receipt of message "+key.String(), func(tx *sql.Tx) error {
		receipt, found, err = findReceipt(ctx, tx, key)
		return err
	})
	return receipt, found, err
}

// Record keeps the receipt of a message. The first one of a key stands: a later one changes nothing and
// gets the first one back.
func (l *Ledger) Record(ctx context.Context, receipt dispute.Receipt) (recorded dispute.Receipt, err error) {
	err = l.write(ctx, "record the receipt of message "+receipt.Key.String(), func(tx *sql.Tx) error {
		key := receipt.Key
		_, err := tx.ExecContext(ctx, `insert into messages (dispute_id, occasion, number, recipient, channel, at, answer)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict (dispute_id, occasion, number, recipient) do nothing`,
			key.DisputeID, key.Occasion, key.Number, key.Recipient, receipt.Channel, instant(receipt.At), receipt.Answer)
		if err != nil {
			return err
		}
		recorded, _, err = findReceipt(ctx, tx, key)
		return err
	})
	return recorded, err
}

func findReceipt(ctx context.Context, tx *sql.Tx, key dispute.NoticeKey) (dispute.Receipt, bool, error) {
	scan := func(into func(...any) error) (dispute.Receipt, error) {
		receipt := dispute.Receipt{Key: key}
		err := into(&receipt.Channel, (*instant)(&receipt.At), &receipt.Answer)
		return receipt, err
	}
	return first(ctx, tx, scan, `select channel, at, answer from messages
		where dispute_id = $1 and occasion = $2 and number = $3 and recipient = $4`,
		key.DisputeID, key.Occasion, key.Number, key.Recipient)
}
