package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Lookup reads what must be known before messages of one dispute go out under keys, of which there is at least one: the
// merchant's current settings, and the receipts of the messages that were sent before under these keys, whatever their
// content. It fails with CodeUnknownMerchant.
func (l *Ledger) Lookup(ctx context.Context, merchantID string, keys ...dispute.NoticeKey) (state activities.SendState, err error) {
	state.Receipts = map[dispute.NoticeKey]dispute.Receipt{}
	scan := func(into func(...any) error) (receipt dispute.Receipt, err error) {
		receipt.Key.DisputeID = keys[0].DisputeID
		err = into(append(merchantFields(&state.Merchant), receiptFields(&receipt)...)...)
		if receipt.Key.Occasion != "" {
			state.Receipts[receipt.Key] = receipt
		}
		return receipt, err
	}
	args := []any{merchantID, keys[0].DisputeID}
	for _, key := range keys {
		args = append(args, key.Occasion, key.Number, key.Recipient)
	}
	err = l.autocommit("look up message "+keys[0].String(), func(tx *transaction) error {
		rows, err := collect(ctx, tx, scan, lookupStatement(len(keys)), args...)
		if err == nil && len(rows) == 0 {
			return unknownMerchant(merchantID)
		}
		return err
	})
	if err != nil {
		return activities.SendState{}, err
	}
	return state, nil
}

// lookupStatement compares the dispute outside of the "or", so that both databases search the primary key only.
func lookupStatement(keys int) string {
	var sent []string
	for i := range keys {
		sent = append(sent, fmt.Sprintf("occasion = $%d and number = $%d and recipient = $%d", 3*i+3, 3*i+4, 3*i+5))
	}
	return `select ` + merchantColumns + `, coalesce(occasion, ''), coalesce(number, 0), coalesce(recipient, ''),
		coalesce(content_hash, ''), coalesce(channel, ''), at, coalesce(answer, ''), caused_at,
		coalesce(state, ''), coalesce(waiting_for, ''), deadline, coalesce(terms, ''), coalesce(refund, 0)
		from merchants left join messages on dispute_id = $2 and (` + strings.Join(sent, " or ") + `) where id = $1`
}

const insertReceiptStatement = `insert into messages (dispute_id, ` + receiptColumns + `) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
	on conflict (dispute_id, occasion, number, recipient) do nothing`

// Save records the receipt of a message and returns the one on record. The first receipt of a key stays, with its channel,
// time and answer; saving the same message again changes nothing. Neither does another message under the same key: Save
// returns the receipt on record with an *activities.ConflictError. A receipt that says where the dispute stands moves its
// case (Cases) in the same statement.
func (l *Ledger) Save(ctx context.Context, receipt dispute.Receipt) (recorded dispute.Receipt, err error) {
	receipt.At, receipt.Answer = precise(receipt.At), storable(receipt.Answer)
	receipt.CausedAt, receipt.Standing.Deadline = precise(receipt.CausedAt), precise(receipt.Standing.Deadline)
	key, standing := receipt.Key, receipt.Standing
	err = l.optimistic(ctx, "record the receipt of message "+key.String(), func(ctx context.Context, tx *transaction) error {
		recorded = receipt
		inserted, err := rowsAffected(tx.ExecContext(ctx, insertReceiptStatement, key.DisputeID, key.Occasion, key.Number, key.Recipient,
			receipt.ContentHash, receipt.Channel, instant(receipt.At), receipt.Answer, instant(receipt.CausedAt),
			standing.State, standing.WaitingFor, instant(standing.Deadline), receipt.Terms, receipt.Refund))
		if err != nil || inserted == 1 {
			return err
		}
		var found bool
		recorded, found, err = findReceipt(ctx, tx, key)
		return sameMessage(recorded, found, err, receipt.ContentHash)
	})
	if err != nil && dispute.CodeOf(err) == "" {
		return dispute.Receipt{}, err
	}
	return recorded, err
}

// sameMessage checks that the receipt found under the key of a message is that of this message. A receipt never changes,
// so this answer is final.
func sameMessage(recorded dispute.Receipt, found bool, err error, contentHash string) error {
	switch {
	case err != nil:
		return err
	case !found: // deleted since the insert met it
		return errConflict
	case recorded.ContentHash != contentHash:
		return &activities.ConflictError{Existing: recorded}
	}
	return nil
}

// SaveAttention tells other systems, once for each message and cause, that an operator is needed: the message was refused, or
// is in conflict with an earlier one. Of a dispute that is not in the ledger it tells nothing.
func (l *Ledger) SaveAttention(ctx context.Context, key dispute.NoticeKey, cause dispute.Cause, at time.Time) error {
	return l.autocommit("record that message "+key.String()+" needs attention", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `insert into events (type, at, invoice_id, dispute_id, occasion, message_number, recipient, cause)
			select 'dispute.attention', $1, invoice_id, id, $2, $3, $4, $5 from disputes where id = $6 on conflict do nothing`,
			instant(precise(at)), key.Occasion, key.Number, key.Recipient, cause, key.DisputeID)
		return err
	})
}

const receiptColumns = `occasion, number, recipient, content_hash, channel, at, answer, caused_at, state, waiting_for, deadline, terms, refund`

// receiptFields are the destinations of receiptColumns.
func receiptFields(r *dispute.Receipt) []any {
	return []any{
		&r.Key.Occasion, &r.Key.Number, &r.Key.Recipient, &r.ContentHash, &r.Channel, (*instant)(&r.At), &r.Answer,
		(*instant)(&r.CausedAt), &r.Standing.State, &r.Standing.WaitingFor, (*instant)(&r.Standing.Deadline),
		&r.Terms, &r.Refund,
	}
}

// scanReceipt reads receipts of a dispute.
func scanReceipt(disputeID string) func(into func(...any) error) (dispute.Receipt, error) {
	return func(into func(...any) error) (dispute.Receipt, error) {
		receipt := dispute.Receipt{Key: dispute.NoticeKey{DisputeID: disputeID}}
		err := into(receiptFields(&receipt)...)
		return receipt, err
	}
}

// storable removes from a text of others what a database refuses: a receipt that cannot be recorded would let every
// retry send the message again.
func storable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
}

// Receipts lists the receipts of all messages of a dispute, oldest first.
func (l *Ledger) Receipts(ctx context.Context, disputeID string) (receipts []dispute.Receipt, err error) {
	err = l.snapshot(ctx, "read the receipts of dispute "+disputeID, func(tx *transaction) error {
		receipts, err = collect(ctx, tx, scanReceipt(disputeID), `select `+receiptColumns+` from messages
			where dispute_id = $1 order by at, occasion, number, recipient`, disputeID)
		return err
	})
	return receipts, err
}

func findReceipt(ctx context.Context, tx *transaction, key dispute.NoticeKey) (dispute.Receipt, bool, error) {
	return first(ctx, tx, scanReceipt(key.DisputeID), `select `+receiptColumns+` from messages
		where dispute_id = $1 and occasion = $2 and number = $3 and recipient = $4`, key.DisputeID, key.Occasion, key.Number, key.Recipient)
}
