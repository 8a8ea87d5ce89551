package files

import (
	"context"
	"errors"
	"log/slog"

	"github.com/streitfall/streitfall/dispute"
)

// ReadCase reads the whole case of a dispute, from Temporal or from the archive. It fails with dispute.CodeUnknownDispute where
// there is none.
type ReadCase func(ctx context.Context, disputeID string) (dispute.Case, error)

// Swept is what a sweep has done.
type Swept struct {
	// Drafts were removed, Sent were found in their case and are recorded as sent, Contents without a record were removed.
	Drafts, Sent, Contents int
	// Kept were left because their case could not be read.
	Kept int
}

// Sweep removes drafts that nobody has sent for 30 days, and contents without a record. A draft that its case names was sent.
// It is safe beside uploads and other sweeps.
func (f *Files) Sweep(ctx context.Context, read ReadCase) (Swept, error) {
	return Swept{}, errors.ErrUnsupported
}

// Run sweeps now and every six hours, until ctx ends.
func (f *Files) Run(ctx context.Context, read ReadCase, log *slog.Logger) {}
