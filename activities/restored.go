package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// BegunRun is a run that works on a dispute or has ended it, as Temporal lists it.
type BegunRun struct {
	DisputeID string
	// State is RunRunning or RunClosed.
	State RunState
	// Decided means that the run has decided the dispute.
	Decided bool
}

// The remedies after one of the two systems was restored from an older copy: the other one knows what has happened since.
const (
	// RemedyPause records a dispute that its run works on, and pauses its invoice again.
	RemedyPause Remedy = "pause"
	// RemedyBook books the settlement of a run, as it was decided and on its day. The parties have been informed.
	RemedyBook Remedy = "book"
	// RemedyFollow ends a run that works on a dispute which the ledger has closed: a new run follows the ledger. Nobody gets
	// a message twice.
	RemedyFollow Remedy = "follow"
)

const (
	restoredLedger   = "; was the ledger restored from an older copy?"
	restoredTemporal = "; was Temporal restored from an older copy?"
)

// allDiverged returns the disputes about which the ledger knows less than Temporal, or has closed without its run knowing.
func allDiverged(ctx context.Context, ledger UnfinishedDisputes, runs Runs, before time.Time, alive func()) (diverged []Stranded, err error) {
	begun, err := runs.Begun(ctx, before)
	if err != nil {
		return nil, fmt.Errorf("ask Temporal for all disputes: %w", err)
	}
	for _, run := range begun {
		alive()
		found, is, err := JudgeDiverged(ctx, ledger, runs, run)
		if err != nil {
			return nil, err
		}
		if is {
			diverged = append(diverged, found)
		}
	}
	return diverged, nil
}

// JudgeDiverged reports whether ledger and Temporal contradict each other about a dispute that has a run, and why.
func JudgeDiverged(ctx context.Context, ledger UnfinishedDisputes, runs Runs, begun BegunRun) (found Stranded, is bool, err error) {
	record, known, err := ledger.Recorded(ctx, begun.DisputeID)
	closed := record.Decision.Outcome != ""
	switch {
	case err != nil:
		return Stranded{}, false, err
	case known && begun.State == RunClosed, // as it should be, or JudgeStranded finds it
		known && !closed && !begun.Decided:
		return Stranded{}, false, nil
	}
	run, err := runs.Read(ctx, begun.DisputeID)
	if err != nil {
		return Stranded{}, false, fmt.Errorf("ask Temporal for the run of dispute %s: %w", begun.DisputeID, err)
	}
	found.UnfinishedDispute, found.Begun, found.run = record, begun, run
	if !known && run.Dispute != nil {
		found.UnfinishedDispute = run.unfinished()
	}
	found.ID = begun.DisputeID
	found.Remedy, found.Finding = divergence(run, known, record.Decision)
	if found.Remedy != "" && found.Remedy != RemedyNone {
		found.Dispute = run.Dispute
	}
	return found, found.Remedy != "", nil
}

// divergence returns the repair of a contradiction; nothing if there is none.
func divergence(run Run, known bool, booked dispute.Decision) (remedy Remedy, finding string) {
	closed := booked.Outcome != ""
	switch {
	case run.State != RunRunning && run.State != RunClosed: // stopped since it was listed
		return "", ""
	case run.Dispute == nil || run.Takeover == nil:
		if known {
			return "", ""
		}
		return RemedyNone, "the ledger does not know it, and its run cannot be read" + restoredLedger
	case closed && run.State == RunRunning && run.Takeover.Decision == nil:
		return RemedyFollow, "the ledger has closed it (" + string(booked.Reason) + "), and its run goes on" + restoredTemporal
	case closed && run.State == RunRunning && *run.Takeover.Decision != booked:
		return RemedyFollow, "the ledger has closed it (" + string(booked.Reason) + "), and its run decided otherwise" + restoredTemporal
	case closed || run.Takeover.PausedAt.IsZero(): // the pause is being retried
		return "", ""
	case !run.Takeover.SettledAt.IsZero():
		return RemedyBook, run.hasSettled()
	case known: // its settlement is being retried
		return "", ""
	default:
		return RemedyPause, "the ledger does not know it, and its run works on it" + restoredLedger
	}
}

// settled reports whether the run has settled the dispute with this content, as far as it can be read.
func (r Run) settled(contentHash string) bool {
	return r.Dispute != nil && r.Dispute.Hash() == contentHash && r.Takeover != nil && !r.Takeover.SettledAt.IsZero()
}

func (r Run) hasSettled() string {
	return "its run has settled it (" + string(r.Takeover.Decision.Reason) + "), and the ledger does not know" + restoredLedger
}

// unfinished is what the ledger would know of the dispute of a run.
func (r Run) unfinished() UnfinishedDispute {
	d := UnfinishedDispute{
		ID: r.Dispute.ID, ContentHash: r.Dispute.Hash(), InvoiceID: r.Dispute.InvoiceID,
		DisputedAmount: r.Dispute.DisputedAmount, Calendar: r.Dispute.WithDefaults().Calendar,
	}
	if r.Takeover != nil {
		d.PausedAt = r.Takeover.PausedAt
	}
	return d
}

// Rebook books what a run has booked before and the ledger does not know any more: the pause, with RemedyBook the settlement
// too, each at its instant. The ledger refuses what it does not fit, such as an invoice that was not imported again.
func (s Stranded) Rebook(ctx context.Context, ledger Ledger) error {
	cal, err := calendar.Load(s.Calendar)
	if err != nil {
		return err
	}
	from := s.run.Takeover
	pause := Pause{Dispute: *s.Dispute, RunID: s.run.ID, At: from.PausedAt, Today: today(from.PausedAt, cal)}
	if _, err := ledger.Pause(ctx, pause); err != nil || s.Remedy == RemedyPause {
		return err
	}
	_, err = ledger.Settle(ctx, Settle{
		DisputeID: s.ID, Calendar: s.Calendar, Decision: *from.Decision, At: from.SettledAt, Today: today(from.SettledAt, cal),
	})
	return err
}
