package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/streitfall/streitfall/dispute"
)

// UnfinishedDispute is a dispute that is open in the ledger, with its invoice paused, or closed there without the receipts
// of both closing messages.
type UnfinishedDispute struct {
	ID string `json:"id"`
	// ContentHash is dispute.Dispute's Hash of what was opened.
	ContentHash    string        `json:"contentHash"`
	InvoiceID      string        `json:"invoiceId"`
	DisputedAmount dispute.Money `json:"disputedAmount"`
	Calendar       string        `json:"calendar"`
	PausedAt       time.Time     `json:"pausedAt"`
	// Decision is how the ledger has closed the dispute; zero while it is open.
	Decision dispute.Decision `json:"decision,omitzero"`
}

// UnfinishedDisputes lists the disputes that are not finished in the ledger.
type UnfinishedDisputes interface {
	// OpenDisputes returns the open ones that were paused before an instant, oldest pause first.
	OpenDisputes(ctx context.Context, pausedBefore time.Time) ([]UnfinishedDispute, error)
	// UntoldDisputes returns those that were closed before an instant, of which a party was not informed, and which were not
	// erased, oldest settlement first.
	UntoldDisputes(ctx context.Context, settledBefore time.Time) ([]UnfinishedDispute, error)
	// Recorded returns a dispute whether it is finished or not, and reports whether the ledger knows it.
	Recorded(ctx context.Context, id string) (d UnfinishedDispute, known bool, err error)
}

// RunState is the state of a dispute's last run in Temporal.
type RunState string

// The states of a last run.
const (
	// RunRunning means that a workflow works on the dispute.
	RunRunning RunState = "running"
	// RunClosed means that the run has brought the dispute to its end.
	RunClosed RunState = "closed"
	// RunStopped means that the run ended and the dispute did not: an operator terminated it, or it was refused.
	RunStopped RunState = "stopped"
	// RunMissing means that Temporal has no run: its history was deleted, or lost with Temporal's database.
	RunMissing RunState = "missing"
)

// Run is the last run of a dispute.
type Run struct {
	// ID is set by Read.
	ID    string
	State RunState
	// Dispute is what a stopped run was started with; nil when Temporal cannot say any more.
	Dispute *dispute.Dispute
	// Takeover is what a stopped run had heard and decided; nil when Temporal cannot say any more.
	Takeover *Takeover
}

// Runs finds runs in Temporal by workflow id. Visibility lags behind: a dispute that its lists do not show yet would look
// as if no workflow worked on it.
type Runs interface {
	LastRun(ctx context.Context, disputeID string) (Run, error)
	// Read returns the last run too, with Dispute and Takeover also of one that was not stopped.
	Read(ctx context.Context, disputeID string) (Run, error)
	// Begun lists the disputes with a run that was started before an instant, and was not stopped.
	Begun(ctx context.Context, startedBefore time.Time) ([]BegunRun, error)
}

// Remedy is the repair of a stranded dispute.
type Remedy string

// The remedies.
const (
	// RemedyReopen opens an undecided dispute again: a new run takes it over with what the parties had said, and opens
	// their period again. What cannot be read any more has to be told anew: the run informs both parties.
	RemedyReopen Remedy = "reopen"
	// RemedySettle settles a dispute as its run had decided before it was stopped, and informs both parties.
	RemedySettle Remedy = "settle"
	// RemedyTell informs the parties of a settlement that the ledger has booked before the run was stopped. When Temporal no
	// longer has the dispute's content, an operator who has it applies the remedy: `starter ledger tell`.
	RemedyTell Remedy = "tell"
	// RemedyReactivate gives the invoice back and closes the dispute as cancelled by an operator, when Temporal has no run
	// of it. Nobody is informed: only the lost run knew who the customer is. It loses what the parties had said, and even
	// a decision, so it is applied only when an operator asks for it by name.
	RemedyReactivate Remedy = "reactivate"
	// RemedyNone means that a person has to find out what has happened.
	RemedyNone Remedy = "none"
)

// Stranded is a dispute that is not finished in the ledger and has no running workflow.
type Stranded struct {
	UnfinishedDispute
	// Finding says what is wrong.
	Finding string `json:"finding"`
	Remedy  Remedy `json:"remedy"`
	// Dispute is what the remedy opens again. It is personal data and stays out of reports.
	Dispute *dispute.Dispute `json:"-"`
	// Begun is set for those that JudgeDiverged has found.
	Begun BegunRun `json:"-"`
	// run is what RemedyPause and RemedyBook book again.
	run Run
}

// maxStranded bounds a report, which Temporal keeps in the history.
const maxStranded = 500

// StrandedReport is the answer to FindStranded.
type StrandedReport struct {
	// Open is how many disputes are open in the ledger and paused for longer than StrandedAfter. The closed ones that are
	// stranded, because a party was not informed, count too.
	Open int `json:"open"`
	// Total counts the stranded ones; Stranded lists the first 500 of them, oldest pause first.
	Total    int        `json:"total"`
	Stranded []Stranded `json:"stranded"`
}

