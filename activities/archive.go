package activities

import (
	"context"
	"time"
)

// CaseArchive keeps cases for longer than Temporal keeps their workflows. The ledger's database has it.
type CaseArchive interface {
	// ArchiveCase keeps a case in place of the one before of the same dispute. The case of a dispute that was erased is not
	// kept. Every error is transient.
	ArchiveCase(ctx context.Context, in ArchivedCase) error
}

// ArchivedCase is the case of a dispute whose workflow has ended.
type ArchivedCase struct {
	DisputeID string
	At        time.Time
	// Content is a dispute.Case as JSON, encrypted with the key KeyID unless that is empty.
	KeyID   string
	Content []byte
}

// Sealer encrypts data. The context is not encrypted and has to be the same when the data is decrypted: encrypted data of
// one dispute cannot take the place of another's. Without keys keyID is empty and sealed is the data.
type Sealer interface {
	Seal(data []byte, context string) (keyID string, sealed []byte)
}
