package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// Erasure records that the personal data of a dispute was erased.
type Erasure struct {
	DisputeID string    `json:"disputeId"`
	At        time.Time `json:"at"`
	ErasedBy  string    `json:"erasedBy"`
	Reason    string    `json:"reason"`
}

func (e Erasure) validate() error {
	var faults dispute.Faults
	for _, text := range []struct{ path, value string }{{"erasedBy", e.ErasedBy}, {"reason", e.Reason}} {
		strict.Line(&faults, text.path, text.value, dispute.MaxLine)
	}
	return dispute.RefuseFaults(dispute.CodeInvalidMessage, faults, "this erasure is not valid")
}

// Erase erases what is personal of a closed dispute: its archived case, the texts in the portal's inbox, and what mail
// servers, webhooks and receivers of events have answered. Its money, its receipts and ids stay. Erase returns the erasure on record, which is the
// first; repeated, it erases what has been added since.
//
// Erase refuses an open dispute with CodeNotAccepted, and one whose run was stopped before both parties were told the result:
// what was erased could not be told any more. It fails with CodeUnknownDispute. Its caller makes sure that no workflow works
// on the dispute any more.
func (l *Ledger) Erase(ctx context.Context, in Erasure) (recorded Erasure, err error) {
	if err := in.validate(); err != nil {
		return Erasure{}, err
	}
	in.At = precise(in.At)
	err = l.lock(ctx, "erase dispute "+in.DisputeID, func(tx *transaction) error {
		recorded, err = erase(ctx, tx, in)
		return err
	})
	if err == nil {
		err = l.cleanLog(ctx)
	}
	return recorded, err
}

// cleanLog removes from the log of the database what was erased.
func (l *Ledger) cleanLog(ctx context.Context) error {
	if l.afterErasure == "" {
		return nil
	}
	_, err := l.db.ExecContext(ctx, l.afterErasure)
	return wrap("remove the erased data from the log of the database", err)
}

func erase(ctx context.Context, tx *transaction, in Erasure) (Erasure, error) {
	record, found, err := findDispute(ctx, tx, in.DisputeID)
	switch {
	case err != nil:
		return Erasure{}, err
	case !found:
		return Erasure{}, dispute.Refuse(dispute.CodeUnknownDispute, "the ledger has no dispute %q", in.DisputeID)
	case record.State != DisputeClosed:
		return Erasure{}, dispute.Refuse(dispute.CodeNotAccepted, "dispute %s is open; a dispute can be erased when it has ended", in.DisputeID)
	}
	if err := mustBeFinished(ctx, tx, in.DisputeID); err != nil {
		return Erasure{}, err
	}
	_, err = tx.ExecContext(ctx, `insert into erasures (dispute_id, at, erased_by, reason) values ($1, $2, $3, $4) on conflict (dispute_id) do nothing`,
		in.DisputeID, instant(in.At), in.ErasedBy, in.Reason)
	if err != nil {
		return Erasure{}, err
	}
	if err := redactInbox(ctx, tx, in.DisputeID); err != nil {
		return Erasure{}, err
	}
	for _, statement := range []string{
		`update messages set answer = '' where dispute_id = $1 and answer <> ''`,
		`delete from archive where dispute_id = $1`,
		`update events set last_error = '' where dispute_id = $1 and last_error <> ''`, // the answer of a receiver
	} {
		if _, err := tx.ExecContext(ctx, statement, in.DisputeID); err != nil {
			return Erasure{}, err
		}
	}
	recorded, _, err := findErasure(ctx, tx, in.DisputeID)
	return recorded, err
}

// mustBeFinished refuses a closed dispute that is neither told to both parties, nor archived, which is the last step of a
// workflow and comes also after a closing message that was given up, nor erased already.
func mustBeFinished(ctx context.Context, tx *transaction, disputeID string) error {
	scan := func(into func(...any) error) (finished bool, err error) {
		err = into(&finished)
		return finished, err
	}
	finished, _, err := first(ctx, tx, scan, `select exists (select 1 from archive where dispute_id = $1)
		or exists (select 1 from erasures where dispute_id = $1)
		or 2 <= (select count(distinct recipient) from messages where dispute_id = $1 and occasion = $2)`, disputeID, dispute.OccasionClosed)
	if err == nil && !finished {
		err = dispute.Refuse(dispute.CodeNotAccepted, "dispute %s was settled, but its run was stopped before both parties were told; "+
			"apply `starter ledger reconcile --apply` first, which finds it an hour after the settlement", disputeID)
	}
	return err
}

// redactInbox takes what is personal out of the messages of a dispute in the portal's inbox. Their keys begin with the
// dispute's id and a slash, and "0" follows the slash.
func redactInbox(ctx context.Context, tx *transaction, disputeID string) error {
	messages, err := collect(ctx, tx, scanMessage, `select id, at, content from inbox where notice > $1 and notice < $2`, disputeID+"/", disputeID+"0")
	if err != nil {
		return err
	}
	for _, message := range messages {
		content, err := json.Marshal(Message{Occasion: message.Occasion, Event: message.Redacted()})
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update inbox set content = $1 where id = $2 and content <> $1`, string(content), message.Number); err != nil {
			return err
		}
	}
	return nil
}

// Erasure reads the erasure of a dispute, and reports whether there is one.
func (l *Ledger) Erasure(ctx context.Context, disputeID string) (erasure Erasure, erased bool, err error) {
	err = l.autocommit("read the erasure of dispute "+disputeID, func(tx *transaction) error {
		erasure, erased, err = findErasure(ctx, tx, disputeID)
		return err
	})
	return erasure, erased, err
}

func findErasure(ctx context.Context, tx *transaction, disputeID string) (Erasure, bool, error) {
	scan := func(into func(...any) error) (e Erasure, err error) {
		err = into(&e.DisputeID, (*instant)(&e.At), &e.ErasedBy, &e.Reason)
		return e, err
	}
	return first(ctx, tx, scan, `select dispute_id, at, erased_by, reason from erasures where dispute_id = $1`, disputeID)
}
