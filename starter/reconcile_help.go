package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// helped is a stranded dispute with what was done about it.
type helped struct {
	activities.Stranded
	Done string `json:"done,omitzero"`
}

// helpOne applies the remedy of a stranded dispute. What it finds now may differ from what was shown: a backend service, or
// another operator, may have repaired the dispute, and Temporal may have deleted the run. A remedy that was not shown is not
// applied.
func helpOne(ctx context.Context, disputes *workflows.Client, books *ledger.Ledger, shown activities.Stranded, reactivate bool) (done string, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	s, still, err := judgeAgain(ctx, disputes, books, shown)
	switch {
	case err != nil:
		return "", err
	case !still:
		return "another has repaired it, or is about to", nil
	case s.Remedy != shown.Remedy:
		return "", fmt.Errorf("the remedy is now %s, not %s: %s; run reconcile again", s.Remedy, shown.Remedy, s.Finding)
	case s.Remedy == activities.RemedyReactivate && !reactivate:
		return "", errors.New("reactivating it loses what was said and decided, and informs nobody: open it again, or add --reactivate")
	}
	return apply(ctx, disputes, books, s)
}

// apply repairs a stranded dispute, and returns what was done.
func apply(ctx context.Context, disputes *workflows.Client, books *ledger.Ledger, s activities.Stranded) (done string, err error) {
	switch s.Remedy {
	case activities.RemedyReopen:
		_, err := disputes.Open(ctx, *s.Dispute)
		return "reopened", err
	case activities.RemedySettle:
		_, err := disputes.Open(ctx, *s.Dispute)
		return "is being settled as it was decided, and both parties are informed", err
	case activities.RemedyTell:
		if s.Dispute == nil {
			return "", errors.New("its content is no longer in Temporal: run `starter ledger tell` with the dispute as it was opened")
		}
		_, err := disputes.Tell(ctx, *s.Dispute, s.Decision)
		return "both parties are being informed", err
	case activities.RemedyReactivate:
		_, err := activities.NewInvoices(books, time.Now).SettleInvoice(ctx, activities.Settle{
			DisputeID: s.ID, Calendar: s.Calendar, Decision: dispute.Decide(dispute.ClosedByOperator, s.DisputedAmount, nil),
		})
		return "reactivated", err
	case activities.RemedyPause:
		return "paused again", s.Rebook(ctx, books)
	case activities.RemedyBook:
		return "booked as it was settled", s.Rebook(ctx, books)
	case activities.RemedyFollow:
		_, err := disputes.Follow(ctx, *s.Dispute, s.Decision)
		return "its run follows the ledger", err
	case activities.RemedyNone:
		return "", errors.New(s.Finding)
	}
	return "", fmt.Errorf("the remedy %q is unknown", s.Remedy)
}

// judgeAgain judges a dispute as it is now, in the ledger too.
func judgeAgain(ctx context.Context, disputes *workflows.Client, books *ledger.Ledger, shown activities.Stranded) (activities.Stranded, bool, error) {
	if shown.Begun.DisputeID != "" {
		return activities.JudgeDiverged(ctx, books, disputes, shown.Begun)
	}
	d := shown.UnfinishedDispute
	record, err := books.Dispute(ctx, d.ID)
	if err != nil {
		return activities.Stranded{}, false, err
	}
	d.Decision = record.Decision
	return activities.JudgeStranded(ctx, disputes, d)
}
