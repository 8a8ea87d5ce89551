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

// short is a plan of one dispute for each closing reason, within a second.
func short(faults ...fault) plan {
	p := plan{length: time.Second, faults: faults}
	for path := range parties.Paths {
		p.openings = append(p.openings, opening{at: time.Duration(path) * 50 * time.Millisecond, path: path})
	}
	return p
}

func try(t *testing.T, p plan, sabotage string) report {
	t.Helper()
	report, err := run(t.Context(), p, sabotage, io.Discard)
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("left out: ", err)
	}
	require.NoError(t, err)
	return report
}

// TestRun: everything fails once, and nothing is lost.
func TestRun(t *testing.T) {
	t.Parallel()
	report := try(t, short(
		fault{at: 100 * time.Millisecond, away: time.Second, target: mailTarget, kind: mailCut},
		fault{at: 200 * time.Millisecond, away: 100 * time.Millisecond, target: postgresTarget, kind: postgresKilled},
		fault{at: 400 * time.Millisecond, away: 100 * time.Millisecond, target: workerTarget(0), kind: workerKilled},
		fault{at: 700 * time.Millisecond, away: 100 * time.Millisecond, target: temporalTarget, kind: temporalKilled},
	), "")
	require.Empty(t, report.violations)
	var text strings.Builder
	report.print(&text)
	for _, line := range []string{`Disputes opened +10`, `  cancelled_by_operator +1`, `Faults +4`, `  Temporal killed +1`, `Violations +0`, `Longest stall +\d`} {
		require.Regexp(t, `(?m)^`+line, text.String())
	}
}

// TestSabotage: a worker that breaks an invariant on purpose is found out.
func TestSabotage(t *testing.T) {
	t.Parallel()
	report := try(t, short(), "twice")
	require.Len(t, report.violations, len(parties.Paths))
	require.ErrorContains(t, errors.New(report.violations[0].String()), "closed/customer came 2 times under different ids")
}
