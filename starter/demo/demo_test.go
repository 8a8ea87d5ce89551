package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
	"github.com/streitfall/streitfall/starter/demo"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/terminal"
	"github.com/streitfall/streitfall/starter/workerprocess"
)

// reader reads the output of a demo and leaves when it has read the word, if there is one.
type reader struct {
	bytes.Buffer
	word  string
	leave context.CancelFunc
	left  time.Time
}

// Write implements io.Writer.
func (a *reader) Write(text []byte) (int, error) {
	if a.word != "" && a.left.IsZero() && bytes.Contains(text, []byte(a.word)) {
		a.left = time.Now()
		a.leave()
	}
	return a.Buffer.Write(text)
}

// TestMain asserts that the demos of all tests together have left nothing in the temporary folder.
func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(workerprocess.Work(nil))
	}
	code, err := runIn(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runIn(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "streitfall-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return 0, err
	}
	code = m.Run()
	left, err := os.ReadDir(dir)
	if len(left) > 0 {
		err = fmt.Errorf("the demos have left %v", left)
	}
	return code, err
}

// watch runs the demo and asserts that no server is left of it.
func watch(t *testing.T, word string, o demo.Options) (*reader, error) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	a := &reader{word: word, leave: leave}
	err := demo.Run(ctx, a, o)

	for _, address := range regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(a.String(), -1) {
		_, err := net.DialTimeout("tcp", address, time.Second)
		require.Error(t, err, "a server still answers at %s", address)
	}
	require.True(t, strings.HasSuffix(a.String(), "\nStopping; everything that the demo made is removed.\n"), a.String())
	return a, err
}

// TestDemo: ten disputes end in ten ways; one is told in sentences, and each line fits a terminal.
func TestDemo(t *testing.T) {
	t.Parallel()
	a, err := watch(t, "", demo.Options{Exit: true})
	require.NoError(t, err, a.String())
	text := a.String()
	requireAllEnded(t, text)
	require.Contains(t, text, "Web UI: http://127.0.0.1:")
	require.NotContains(t, text, "Everything stays until Ctrl-C.")
	require.NotContains(t, text, "SIGKILL")
	require.NotContains(t, text, "\x1b", "colours are for terminals")
	require.NotRegexp(t, `told-|invoice-|[{}]|move-deadline|decided_for`, text, "an event without a sentence")
	for line := range strings.Lines(text) {
		if !strings.HasSuffix(line, ".eml\n") { // as long as the temporary folder makes it
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), terminal.Columns, line)
		}
	}
	for _, mail := range regexp.MustCompile(`(?m)^ +(/\S+\.eml)$`).FindAllStringSubmatch(text, -1) {
		require.Contains(t, mail[1], "demo-09-")
	}
}

// TestKillWorker: the worker dies twice, and all ends the same.
func TestKillWorker(t *testing.T) {
	t.Parallel()
	a, err := watch(t, "", demo.Options{Exit: true, KillWorker: true})
	require.NoError(t, err, a.String())
	requireAllEnded(t, a.String())
	pids := regexp.MustCompile(`process (\d+) (dies by SIGKILL|takes over)`).FindAllStringSubmatch(a.String(), -1)
	require.Len(t, pids, 4, a.String())
	require.Equal(t, pids[1][1], pids[2][1], "the one that dies then is the one that took over")
	require.NotEqual(t, pids[0][1], pids[1][1])
}

// requireAllEnded asserts that there is a line for every closing reason, and that the ledger is consistent.
func requireAllEnded(t *testing.T, text string) {
	t.Helper()
	money := map[dispute.Outcome]string{
		dispute.OutcomeWon: "reactivated", dispute.OutcomeLost: "charged back",
		dispute.OutcomeSettled: "reactivated", dispute.OutcomeCancelled: "reactivated",
	}
	for i, reason := range dispute.ClosingReasons {
		outcome := reason.Outcome()
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^demo-%02d +%s +%s \d+\.\d\d (EUR|SEK) %s\.$`,
			i+1, outcome, regexp.QuoteMeta(parties.PathTo(reason).About), money[outcome]))
		require.Len(t, row.FindAllString(text, -1), 1, "%s\n%s", reason, text)
	}
	require.Len(t, regexp.MustCompile(`(?m)^demo-\d\d `).FindAllString(text, -1), len(dispute.ClosingReasons))
	require.Contains(t, text, "Ledger: 10 invoices, 0 disputes open, 10 closed, 19 postings; debits and credits balance.\n")
	requireEvents(t, text)
}

// requireEvents asserts that the events of the dispute that was told are listed, from its opening to its end.
func requireEvents(t *testing.T, text string) {
	t.Helper()
	var types []events.Type
	for _, row := range regexp.MustCompile(`(?m)^\d+ +\S+ \S+Z (\S+) +demo-09$`).FindAllStringSubmatch(text, -1) {
		types = append(types, events.Type(row[1]))
	}
	require.Greater(t, len(types), 6, text)
	require.Less(t, len(types), 25, text)
	require.Equal(t, events.DisputeOpened, types[0])
	require.Equal(t, events.DisputeClosed, types[len(types)-1])
	require.Subset(t, types, []events.Type{events.DisputeWaiting, events.DisputeMessage, events.DisputeProposal})
}

// TestLeaving: whenever the user leaves, the demo ends soon, without an error and without a trace.
func TestLeaving(t *testing.T) {
	t.Parallel()
	for moment, word := range map[string]string{
		"while Temporal starts":        "Starting Temporal",
		"while the disputes are going": "writes:",
		"while it waits":               "Everything stays until Ctrl-C.",
	} {
		t.Run(moment, func(t *testing.T) {
			t.Parallel()
			a, err := watch(t, word, demo.Options{})
			require.NoError(t, err, a.String())
			require.Less(t, time.Since(a.left), 20*time.Second)
			require.Contains(t, a.String(), word)
		})
	}
}

// TestInterruptedExit: an interrupted demo has proven nothing, so with Exit it fails.
func TestInterruptedExit(t *testing.T) {
	t.Parallel()
	_, err := watch(t, "Web UI:", demo.Options{Exit: true})
	require.ErrorIs(t, err, context.Canceled)
}
