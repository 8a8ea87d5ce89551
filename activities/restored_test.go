package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestRemediesAfterARestore: what the ledger and the run of a dispute know of each other makes the remedy.
func TestRemediesAfterARestore(t *testing.T) {
	t.Parallel()
	begun := lostDispute()
	begun.ID = "d-1"
	decision := dispute.Decide(dispute.ClosedByAgreement, dispute.Money{Amount: 100, Currency: "EUR"}, nil)
	at := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	pausing, waiting := activities.Takeover{}, activities.Takeover{PausedAt: at}
	decided := activities.Takeover{PausedAt: at, Decision: &decision}
	otherwise := dispute.Decide(dispute.ClosedMerchantSilent, dispute.Money{Amount: 100, Currency: "EUR"}, nil)
	silent := activities.Takeover{PausedAt: at, Decision: &otherwise}
	settled := activities.Takeover{PausedAt: at, Decision: &decision, SettledAt: at}
	const running, ended = activities.RunRunning, activities.RunClosed
	const unknown, open, closed = "unknown", "open", "closed"
	for name, test := range map[string]struct {
		ledger   string
		run      activities.RunState
		takeover *activities.Takeover
		want     activities.Remedy
	}{
		"it runs":                          {open, running, &waiting, ""},
		"its settlement is retried":        {open, running, &decided, ""},
		"it informs of its end":            {closed, running, &settled, ""},
		"its settlement is just booked":    {closed, running, &decided, ""},
		"it has ended":                     {closed, ended, &settled, ""},
		"its pause is retried":             {unknown, running, &pausing, ""},
		"it was stopped meanwhile":         {unknown, activities.RunStopped, &waiting, ""},
		"the ledger lost it":               {unknown, running, &waiting, activities.RemedyPause},
		"the ledger lost it, decided":      {unknown, running, &decided, activities.RemedyPause},
		"the ledger lost it, settled":      {unknown, running, &settled, activities.RemedyBook},
		"the ledger lost it, ended":        {unknown, ended, &settled, activities.RemedyBook},
		"the ledger lost it, unreadable":   {unknown, ended, nil, activities.RemedyNone},
		"the ledger lost the settlement":   {open, running, &settled, activities.RemedyBook},
		"the ledger lost the end":          {open, ended, &settled, activities.RemedyBook},
		"the ledger lost the end, no word": {open, ended, nil, activities.RemedyNone},
		"Temporal lost the decision":       {closed, running, &waiting, activities.RemedyFollow},
		"Temporal decided otherwise":       {closed, running, &silent, activities.RemedyFollow},
		"Temporal is unreadable":           {closed, running, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := activities.Run{State: test.run, Takeover: test.takeover}
			if test.takeover != nil {
				run.Dispute = &begun
			}
			h := &fakes{runs: map[string]activities.Run{"d-1": run}, begun: []activities.BegunRun{{
				DisputeID: "d-1", State: test.run, Decided: test.takeover != nil && test.takeover.Decision != nil,
			}}}
			record := activities.UnfinishedDispute{ID: "d-1", ContentHash: begun.Hash()}
			switch test.ledger {
			case open:
				h.open = append(h.open, record)
			case closed:
				record.Decision = decision
				h.untold = append(h.untold, record)
			}
			report, err := found(t, h)
			require.NoError(t, err)
			if test.want == "" {
				require.Empty(t, report.Stranded)
				return
			}
			require.Len(t, report.Stranded, 1)
			require.Equal(t, test.want, report.Stranded[0].Remedy)
			require.Equal(t, "d-1", report.Stranded[0].ID)
		})
	}
}
