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
	"github.com/streitfall/streitfall/starter/demo"
	"github.com/streitfall/streitfall/starter/workerprocess"
)

// audience watches the demo and leaves when it has read the word, if there is one.
type audience struct {
	bytes.Buffer
	word  string
	leave context.CancelFunc
	left  time.Time
}

// Write implements io.Writer.
func (a *audience) Write(text []byte) (int, error) {
	if a.word != "" && a.left.IsZero() && bytes.Contains(text, []byte(a.word)) {
		a.left = time.Now()
		a.leave()
	}
	return a.Buffer.Write(text)
}

// TestMain asserts that the demos of all tests together have left nothing in the temporary place.
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
func watch(t *testing.T, word string, o demo.Options) (*audience, error) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	a := &audience{word: word, leave: leave}
	err := demo.Run(ctx, a, o)

	for _, address := range regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(a.String(), -1) {
		_, err := net.DialTimeout("tcp", address, time.Second)
		require.Error(t, err, "a server still answers at %s", address)
	}
	require.True(t, strings.HasSuffix(a.String(), "\nStopping; everything that the demo made is removed.\n"), a.String())
	return a, err
}

// TestDemo: ten disputes, ten closing reasons, each line fits a terminal.
func TestDemo(t *testing.T) {
	t.Parallel()
	a, err := watch(t, "", demo.Options{Exit: true})
	require.NoError(t, err, a.String())
	text := a.String()
	requireAllEnded(t, text)
	require.Contains(t, text, "Web UI: http://127.0.0.1:")
	require.NotContains(t, text, "Everything stays until Ctrl-C.")
	require.NotContains(t, text, "SIGKILL")
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 110, line)
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

// requireAllEnded asserts that there is a line for every closing reason, and that the ledger is sound.
func requireAllEnded(t *testing.T, text string) {
	t.Helper()
	for i, reason := range dispute.ClosingReasons {
		row := regexp.MustCompile(`(?m)^demo-\d\d +\d+\.\d\d (EUR|SEK) +` + string(reason.Outcome()) + ` +` + string(reason) + ` +yes$`)
		require.Len(t, row.FindAllString(text, -1), 1, "%d %s\n%s", i, reason, text)
	}
	require.Len(t, regexp.MustCompile(`(?m)^demo-\d\d .+ yes$`).FindAllString(text, -1), len(dispute.ClosingReasons))
	require.Contains(t, text, "Ledger: 10 invoices, 0 disputes open, 10 closed, 19 postings; the check finds it sound.\n")
}

// TestLeaving: whenever the spectator leaves, the demo ends soon, without an error and without a trace.
func TestLeaving(t *testing.T) {
	t.Parallel()
	for moment, word := range map[string]string{
		"while Temporal starts":        "Starting Temporal",
		"while the disputes are going": "respond:",
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

// TestInterruptedExit: a demo that is to prove something has proven nothing when it is interrupted.
func TestInterruptedExit(t *testing.T) {
	t.Parallel()
	_, err := watch(t, "Web UI:", demo.Options{Exit: true})
	require.ErrorIs(t, err, context.Canceled)
}
