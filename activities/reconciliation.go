package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/streitfall/streitfall/dispute"
)

// OpenDispute is a dispute that the ledger has open, so that its invoice is paused.
type OpenDispute struct {
	ID string `json:"id"`
	// ContentHash is dispute.Dispute's Hash of what was opened.
	ContentHash    string        `json:"contentHash"`
	InvoiceID      string        `json:"invoiceId"`
	DisputedAmount dispute.Money `json:"disputedAmount"`
	Calendar       string        `json:"calendar"`
	PausedAt       time.Time     `json:"pausedAt"`
}

// OpenDisputes knows the disputes that are open in the ledger.
type OpenDisputes interface {
	// OpenDisputes lists those that were paused before an instant, those paused first first.
	OpenDisputes(ctx context.Context, pausedBefore time.Time) ([]OpenDispute, error)
}

// RunState says what Temporal knows of the last run of a dispute.
type RunState string

// The states of a last run.
const (
	// RunGoesOn works on the dispute.
	RunGoesOn RunState = "running"
	// RunClosed has brought the dispute to its end.
	RunClosed RunState = "closed"
	// RunStopped ended without an end of the dispute: an operator has terminated it, or it was refused.
	RunStopped RunState = "stopped"
	// RunMissing is none: the history has been deleted, or was lost with Temporal's database.
	RunMissing RunState = "missing"
)

// Run is the last run of a dispute.
type Run struct {
	State RunState
	// Dispute is what a stopped run was about, as far as Temporal can still tell.
	Dispute *dispute.Dispute
}

// Runs asks Temporal for runs. It asks by workflow id: the lists of visibility lag behind, and a dispute that
// they do not show yet would look as if nobody worked on it.
type Runs interface {
	LastRun(ctx context.Context, disputeID string) (Run, error)
}

// Remedy is what helps a stranded dispute.
type Remedy string

// The remedies.
const (
	// RemedyReopen opens the dispute again: a new run takes it over, tells both parties anew and gives them their
	// time again.
	RemedyReopen Remedy = "reopen"
	// RemedyReactivate gives the invoice back and closes the dispute as cancelled by an operator, when Temporal knows
	// nothing of it. Nobody is told: who the customer is was known to the lost run only.
	RemedyReactivate Remedy = "reactivate"
	// RemedyNone is left where a person has to find out what has happened.
	RemedyNone Remedy = "none"
)

// Stranded is a dispute that is open in the ledger while no workflow works on it.
type Stranded struct {
	OpenDispute
	// Finding is what is wrong, in words.
	Finding string `json:"finding"`
	Remedy  Remedy `json:"remedy"`
	// Dispute is what can be opened again. It is personal and stays out of reports.
	Dispute *dispute.Dispute `json:"-"`
}

// maxStranded bounds a report, which Temporal keeps in the history.
const maxStranded = 500

// StrandedReport is the answer to FindStranded.
type StrandedReport struct {
	// Open is how many disputes are open in the ledger and paused for longer than StrandedAfter.
	Open int `json:"open"`
	// Total counts the stranded ones; Stranded lists the first 500 of them, those paused first first.
	Total    int        `json:"total"`
	Stranded []Stranded `json:"stranded"`
}

// StrandedAfter is how long an invoice has to be paused before anybody asks for its run: a run may be started
// a moment after the pause of one that was terminated, and clocks differ.
const StrandedAfter = time.Hour

// Reconciliation reports what is open in the ledger while Temporal does not work on it.
type Reconciliation struct {
	ledger OpenDisputes
	runs   Runs
	clock  Clock
}

// NewReconciliation makes the activity on a ledger and on a Temporal.
func NewReconciliation(ledger OpenDisputes, runs Runs, clock Clock) *Reconciliation {
	return &Reconciliation{ledger: ledger, runs: runs, clock: clock}
}

// FindStranded reports the stranded disputes and changes nothing.
func (r *Reconciliation) FindStranded(ctx context.Context) (StrandedReport, error) {
	open, stranded, err := AllStranded(ctx, r.ledger, r.runs, r.clock, func() { activity.RecordHeartbeat(ctx) })
	return StrandedReport{Open: open, Total: len(stranded), Stranded: stranded[:min(len(stranded), maxStranded)]}, retryable(err)
}

// AllStranded finds the stranded ones among so many open disputes. It calls alive before each question to
// Temporal. When one has no answer it fails: what cannot be asked is not stranded.
func AllStranded(ctx context.Context, ledger OpenDisputes, runs Runs, clock Clock, alive func()) (open int, stranded []Stranded, err error) {
	disputes, err := ledger.OpenDisputes(ctx, clock.now().Add(-StrandedAfter))
	if err != nil {
		return 0, nil, err
	}
	stranded = []Stranded{}
	for _, d := range disputes {
		alive()
		found, is, err := JudgeStranded(ctx, runs, d)
		if err != nil {
			return 0, nil, err
		}
		if is {
			stranded = append(stranded, found)
		}
	}
	return len(disputes), stranded, nil
}

// JudgeStranded tells whether a dispute that is open in the ledger is stranded, and what is wrong with it.
func JudgeStranded(ctx context.Context, runs Runs, d OpenDispute) (found Stranded, is bool, err error) {
	run, err := runs.LastRun(ctx, d.ID)
	if err != nil {
		return Stranded{}, false, fmt.Errorf("ask Temporal for the run of dispute %s: %w", d.ID, err)
	}
	found.OpenDispute = d
	switch {
	case run.State == RunGoesOn:
		return Stranded{}, false, nil
	case run.State == RunClosed:
		found.Remedy, found.Finding = RemedyNone, "its run has closed it; was the ledger restored from an older copy?"
	case run.State == RunMissing:
		found.Remedy, found.Finding = RemedyReactivate, "Temporal knows no run of it"
	// What its run cannot tell may still be in the history, so nothing final is done.
	case run.Dispute == nil:
		found.Remedy, found.Finding = RemedyNone, "its run was stopped and cannot tell its content; open it again"
	case run.Dispute.Hash() != d.ContentHash:
		found.Remedy, found.Finding = RemedyNone, "its last run had other content; open it again as it was"
	default:
		found.Remedy, found.Finding, found.Dispute = RemedyReopen, "its run was stopped", run.Dispute
	}
	return found, true, nil
}
