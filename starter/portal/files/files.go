package files

import (
	"context"
	"slices"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
)

// Files keeps the files of disputes. It is safe for concurrent use, also by several processes on the same ledger and store.
type Files struct {
	books *ledger.Ledger
	store Store
	// checking bounds how many contents are in memory at a time.
	checking chan struct{}
}

// New returns the files that are recorded in a ledger and kept in a store.
func New(books *ledger.Ledger, store Store) *Files {
	return &Files{books: books, store: store, checking: make(chan struct{}, 2)}
}

// List lists the files of a dispute that are whole in the store, drafts and sent, in the order of their upload.
func (f *Files) List(ctx context.Context, disputeID string) ([]ledger.File, error) {
	files, err := f.books.Files(ctx, disputeID)
	return slices.DeleteFunc(files, func(file ledger.File) bool { return file.StoredAt.IsZero() }), err
}

// Drafts selects the files that wait to be sent for a purpose.
func Drafts(files []ledger.File, purpose ledger.FilePurpose) []ledger.File {
	return slices.DeleteFunc(slices.Clone(files), func(file ledger.File) bool { return file.Purpose != purpose || !file.SentAt.IsZero() })
}

// Remove removes a draft. A file that was sent, or removed already, stays as it is. It fails with a Refusal of ReasonSending
// while a message that names the file is on its way.
func (f *Files) Remove(ctx context.Context, draft ledger.File) error {
	removed, err := f.removeDraft(ctx, draft, time.Now().Add(time.Hour)) // whatever its age, by any clock
	if err != nil || removed {
		return err
	}
	left, err := f.books.FilesByID(ctx, []int64{draft.ID})
	if err == nil && len(left) > 0 && left[0].SentAt.IsZero() {
		err = &Refusal{Reason: ReasonSending}
	}
	return err
}

// removeDraft removes a draft that was uploaded before an instant, and reports whether it did: the record first, so that no record
// is without content.
func (f *Files) removeDraft(ctx context.Context, draft ledger.File, before time.Time) (removed bool, err error) {
	removed, err = f.books.RemoveDraft(ctx, draft.ID, before, time.Now().Add(-holdTime))
	if err != nil || !removed {
		return removed, err
	}
	return true, f.store.Delete(ctx, contentName(draft))
}

// Erase removes all files of a dispute, their contents first, and returns how many there were. The dispute was erased in the
// ledger before, so that none is added. Repeated, it removes the rest.
func (f *Files) Erase(ctx context.Context, disputeID string) (int64, error) {
	var names []string
	for object, err := range f.store.List(ctx, folderOf(disputeID)) {
		if err != nil {
			return 0, err
		}
		names = append(names, object.Name)
	}
	for _, name := range names {
		if err := f.store.Delete(ctx, name); err != nil {
			return 0, err
		}
	}
	return f.books.EraseFiles(ctx, disputeID)
}
