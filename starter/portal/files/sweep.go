package files

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

const (
	// draftAge is how long a draft waits to be sent.
	draftAge = 30 * 24 * time.Hour
	// brokenAge is when an upload that has not ended has broken off.
	brokenAge = time.Hour
	// contentAge is how old a content without a record is when it is removed. One that is younger may be a part of an upload.
	contentAge = 24 * time.Hour
	// sweepInterval is the time between sweeps.
	sweepInterval = 6 * time.Hour
	sweepPage     = 500
)

// ReadCase reads the whole case of a dispute, from Temporal or from the archive. It fails with dispute.CodeUnknownDispute where
// there is none.
type ReadCase func(ctx context.Context, disputeID string) (dispute.Case, error)

// Swept is what a sweep has done.
type Swept struct {
	// Drafts were removed. Sent were found in their case and are recorded as sent. Contents without a record were removed.
	Drafts, Sent, Contents int
	// Kept were left: their case could not be read or is unknown here, or names a content that has no record, as after a ledger
	// was restored.
	Kept int
}

// sweeper is one sweep.
type sweeper struct {
	*Files
	read  ReadCase
	now   time.Time
	cases map[string]readCase // of this page
	swept Swept
}

type readCase struct {
	dispute.Case
	err error
}

// Sweep removes drafts that nobody has sent for 30 days, uploads that have broken off, and contents without a record of disputes
// that are known or were erased. A draft that its case names was sent, and is recorded so. It is safe beside uploads, messages
// and other sweeps.
func (f *Files) Sweep(ctx context.Context, read ReadCase) (Swept, error) {
	s := sweeper{Files: f, read: read, now: time.Now()}
	err := errors.Join(s.sweepDrafts(ctx), s.sweepContents(ctx))
	return s.swept, err
}

// Run sweeps now and every six hours, until ctx ends.
func (f *Files) Run(ctx context.Context, read ReadCase, log *slog.Logger) {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		swept, err := f.Sweep(ctx, read)
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "a sweep of files has failed; it is repeated", "error", err)
		}
		if swept != (Swept{}) {
			log.InfoContext(ctx, "swept files", "drafts", swept.Drafts, "sent", swept.Sent, "contents", swept.Contents, "kept", swept.Kept)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// caseOf reads a case once per page. A dispute that is unknown has an empty one.
func (s *sweeper) caseOf(ctx context.Context, disputeID string) (dispute.Case, error) {
	known, found := s.cases[disputeID]
	if !found {
		known.Case, known.err = s.read(ctx, disputeID)
		if dispute.CodeOf(known.err) == dispute.CodeUnknownDispute {
			known = readCase{}
		}
		s.cases[disputeID] = known
	}
	return known.Case, known.err
}

func (s *sweeper) sweepDrafts(ctx context.Context) error {
	var after int64
	for {
		drafts, err := s.books.Drafts(ctx, s.now.Add(-draftAge), s.now.Add(-brokenAge), after, sweepPage)
		if err != nil {
			return err
		}
		s.cases = map[string]readCase{}
		for _, draft := range drafts {
			if err := s.sweepDraft(ctx, draft); err != nil {
				return err
			}
			after = draft.ID
		}
		if len(drafts) < sweepPage {
			return nil
		}
	}
}

func (s *sweeper) sweepDraft(ctx context.Context, draft ledger.File) error {
	if draft.StoredAt.IsZero() { // no message names it
		return s.remove(ctx, draft, brokenAge)
	}
	c, err := s.caseOf(ctx, draft.DisputeID)
	switch {
	case err != nil:
		s.swept.Kept++
		return ctx.Err()
	case isNamed(c, draft.Purpose, draft.SHA256):
		s.swept.Sent++
		return s.books.SendFiles(ctx, draft.DisputeID, draft.Purpose, []string{draft.SHA256}, s.now)
	}
	return s.remove(ctx, draft, draftAge)
}

func (s *sweeper) remove(ctx context.Context, draft ledger.File, age time.Duration) error {
	s.swept.Drafts++
	_, err := s.removeDraft(ctx, draft, s.now.Add(-age))
	return err
}

// sweepContents removes contents without a record, and what a broken Put has left. Anything else in the store is not ours.
func (s *sweeper) sweepContents(ctx context.Context) error {
	var page []content
	for object, err := range s.store.List(ctx, "") {
		if err != nil {
			return err
		}
		if found, ours := parseContent(object.Name); ours && s.now.Sub(object.ModifiedAt) >= contentAge {
			page = append(page, found)
		}
		if len(page) == sweepPage {
			if err := s.sweepPage(ctx, page); err != nil {
				return err
			}
			page = nil
		}
	}
	return s.sweepPage(ctx, page)
}

// sweepPage removes those contents that have no record.
func (s *sweeper) sweepPage(ctx context.Context, page []content) error {
	ids := make([]int64, len(page))
	for i, content := range page {
		ids[i] = content.ID
	}
	recorded, err := s.books.FilesByID(ctx, ids)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, file := range recorded {
		known[contentName(file)] = true
	}
	s.cases = map[string]readCase{}
	for _, content := range page {
		if known[content.name] {
			continue
		}
		if err := s.sweepContent(ctx, content); err != nil {
			return err
		}
	}
	return nil
}

// sweepContent removes a content without a record. Those of disputes that are unknown here may be of another installation on
// the same store.
func (s *sweeper) sweepContent(ctx context.Context, content content) error {
	c, err := s.caseOf(ctx, content.DisputeID)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ours := err == nil && c.Dispute.ID != "" && !isNamedAnywhere(c, content.SHA256)
	if !ours {
		if _, ours, err = s.books.Erasure(ctx, content.DisputeID); err != nil {
			return err
		}
	}
	if !ours {
		s.swept.Kept++
		return nil
	}
	s.swept.Contents++
	return s.store.Delete(ctx, content.name)
}

func isNamedAnywhere(c dispute.Case, sha256 string) bool {
	for _, purpose := range ledger.FilePurposes {
		if isNamed(c, purpose, sha256) {
			return true
		}
	}
	return false
}
