package ledger

import (
	"context"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

var _ activities.CaseArchive = (*Ledger)(nil)

const archiveStatement = `insert into archive (dispute_id, at, key_id, content) values ($1, $2, $3, $4)
	on conflict (dispute_id) do update set at = excluded.at, key_id = excluded.key_id, content = excluded.content`

// ArchiveCase keeps the case of a dispute, in place of the one before: a dispute that was reset or taken over ends again. The
// case of a dispute that was erased is not kept.
func (l *Ledger) ArchiveCase(ctx context.Context, in activities.ArchivedCase) error {
	return l.optimistic(ctx, "archive the case of dispute "+in.DisputeID, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, archiveStatement, in.DisputeID, instant(precise(in.At)), in.KeyID, in.Content)
		return err
	})
}

const archiveColumns = `dispute_id, at, key_id, content`

func scanArchived(into func(...any) error) (c activities.ArchivedCase, err error) {
	err = into(&c.DisputeID, (*instant)(&c.At), &c.KeyID, &c.Content)
	return c, err
}

// ArchivedCase reads the archived case of a dispute. It fails with CodeUnknownDispute where there is none, also when it was
// erased.
func (l *Ledger) ArchivedCase(ctx context.Context, disputeID string) (archived activities.ArchivedCase, err error) {
	err = l.snapshot(ctx, "read the archived case of dispute "+disputeID, func(tx *transaction) error {
		var found bool
		archived, found, err = first(ctx, tx, scanArchived, `select `+archiveColumns+` from archive where dispute_id = $1`, disputeID)
		if err != nil || found {
			return err
		}
		erasure, erased, err := findErasure(ctx, tx, disputeID)
		if err == nil && erased {
			err = dispute.Refuse(dispute.CodeUnknownDispute, "the case of dispute %s was erased on %s by %s: %s",
				disputeID, erasure.At.Format("2006-01-02"), erasure.ErasedBy, erasure.Reason)
		}
		if err == nil {
			err = dispute.Refuse(dispute.CodeUnknownDispute, "the archive has no case of dispute %q", disputeID)
		}
		return err
	})
	return archived, err
}

// resealBatch is how many cases are encrypted again in one transaction.
const resealBatch = 100

// Reseal encrypts every archived case again that is not encrypted with the key keyID, and returns how many there were. After
// an error it can be repeated: it goes on where it was.
func (l *Ledger) Reseal(ctx context.Context, keyID string, reseal func(activities.ArchivedCase) (activities.ArchivedCase, error)) (resealed int, err error) {
	for after := ""; ; {
		var batch []activities.ArchivedCase
		err = l.lock(ctx, "encrypt the archive again", func(tx *transaction) error {
			batch, err = collect(ctx, tx, scanArchived, `select `+archiveColumns+` from archive where key_id <> $1 and dispute_id > $2
				order by dispute_id limit $3`, keyID, after, resealBatch)
			for _, old := range batch {
				next, failed := reseal(old)
				if err = failed; err != nil {
					return err
				}
				tx.queue("encrypt the case of dispute "+old.DisputeID, 1, `update archive set key_id = $1, content = $2 where dispute_id = $3 and key_id = $4`,
					next.KeyID, next.Content, old.DisputeID, old.KeyID)
			}
			return err
		})
		if err != nil || len(batch) == 0 {
			return resealed, err
		}
		resealed, after = resealed+len(batch), batch[len(batch)-1].DisputeID
	}
}
