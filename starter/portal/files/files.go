package files

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
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

// References are the files as a message names them. Location says where its readers find a file, such as its page.
func References(files []ledger.File, location func(ledger.File) string) []dispute.File {
	var references []dispute.File
	for _, file := range files {
		references = append(references, dispute.File{
			Kind: file.Kind, Name: file.Name, Size: file.Size, SHA256: file.SHA256, Location: location(file),
		})
	}
	return references
}

// MarkSent records that the message which names these files was accepted. Repeated, it changes nothing. What is not recorded
// because the process ended, the next Sweep records.
func (f *Files) MarkSent(ctx context.Context, disputeID string, purpose ledger.FilePurpose, sent []dispute.File) error {
	hashes := make([]string, len(sent))
	for i, file := range sent {
		hashes[i] = strings.ToLower(file.SHA256)
	}
	return f.books.SendFiles(ctx, disputeID, purpose, hashes, time.Now())
}

// Remove removes a draft. A file that was sent, or removed already, stays as it is.
func (f *Files) Remove(ctx context.Context, draft ledger.File) error {
	removed, err := f.books.RemoveDraft(ctx, draft.ID, time.Now().Add(time.Hour))
	if err != nil || !removed {
		return err
	}
	return f.store.Delete(ctx, contentName(draft))
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

// Named returns the files that a case names for a purpose.
func Named(c dispute.Case, purpose ledger.FilePurpose) []dispute.File {
	var named []dispute.File
	switch purpose {
	case ledger.FileForComplaint:
		if c.Dispute.Complaint != nil {
			named = c.Dispute.Complaint.Files
		}
	case ledger.FileForStatement:
		if c.Statement != nil {
			named = c.Statement.Files
		}
	case ledger.FileForEvidence:
		for _, evidence := range c.Evidence {
			named = append(named, evidence.Files...)
		}
	}
	return named
}

func names(c dispute.Case, file ledger.File) bool {
	return slices.ContainsFunc(Named(c, file.Purpose), func(named dispute.File) bool { return strings.EqualFold(named.SHA256, file.SHA256) })
}

// MayRead reports whether an audience may read a file: merchant and customer their own files and those of the other party that
// their case names, the desk all that were sent. The case is what the audience sees of it (Case.For).
func MayRead(file ledger.File, audience dispute.Party, seen dispute.Case) bool {
	if file.DisputeID != seen.Dispute.ID {
		return false
	}
	switch audience { //nolint:exhaustive // the others read nothing
	case dispute.PartyMerchant, dispute.PartyCustomer:
		return audience == file.Purpose.Party() || names(seen, file)
	case dispute.PartyDesk:
		return !file.SentAt.IsZero() || names(seen, file)
	default:
		return false
	}
}

// contentName is the name of a file's content in the store.
func contentName(file ledger.File) string {
	return fmt.Sprintf("%s/%s-%d", folderOf(file.DisputeID), file.SHA256, file.ID)
}
