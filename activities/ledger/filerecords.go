package ledger

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

const fileColumns = `id, dispute_id, purpose, kind, name, type, size, sha256, uploaded_at, stored_at, sent_at`

func scanFile(into func(...any) error) (f File, err error) {
	err = into(&f.ID, &f.DisputeID, &f.Purpose, &f.Kind, &f.Name, &f.Type, &f.Size, &f.SHA256,
		(*instant)(&f.UploadedAt), (*instant)(&f.StoredAt), (*instant)(&f.SentAt))
	return f, err
}

// AddFile records a file before its content is stored, and returns it with its id. The same content for the same purpose is
// the same file: a draft gets the name, kind and time of the new upload, one that was sent stays as it is.
//
// Uploads to one dispute are recorded one after the other, so that together they stay within the limits. AddFile fails with a
// FileLimitError, and refuses a dispute that was erased with CodeNotAccepted.
func (l *Ledger) AddFile(ctx context.Context, file File, limits FileLimits) (added File, err error) {
	file.UploadedAt = precise(file.UploadedAt)
	err = l.lockFiles(ctx, "record a file of dispute "+file.DisputeID, file.DisputeID, func(tx *transaction) error {
		added, err = addFile(ctx, tx, file, limits)
		return err
	})
	return added, err
}

func addFile(ctx context.Context, tx *transaction, file File, limits FileLimits) (File, error) {
	if _, erased, err := findErasure(ctx, tx, file.DisputeID); err != nil {
		return File{}, err
	} else if erased {
		return File{}, dispute.Refuse(dispute.CodeNotAccepted, "dispute %s was erased; it takes no files", file.DisputeID)
	}
	files, err := filesOf(ctx, tx, file.DisputeID)
	if err != nil {
		return File{}, err
	}
	for _, known := range files {
		if known.Purpose == file.Purpose && known.SHA256 == file.SHA256 {
			return renewFile(ctx, tx, known, file)
		}
	}
	if err := limits.admit(file, files); err != nil {
		return File{}, err
	}
	added, _, err := first(ctx, tx, scanFile, `insert into files (dispute_id, party, purpose, kind, name, type, size, sha256, uploaded_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning `+fileColumns,
		file.DisputeID, file.Purpose.Party(), file.Purpose, file.Kind, file.Name, file.Type, file.Size, file.SHA256, instant(file.UploadedAt))
	return added, err
}

func renewFile(ctx context.Context, tx *transaction, known, file File) (File, error) {
	if !known.SentAt.IsZero() {
		return known, nil
	}
	renewed, _, err := first(ctx, tx, scanFile, `update files set kind = $2, name = $3, type = $4, uploaded_at = $5 where id = $1 returning `+fileColumns,
		known.ID, file.Kind, file.Name, file.Type, instant(file.UploadedAt))
	return renewed, err
}

// FileStored records that the content of a file is stored, and returns its record. It reports whether there still is one.
func (l *Ledger) FileStored(ctx context.Context, id int64, at time.Time) (file File, recorded bool, err error) {
	err = l.lock(ctx, "record that a file is stored", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `update files set stored_at = $2 where id = $1 and stored_at is null`, id, instant(precise(at)))
		if err == nil {
			file, recorded, err = first(ctx, tx, scanFile, `select `+fileColumns+` from files where id = $1`, id)
		}
		return err
	})
	return file, recorded, err
}

// SendFiles records that the message which names these files, by their hashes, was accepted. Repeated, it changes nothing.
func (l *Ledger) SendFiles(ctx context.Context, disputeID string, purpose FilePurpose, sha256s []string, at time.Time) error {
	if len(sha256s) == 0 {
		return nil
	}
	where := conditions{args: []any{instant(precise(at))}}
	where.add("sent_at is null")
	where.files(disputeID, purpose, sha256s)
	return l.lock(ctx, "record that files of dispute "+disputeID+" were sent", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `update files set sent_at = $1`+where.clause(), where.args...)
		return err
	})
}

// HoldFiles keeps the drafts among these files of a dispute, by their hashes, from being removed while the message that names
// them is on its way from at on. It returns how many of the files there are, drafts and sent; of a missing one none is held.
func (l *Ledger) HoldFiles(ctx context.Context, disputeID string, purpose FilePurpose, sha256s []string, at time.Time) (there int, err error) {
	err = l.lock(ctx, "hold files of dispute "+disputeID, func(tx *transaction) error {
		var where conditions
		where.files(disputeID, purpose, sha256s)
		held := conditions{args: []any{instant(precise(at))}}
		held.add("sent_at is null")
		held.files(disputeID, purpose, sha256s)
		if _, err := tx.ExecContext(ctx, `update files set sending_at = $1`+held.clause(), held.args...); err != nil {
			return err
		}
		found, err := collect(ctx, tx, scanFile, `select `+fileColumns+` from files`+where.clause(), where.args...)
		there = len(found)
		return err
	})
	return there, err
}

