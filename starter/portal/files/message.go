package files

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// References returns files, by their ids, as a message is to name them. Location says where its readers find a file, such as
// its page. A message that is sent again may name files that it has sent. Drafts are safe from a Sweep from now on, for as long
// as new ones are.
//
// It fails with a Refusal: ReasonTooMany for more files than a message takes, ReasonRemoved for an id that is not one of a file
// of this dispute and purpose.
func (f *Files) References(ctx context.Context, disputeID string, purpose ledger.FilePurpose, ids []int64, location func(ledger.File) string) ([]dispute.File, error) {
	if len(ids) > dispute.MaxFiles {
		return nil, &Refusal{Reason: ReasonTooMany}
	}
	if err := f.books.RenewDrafts(ctx, disputeID, ids, time.Now()); err != nil {
		return nil, err
	}
	files, err := f.List(ctx, disputeID)
	if err != nil {
		return nil, err
	}
	var references []dispute.File
	for _, id := range ids {
		i := slices.IndexFunc(files, func(file ledger.File) bool { return file.ID == id && file.Purpose == purpose })
		if i < 0 {
			return nil, &Refusal{Reason: ReasonRemoved}
		}
		file := files[i]
		references = append(references, dispute.File{
			Kind: file.Kind, Name: file.Name, Size: file.Size, SHA256: file.SHA256, Location: location(file),
		})
	}
	return references, nil
}

// holdTime is how long files are held for a message whose fate is not known.
const holdTime = 10 * time.Minute

// Hold keeps the drafts that a message names from being removed while it is on its way, for ten minutes at most. It fails with a
// Refusal of ReasonRemoved if a file is not there any more. The message that was refused releases them; one that has no answer
// may still be taken, and does not.
func (f *Files) Hold(ctx context.Context, disputeID string, purpose ledger.FilePurpose, named []dispute.File) (release func(context.Context) error, err error) {
	if len(named) == 0 {
		return func(context.Context) error { return nil }, nil
	}
	hashes, at := hashesOf(named), time.Now()
	there, err := f.books.HoldFiles(ctx, disputeID, purpose, hashes, at)
	release = func(ctx context.Context) error { return f.books.ReleaseFiles(ctx, disputeID, purpose, hashes, at) }
	if err == nil && there < len(named) {
		err = errors.Join(&Refusal{Reason: ReasonRemoved}, release(ctx))
	}
	return release, err
}

// MarkSent records that the message which names these files was accepted. Repeated, it changes nothing. What is not recorded
// because the process ended, the next Sweep records.
func (f *Files) MarkSent(ctx context.Context, disputeID string, purpose ledger.FilePurpose, sent []dispute.File) error {
	return f.books.SendFiles(ctx, disputeID, purpose, hashesOf(sent), time.Now())
}

func hashesOf(named []dispute.File) []string {
	hashes := make([]string, len(named))
	for i, file := range named {
		hashes[i] = strings.ToLower(file.SHA256)
	}
	return hashes
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

// isNamed reports whether a case names a content for a purpose.
func isNamed(c dispute.Case, purpose ledger.FilePurpose, sha256 string) bool {
	return slices.ContainsFunc(Named(c, purpose), func(named dispute.File) bool { return strings.EqualFold(named.SHA256, sha256) })
}

// MayRead reports whether an audience may read a file: merchant and customer their own files and those of the other party that
// their case names, the desk all that were sent. The case is what the audience sees of it (Case.For).
func MayRead(file ledger.File, audience dispute.Party, seen dispute.Case) bool {
	if file.DisputeID != seen.Dispute.ID || file.StoredAt.IsZero() {
		return false
	}
	named := isNamed(seen, file.Purpose, file.SHA256)
	switch audience { //nolint:exhaustive // the others read nothing
	case dispute.PartyMerchant, dispute.PartyCustomer:
		return named || audience == file.Purpose.Party()
	case dispute.PartyDesk:
		return named || !file.SentAt.IsZero()
	default:
		return false
	}
}
