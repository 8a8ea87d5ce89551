package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
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

// Archive archives cases.
type Archive struct {
	cases CaseArchive
	keys  Sealer
	clock Clock
}

// NewArchive returns the activity on an archive.
func NewArchive(cases CaseArchive, keys Sealer, clock Clock) *Archive {
	return &Archive{cases: cases, keys: keys, clock: clock}
}

// Archived says that a case is in the archive.
type Archived struct {
	At time.Time `json:"at"`
	// KeyID is the id of the key that encrypts the case; empty if it is not encrypted.
	KeyID string `json:"keyId,omitzero"`
	// Bytes is the size of the case as JSON.
	Bytes int `json:"bytes"`
}

// ArchiveCase archives the case of a dispute at its end. It refuses nothing: every error is retried.
func (a *Archive) ArchiveCase(ctx context.Context, in dispute.Case) (Archived, error) {
	content, err := json.Marshal(in)
	if err != nil {
		return Archived{}, fmt.Errorf("encode the case of dispute %s: %w", in.Dispute.ID, err)
	}
	archived := ArchivedCase{DisputeID: in.Dispute.ID, At: a.clock.now()}
	archived.KeyID, archived.Content = a.keys.Seal(content, archived.DisputeID)
	return Archived{At: archived.At, KeyID: archived.KeyID, Bytes: len(content)}, retryable(a.cases.ArchiveCase(ctx, archived))
}