// ReleaseFiles lets the drafts be removed again that HoldFiles has held at an instant: the message was refused.
func (l *Ledger) ReleaseFiles(ctx context.Context, disputeID string, purpose FilePurpose, sha256s []string, at time.Time) error {
	return l.lock(ctx, "release files of dispute "+disputeID, func(tx *transaction) error {
		where := conditions{args: []any{instant(precise(at))}}
		where.terms = []string{"sending_at = $1", "sent_at is null"}
		where.files(disputeID, purpose, sha256s)
		_, err := tx.ExecContext(ctx, `update files set sending_at = null`+where.clause(), where.args...)
		return err
	})
}

// files selects stored files of a dispute by their hashes.
func (c *conditions) files(disputeID string, purpose FilePurpose, sha256s []string) {
	c.add("stored_at is not null")
	c.add("dispute_id = ?", disputeID)
	c.add("purpose = ?", purpose)
	c.in("sha256", sha256s)
}

// RenewDrafts makes drafts of a dispute, by their ids, as old as new ones.
func (l *Ledger) RenewDrafts(ctx context.Context, disputeID string, ids []int64, at time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	return l.lock(ctx, "renew drafts of dispute "+disputeID, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `update files set uploaded_at = $1 where dispute_id = $2 and sent_at is null and id in (`+list(ids)+`)`,
			instant(precise(at)), disputeID)
		return err
	})
}

// DropFile removes the record of a file whose content is not stored, and reports whether it did.
func (l *Ledger) DropFile(ctx context.Context, id int64) (dropped bool, err error) {
	err = l.lock(ctx, "remove the record of a file", func(tx *transaction) error {
		rows, err := rowsAffected(tx.ExecContext(ctx, `delete from files where id = $1 and stored_at is null`, id))
		dropped = rows > 0
		return err
	})
	return dropped, err
}

// RemoveDraft removes the record of a file that was not sent, if it was uploaded before an instant and no message that names it
// has been on its way since another, and reports whether it did.
func (l *Ledger) RemoveDraft(ctx context.Context, id int64, before, heldSince time.Time) (removed bool, err error) {
	err = l.lock(ctx, "remove a draft", func(tx *transaction) error {
		rows, err := rowsAffected(tx.ExecContext(ctx, `delete from files
			where id = $1 and sent_at is null and uploaded_at < $2 and (sending_at is null or sending_at < $3)`,
			id, instant(precise(before)), instant(precise(heldSince))))
		removed = rows > 0
		return err
	})
	return removed, err
}

// EraseFiles removes the records of all files of a dispute, and returns how many there were. Its caller has erased the
// dispute, so that none is added, and removed their contents.
func (l *Ledger) EraseFiles(ctx context.Context, disputeID string) (erased int64, err error) {
	err = l.lockFiles(ctx, "erase the files of dispute "+disputeID, disputeID, func(tx *transaction) error {
		erased, err = rowsAffected(tx.ExecContext(ctx, `delete from files where dispute_id = $1`, disputeID))
		return err
	})
	if err == nil && erased > 0 {
		err = l.cleanLog(ctx)
	}
	return erased, err
}

// Files lists the files of a dispute in the order of their upload, also those whose content is on its way.
func (l *Ledger) Files(ctx context.Context, disputeID string) (files []File, err error) {
	err = l.autocommit("list the files of dispute "+disputeID, func(tx *transaction) error {
		files, err = filesOf(ctx, tx, disputeID)
		return err
	})
	return files, err
}

func filesOf(ctx context.Context, tx *transaction, disputeID string) ([]File, error) {
	return collect(ctx, tx, scanFile, `select `+fileColumns+` from files where dispute_id = $1 order by id`, disputeID)
}

// Drafts lists the files that were uploaded before an instant and not sent, and those that were uploaded before another instant
// and whose content is not stored: at most limit, those after an id, by id.
func (l *Ledger) Drafts(ctx context.Context, before, unstoredBefore time.Time, after int64, limit int) (drafts []File, err error) {
	err = l.autocommit("list drafts of files", func(tx *transaction) error {
		drafts, err = collect(ctx, tx, scanFile, `select `+fileColumns+` from files
			where sent_at is null and (uploaded_at < $1 or stored_at is null and uploaded_at < $2) and id > $3 order by id limit $4`,
			instant(precise(before)), instant(precise(unstoredBefore)), after, limit)
		return err
	})
	return drafts, err
}

// FilesByID finds files by their ids.
func (l *Ledger) FilesByID(ctx context.Context, ids []int64) (files []File, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = l.autocommit("find files", func(tx *transaction) error {
		files, err = collect(ctx, tx, scanFile, `select `+fileColumns+` from files where id in (`+list(ids)+`) order by id`)
		return err
	})
	return files, err
}

// list is an SQL list of ids.
func list(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ", ")
}

// lockFiles is lock, and lets one transaction at a time work on the files of a dispute.
func (l *Ledger) lockFiles(ctx context.Context, operation, disputeID string, work func(*transaction) error) error {
	return l.lock(ctx, operation, func(tx *transaction) error {
		if l.lockName != "" {
			if _, err := tx.ExecContext(ctx, l.lockName, "files of "+disputeID); err != nil {
				return err
			}
		}
		return work(tx)
	})
}
