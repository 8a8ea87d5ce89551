package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(workerprocess.Work(nil, sabotage))
	}
	os.Exit(m.Run())
}

// shortPlan returns a plan of one second, with one dispute for each closing reason.
func shortPlan(faults ...fault) plan {
	p := plan{length: time.Second, faults: faults}
	for path := range parties.Paths {
		p.openings = append(p.openings, opening{at: time.Duration(path) * 50 * time.Millisecond, path: path})
	}
	return p
}

func runPlan(t *testing.T, p plan, sabotage string) report {
	t.Helper()
	report, err := run(t.Context(), p, sabotage, io.Discard)
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("left out: ", err)
	}
	require.NoError(t, err)
	return report
}

// TestRun: every server fails once, and nothing is lost.
func TestRun(t *testing.T) {
	t.Parallel()
	report := runPlan(t, shortPlan(
		fault{at: 100 * time.Millisecond, down: time.Second, target: "mail", kind: mailCut},
		fault{at: 200 * time.Millisecond, down: 100 * time.Millisecond, target: "postgres", kind: postgresKilled},
		fault{at: 400 * time.Millisecond, down: 100 * time.Millisecond, target: "worker 0", kind: workerKilled},
		fault{at: 700 * time.Millisecond, down: 100 * time.Millisecond, target: "temporal", kind: temporalKilled},
	), "")
	require.Empty(t, report.violations)
	var text strings.Builder
	report.print(&text)
	for _, line := range []string{`Disputes opened +10`, `  cancelled_by_operator +1`, `Faults +4`, `  Temporal killed +1`, `Violations +0`, `Longest stall +\d`} {
		require.Regexp(t, `(?m)^`+line, text.String())
	}
}

// TestSabotage: the audit finds that a worker breaks an invariant on purpose.
func TestSabotage(t *testing.T) {
	t.Parallel()
	report := runPlan(t, shortPlan(), "twice")
	require.Len(t, report.violations, len(parties.Paths))
	require.ErrorContains(t, errors.New(report.violations[0].String()), "closed/customer came 2 times under different IDs")
}
