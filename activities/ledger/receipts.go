package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Lookup reads what counts before messages of one dispute go out under these keys, at least one: the merchant's settings as
// they are now, and the receipts of those that were sent before, whatever they said. CodeUnknownMerchant when there is no
// such merchant.
func (l *Ledger) Lookup(ctx context.Context, merchantID string, keys ...dispute.NoticeKey) (prior activities.SendState, err error) {
	prior.Receipts = map[dispute.NoticeKey]dispute.Receipt{}
	scan := func(into func(...any) error) (receipt dispute.Receipt, err error) {
		receipt.Key.DisputeID = keys[0].DisputeID
		err = into(append(merchantFields(&prior.Merchant), receiptFields(&receipt)...)...)
		if receipt.Key.Occasion != "" {
			prior.Receipts[receipt.Key] = receipt
		}
		return receipt, err
	}
	args := []any{merchantID, keys[0].DisputeID}
	for _, key := range keys {
		args = append(args, key.Occasion, key.Number, key.Recipient)
	}
	err = l.alone("read what counts before message "+keys[0].String(), func(tx *transaction) error {
		rows, err := collect(ctx, tx, scan, priorStatement(len(keys)), args...)
		if err == nil && len(rows) == 0 {
			return unknownMerchant(merchantID)
		}
		return err
	})
	if err != nil {
		return activities.SendState{}, err
	}
	return prior, nil
}

// The dispute stands by itself, so that both databases look for its messages in the index, and nowhere else.
func priorStatement(keys int) string {
	var sent []string
	for i := range keys {
		sent = append(sent, fmt.Sprintf("occasion = $%d and number = $%d and recipient = $%d", 3*i+3, 3*i+4, 3*i+5))
	}
	return `select ` + merchantColumns + `, coalesce(occasion, ''), coalesce(number, 0), coalesce(recipient, ''),
		coalesce(content_hash, ''), coalesce(channel, ''), at, coalesce(answer, '')
		from merchants left join messages on dispute_id = $2 and (` + strings.Join(sent, " or ") + `) where id = $1`
}

// Save keeps the receipts of messages, all of them or none, and answers with those that stand, in the same order. The
// first one of a key stands, with its channel, time and answer: the same message again changes nothing. Another message
// changes nothing either, and an *activities.ConflictError comes with the answer.
func (l *Ledger) Save(ctx context.Context, receipts ...dispute.Receipt) (standing []dispute.Receipt, err error) {
	asked := slices.Clone(receipts)
	for i := range asked {
		asked[i].At, asked[i].Answer = precise(asked[i].At), writable(asked[i].Answer)
	}
	var keys []string
	var args []any
	for _, r := range inOrder(asked) {
		keys = append(keys, r.Key.String())
		args = append(args, r.Key.DisputeID, r.Key.Occasion, r.Key.Number, r.Key.Recipient, r.ContentHash, r.Channel, instant(r.At), r.Answer)
	}
	var differs error
	err = l.change(ctx, "record the receipt of message "+strings.Join(keys, " and "), func(tx *transaction) error {
		standing, differs = asked, nil
		made, err := changedRows(tx.ExecContext(ctx, insertReceiptsStatement(len(asked)), args...))
		if err == nil && made < int64(len(asked)) {
			standing, differs, err = findStanding(ctx, tx, asked)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return standing, differs
}

// inOrder sorts receipts by their keys: two transactions that keep the same ones in another order wait for each other.
func inOrder(receipts []dispute.Receipt) []dispute.Receipt {
	return slices.SortedFunc(slices.Values(receipts), func(a, b dispute.Receipt) int {
		return strings.Compare(a.Key.String(), b.Key.String())
	})
}

// findStanding finds the receipts that stand under the keys of others, and tells when one is about another message.
func findStanding(ctx context.Context, tx *transaction, asked []dispute.Receipt) (standing []dispute.Receipt, differs, err error) {
	for _, r := range asked {
		recorded, found, err := findReceipt(ctx, tx, r.Key)
		err = stands(recorded, found, err, r.ContentHash)
		if dispute.CodeOf(err) == dispute.CodeMessageConflict {
			differs, err = err, nil
		}
		if err != nil {
			return nil, nil, err
		}
		standing = append(standing, recorded)
	}
	return standing, differs, nil
}

// stands tells whether what was found under the key of a message is that message. What is found once is never changed.
func stands(recorded dispute.Receipt, found bool, err error, contentHash string) error {
	switch {
	case err != nil:
		return err
	case !found: // somebody has deleted it since it was in the way
		return errChanged
	case recorded.ContentHash != contentHash:
		return &activities.ConflictError{Existing: recorded}
	}
	return nil
}

func insertReceiptsStatement(receipts int) string {
	var rows []string
	for i := range receipts {
		rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", 8*i+1, 8*i+2, 8*i+3, 8*i+4, 8*i+5, 8*i+6, 8*i+7, 8*i+8))
	}
	return `insert into messages (dispute_id, ` + receiptColumns + `) values ` + strings.Join(rows, ", ") +
		` on conflict (dispute_id, occasion, number, recipient) do nothing`
}

const receiptColumns = `occasion, number, recipient, content_hash, channel, at, answer`

// receiptFields is where the columns of a receipt go.
func receiptFields(r *dispute.Receipt) []any {
	return []any{&r.Key.Occasion, &r.Key.Number, &r.Key.Recipient, &r.ContentHash, &r.Channel, (*instant)(&r.At), &r.Answer}
}

// scanReceipt reads the receipts of a dispute's messages.
func scanReceipt(disputeID string) func(into func(...any) error) (dispute.Receipt, error) {
	return func(into func(...any) error) (dispute.Receipt, error) {
		receipt := dispute.Receipt{Key: dispute.NoticeKey{DisputeID: disputeID}}
		err := into(receiptFields(&receipt)...)
		return receipt, err
	}
}

// writable is a text of somebody else as every database takes it. A receipt that cannot be kept would let
// the message go out again with each attempt.
func writable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
}

// Receipts lists the proofs of all messages of a dispute, in the order in which they were taken.
func (l *Ledger) Receipts(ctx context.Context, disputeID string) (receipts []dispute.Receipt, err error) {
	err = l.read(ctx, "read the receipts of dispute "+disputeID, func(tx *transaction) error {
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
