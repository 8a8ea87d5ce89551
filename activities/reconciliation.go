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

// OpenDisputes lists the disputes that are open in the ledger.
type OpenDisputes interface {
	// OpenDisputes returns those that were paused before an instant, oldest pause first.
	OpenDisputes(ctx context.Context, pausedBefore time.Time) ([]OpenDispute, error)
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
}

// Remedy is the repair of a stranded dispute.
type Remedy string

// The remedies.
const (
	// RemedyReopen opens the dispute again: a new run takes it over, informs both parties anew and opens their periods
	// again.
	RemedyReopen Remedy = "reopen"
	// RemedyReactivate gives the invoice back and closes the dispute as cancelled by an operator, when Temporal has no run
	// of it. Nobody is informed: only the lost run knew who the customer is.
	RemedyReactivate Remedy = "reactivate"
	// RemedyNone means that a person has to find out what has happened.
	RemedyNone Remedy = "none"
)

// Stranded is a dispute that is open in the ledger and has no running workflow.
type Stranded struct {
	OpenDispute
	// Finding says what is wrong.
	Finding string `json:"finding"`
	Remedy  Remedy `json:"remedy"`
	// Dispute is what RemedyReopen opens again. It is personal data and stays out of reports.
	Dispute *dispute.Dispute `json:"-"`
}

// maxStranded bounds a report, which Temporal keeps in the history.
const maxStranded = 500

// StrandedReport is the answer to FindStranded.
type StrandedReport struct {
	// Open is how many disputes are open in the ledger and paused for longer than StrandedAfter.
	Open int `json:"open"`
	// Total counts the stranded ones; Stranded lists the first 500 of them, oldest pause first.
	Total    int        `json:"total"`
	Stranded []Stranded `json:"stranded"`
}

// StrandedAfter is how long an invoice has to be paused before its dispute can count as stranded: a new run may start a
// moment after the pause of one that was terminated, and clocks differ.
const StrandedAfter = time.Hour

// Reconciliation compares the disputes that are open in the ledger with Temporal's runs.
type Reconciliation struct {
	ledger OpenDisputes
	runs   Runs
	clock  Clock
}

// NewReconciliation returns the activity on a ledger and on Temporal.
func NewReconciliation(ledger OpenDisputes, runs Runs, clock Clock) *Reconciliation {
	return &Reconciliation{ledger: ledger, runs: runs, clock: clock}
}

// FindStranded reports the stranded disputes and changes nothing.
func (r *Reconciliation) FindStranded(ctx context.Context) (StrandedReport, error) {
	open, stranded, err := AllStranded(ctx, r.ledger, r.runs, r.clock, func() { activity.RecordHeartbeat(ctx) })
	return StrandedReport{Open: open, Total: len(stranded), Stranded: stranded[:min(len(stranded), maxStranded)]}, retryable(err)
}

// AllStranded returns the number of open disputes and the stranded ones among them. It calls alive before each question
// to Temporal, and fails when one is not answered: what Temporal cannot say is not stranded.
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

// JudgeStranded reports whether a dispute that is open in the ledger is stranded, and why.
func JudgeStranded(ctx context.Context, runs Runs, d OpenDispute) (found Stranded, is bool, err error) {
	run, err := runs.LastRun(ctx, d.ID)
	if err != nil {
		return Stranded{}, false, fmt.Errorf("ask Temporal for the run of dispute %s: %w", d.ID, err)
	}
	found.OpenDispute = d
	switch {
	case run.State == RunRunning:
		return Stranded{}, false, nil
	case run.State == RunClosed:
		found.Remedy, found.Finding = RemedyNone, "its run has closed it; was the ledger restored from an older copy?"
	case run.State == RunMissing:
		found.Remedy, found.Finding = RemedyReactivate, "Temporal knows no run of it"
	// The content may still be in the history, so nothing final is done.
	case run.Dispute == nil:
		found.Remedy, found.Finding = RemedyNone, "its run was stopped and its content is unknown; open it again"
	case run.Dispute.Hash() != d.ContentHash:
		found.Remedy, found.Finding = RemedyNone, "its last run had other content; open it again as it was"
	default:
		found.Remedy, found.Finding, found.Dispute = RemedyReopen, "its run was stopped", run.Dispute
	}
	return found, true, nil
}