// StrandedAfter is how long an invoice has to be paused before its dispute can count as stranded: a new run may start a
// moment after the pause of one that was terminated, and clocks differ.
const StrandedAfter = time.Hour

// Reconciliation compares the disputes that are not finished in the ledger with Temporal's runs.
type Reconciliation struct {
	ledger UnfinishedDisputes
	runs   Runs
	clock  Clock
}

// NewReconciliation returns the activity on a ledger and on Temporal.
func NewReconciliation(ledger UnfinishedDisputes, runs Runs, clock Clock) *Reconciliation {
	return &Reconciliation{ledger: ledger, runs: runs, clock: clock}
}

// FindStranded reports the stranded disputes and changes nothing.
func (r *Reconciliation) FindStranded(ctx context.Context) (StrandedReport, error) {
	open, stranded, err := AllStranded(ctx, r.ledger, r.runs, r.clock, func() { activity.RecordHeartbeat(ctx) })
	return StrandedReport{Open: open, Total: len(stranded), Stranded: stranded[:min(len(stranded), maxStranded)]}, retryable(err)
}

// AllStranded returns all stranded disputes. open counts the open disputes, and the closed ones that are stranded. It calls
// alive before each question to Temporal. It fails if one is not answered, because nothing is known of that dispute.
func AllStranded(ctx context.Context, ledger UnfinishedDisputes, runs Runs, clock Clock, alive func()) (open int, stranded []Stranded, err error) {
	before := clock.now().Add(-StrandedAfter)
	disputes, err := ledger.OpenDisputes(ctx, before)
	if err != nil {
		return 0, nil, err
	}
	untold, err := ledger.UntoldDisputes(ctx, before)
	if err != nil {
		return 0, nil, err
	}
	if stranded, err = allDiverged(ctx, ledger, runs, before, alive); err != nil {
		return 0, nil, err
	}
	open = len(stranded)
	for _, d := range append(disputes, untold...) {
		alive()
		found, is, err := JudgeStranded(ctx, runs, d)
		if err != nil {
			return 0, nil, err
		}
		if is {
			stranded = append(stranded, found)
		}
		if is || d.Decision.Outcome == "" {
			open++
		}
	}
	if stranded == nil {
		stranded = []Stranded{} // JSON knows the difference
	}
	return open, stranded, nil
}

// JudgeStranded reports whether a dispute that is not finished in the ledger is stranded, and why. A closed one is not
// stranded when its run has ended by itself, because that one has done what it could to inform the parties.
func JudgeStranded(ctx context.Context, runs Runs, d UnfinishedDispute) (found Stranded, is bool, err error) {
	run, err := runs.LastRun(ctx, d.ID)
	if err != nil {
		return Stranded{}, false, fmt.Errorf("ask Temporal for the run of dispute %s: %w", d.ID, err)
	}
	closed := d.Decision.Outcome != ""
	if run.State == RunRunning || closed && run.State == RunClosed {
		return Stranded{}, false, nil
	}
	if run.State == RunClosed {
		if run, err = runs.Read(ctx, d.ID); err != nil {
			return Stranded{}, false, fmt.Errorf("ask Temporal for the run of dispute %s: %w", d.ID, err)
		}
	}
	found.UnfinishedDispute, found.run = d, run
	found.Remedy, found.Finding = remedy(run, d)
	if found.Remedy == RemedyReopen || found.Remedy == RemedySettle || found.Remedy == RemedyTell || found.Remedy == RemedyBook {
		found.Dispute = run.Dispute
	}
	return found, true, nil
}

// remedy returns the repair of a stranded dispute, and what is wrong.
func remedy(run Run, d UnfinishedDispute) (remedy Remedy, finding string) {
	closed := d.Decision.Outcome != ""
	switch {
	case closed && run.Dispute == nil:
		return RemedyTell, "it was settled (" + string(d.Decision.Reason) + "), a party was not informed, and Temporal does not have it any more: " +
			"`starter ledger tell` with its content"
	case run.State == RunClosed && run.settled(d.ContentHash):
		return RemedyBook, run.hasSettled()
	case run.State == RunClosed:
		return RemedyNone, "its run has closed it; was the ledger restored from an older copy?"
	case run.State == RunMissing:
		return RemedyReactivate, "Temporal knows no run of it: what was said and decided is lost"
	// The content may still be in the history, so nothing final is done.
	case run.Dispute == nil:
		return RemedyNone, "its run was stopped and its content is unknown; open it again"
	case run.Dispute.Hash() != d.ContentHash:
		return RemedyNone, "its last run had other content; open it again as it was"
	case closed:
		return RemedyTell, "its run was stopped before both parties were informed: " + string(d.Decision.Reason)
	case run.Takeover == nil:
		return RemedyReopen, "its run was stopped and what was said to it cannot be read"
	case run.Takeover.Decision != nil:
		return RemedySettle, "its run was stopped after the decision: " + string(run.Takeover.Decision.Reason)
	default:
		return RemedyReopen, "its run was stopped"
	}
}
