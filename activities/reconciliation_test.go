package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// fakes is a ledger with open disputes, and a Temporal that has the runs of some.
type fakes struct {
	open   []activities.UnfinishedDispute
	untold []activities.UnfinishedDispute
	asked  time.Time
	runs   map[string]activities.Run
	begun  []activities.BegunRun
	err    error
}

func (h *fakes) Recorded(_ context.Context, id string) (activities.UnfinishedDispute, bool, error) {
	for _, d := range append(h.open, h.untold...) {
		if d.ID == id {
			return d, true, nil
		}
	}
	return activities.UnfinishedDispute{}, false, nil
}

func (h *fakes) Read(ctx context.Context, id string) (activities.Run, error) {
	return h.LastRun(ctx, id)
}

func (h *fakes) Begun(_ context.Context, startedBefore time.Time) ([]activities.BegunRun, error) {
	if startedBefore != h.asked {
		return nil, errors.New("asked for another instant")
	}
	return h.begun, nil
}

func (h *fakes) OpenDisputes(_ context.Context, pausedBefore time.Time) ([]activities.UnfinishedDispute, error) {
	h.asked = pausedBefore
	return h.open, h.err
}

func (h *fakes) UntoldDisputes(_ context.Context, settledBefore time.Time) ([]activities.UnfinishedDispute, error) {
	if settledBefore != h.asked {
		return nil, errors.New("asked for another instant")
	}
	return h.untold, nil
}

func (h *fakes) LastRun(_ context.Context, id string) (activities.Run, error) {
	run, known := h.runs[id]
	if !known {
		return activities.Run{}, errors.New("temporal is away")
	}
	return run, nil
}

func lostDispute() dispute.Dispute {
	return dispute.Dispute{ID: "d-stopped", Complainant: dispute.Complainant{Name: "Jonas Weber"}}
}

// found runs the activity in Temporal's test environment.
func found(t *testing.T, h *fakes) (activities.StrandedReport, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	at := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	reconciliation := activities.NewReconciliation(h, h, func() time.Time { return at })
	env.RegisterActivity(reconciliation)
	value, err := env.ExecuteActivity(reconciliation.FindStranded)
	if err != nil {
		return activities.StrandedReport{}, err
	}
	require.Equal(t, at.Add(-time.Hour), h.asked)
	var report activities.StrandedReport
	return report, errors.Join(value.Get(&report))
}

func TestStrandedDisputesAndTheirRemedies(t *testing.T) {
	t.Parallel()
	stopped := lostDispute()
	h := &fakes{runs: map[string]activities.Run{
		"d-running": {State: activities.RunRunning},
		"d-closed":  {State: activities.RunClosed},
		"d-missing": {State: activities.RunMissing},
		"d-stopped": {State: activities.RunStopped, Dispute: &stopped},
		"d-other":   {State: activities.RunStopped, Dispute: &stopped},
		"d-silent":  {State: activities.RunStopped},
	}}
	for _, id := range []string{"d-running", "d-closed", "d-missing", "d-stopped", "d-other", "d-silent"} {
		h.open = append(h.open, activities.UnfinishedDispute{ID: id, ContentHash: "of " + id})
	}
	h.open[3].ContentHash = stopped.Hash()

	report, err := found(t, h)
	require.NoError(t, err)
	require.Equal(t, []int{6, 5}, []int{report.Open, report.Total})
	remedies := map[string]activities.Remedy{}
	for _, s := range report.Stranded {
		remedies[s.ID] = s.Remedy
		require.NotEmpty(t, s.Finding)
	}
	require.Equal(t, map[string]activities.Remedy{
		"d-closed": activities.RemedyNone, "d-missing": activities.RemedyReactivate, "d-stopped": activities.RemedyReopen,
		"d-other": activities.RemedyNone, "d-silent": activities.RemedyNone,
	}, remedies)

	text, err := json.Marshal(report)
	require.NoError(t, err)
	require.NotContains(t, string(text), "Jonas", "a report is kept in the history and has nothing personal")
}

// TestRemediesOfStoppedRuns: what a stopped run has heard and decided, and what the ledger has booked, make the remedy.
func TestRemediesOfStoppedRuns(t *testing.T) {
	t.Parallel()
	stopped := lostDispute()
	decision := dispute.Decide(dispute.ClosedByAgreement, dispute.Money{Amount: 100, Currency: "EUR"}, nil)
	undecided, decided := &activities.Takeover{Reacted: true}, &activities.Takeover{Decision: &decision}
	for name, test := range map[string]struct {
		run    activities.Run
		closed bool
		want   activities.Remedy
	}{
		"undecided":                 {activities.Run{State: activities.RunStopped, Takeover: undecided}, false, activities.RemedyReopen},
		"decided":                   {activities.Run{State: activities.RunStopped, Takeover: decided}, false, activities.RemedySettle},
		"unreadable":                {activities.Run{State: activities.RunStopped}, false, activities.RemedyReopen},
		"settled":                   {activities.Run{State: activities.RunStopped, Takeover: decided}, true, activities.RemedyTell},
		"settled, not noticed":      {activities.Run{State: activities.RunStopped, Takeover: undecided}, true, activities.RemedyTell},
		"settled, unreadable":       {activities.Run{State: activities.RunStopped}, true, activities.RemedyTell},
		"settled and ended":         {activities.Run{State: activities.RunClosed}, true, ""},
		"settled and still telling": {activities.Run{State: activities.RunRunning}, true, ""},
		"settled and forgotten":     {activities.Run{State: activities.RunMissing}, true, activities.RemedyTell},
	} {
		if test.run.State == activities.RunStopped {
			test.run.Dispute = &stopped
		}
		d := activities.UnfinishedDispute{ID: "d-1", ContentHash: stopped.Hash()}
		h := &fakes{runs: map[string]activities.Run{"d-1": test.run}, open: []activities.UnfinishedDispute{d}}
		if test.closed {
			d.Decision = decision
			h.open, h.untold = nil, []activities.UnfinishedDispute{d}
		}
		report, err := found(t, h)
		require.NoError(t, err, name)
		if test.want == "" {
			require.Equal(t, activities.StrandedReport{Stranded: []activities.Stranded{}}, report, name)
			continue
		}
		require.Equal(t, []int{1, 1}, []int{report.Open, report.Total}, name)
		require.Equal(t, test.want, report.Stranded[0].Remedy, name)
	}
}

func TestNothingIsStrandedWhenTemporalDoesNotAnswer(t *testing.T) {
	t.Parallel()
	h := &fakes{open: []activities.UnfinishedDispute{{ID: "d-1"}, {ID: "d-2"}}, runs: map[string]activities.Run{"d-1": {State: activities.RunMissing}}}
	_, err := found(t, h)
	require.ErrorContains(t, err, "ask Temporal for the run of dispute d-2: temporal is away")
	h.err = errors.New("the ledger is away")
	_, err = found(t, h)
	require.ErrorContains(t, err, "the ledger is away")
}

func TestALongReportIsCutShortAndCounted(t *testing.T) {
	t.Parallel()
	h := &fakes{runs: map[string]activities.Run{}}
	for n := range 501 {
		id := fmt.Sprint("d-", n)
		h.open = append(h.open, activities.UnfinishedDispute{ID: id})
		h.runs[id] = activities.Run{State: activities.RunMissing}
	}
	report, err := found(t, h)
	require.NoError(t, err)
	require.Equal(t, 501, report.Total)
	require.Len(t, report.Stranded, 500)
	require.Equal(t, "d-0", report.Stranded[0].ID)
}
