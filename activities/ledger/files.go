package ledger

import (
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// File is a file that a party has uploaded to a dispute. Its content is kept elsewhere, by dispute, hash and id.
type File struct {
	ID        int64
	DisputeID string
	// Purpose says which message is to name the file, and by that whose it is.
	Purpose FilePurpose
	// Kind is one of dispute.FileKinds.
	Kind string
	Name string
	// Type is the media type that the content has.
	Type string
	// Size in bytes, and SHA256 of the content in hexadecimal.
	Size   int64
	SHA256 string
	// UploadedAt is when it was uploaded, the last time.
	UploadedAt time.Time
	// StoredAt is zero while the content is on its way to the store.
	StoredAt time.Time
	// SentAt is zero for a draft: until the message that names the file is accepted.
	SentAt time.Time
}

// FilePurpose is the message that a file is for.
type FilePurpose string

// The purposes.
const (
	FileForEvidence  FilePurpose = "evidence"
	FileForStatement FilePurpose = "statement"
	FileForComplaint FilePurpose = "complaint"
)

// FilePurposes lists all purposes.
var FilePurposes = []FilePurpose{FileForEvidence, FileForStatement, FileForComplaint}

// Party returns whose message it is.
func (p FilePurpose) Party() dispute.Party {
	if p == FileForEvidence {
		return dispute.PartyMerchant
	}
	return dispute.PartyCustomer
}

// FileLimits bound what a party may upload to a dispute.
type FileLimits struct {
	// Drafts is how many files of one purpose may wait to be sent.
	Drafts int
	// Files and Bytes are for all files of the party, drafts and sent.
	Files int
	Bytes int64
}

// FileLimit names a limit that an upload exceeds.
type FileLimit string

// The limits, by the member of FileLimits.
const (
	FileLimitDrafts FileLimit = "drafts"
	FileLimitFiles  FileLimit = "files"
	FileLimitBytes  FileLimit = "bytes"
)

// FileLimitError is returned for a file that exceeds a limit.
type FileLimitError struct {
	Limit FileLimit
}

func (e *FileLimitError) Error() string {
	return "this file exceeds the limit of " + string(e.Limit) + " of its party"
}

// admit returns an error if a file exceeds a limit beside the files of its dispute.
func (l FileLimits) admit(file File, beside []File) error {
	drafts, files, size := 1, 1, file.Size
	for _, other := range beside {
		if other.Purpose.Party() != file.Purpose.Party() {
			continue
		}
		files++
		size += other.Size
		if other.Purpose == file.Purpose && other.SentAt.IsZero() {
			drafts++
		}
	}
	switch {
	case drafts > l.Drafts:
		return &FileLimitError{FileLimitDrafts}
	case files > l.Files:
		return &FileLimitError{FileLimitFiles}
	case size > l.Bytes:
		return &FileLimitError{FileLimitBytes}
	}
	return nil
}
