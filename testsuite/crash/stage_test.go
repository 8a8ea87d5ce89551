package crash_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/workflows"
)

// atOnce is how many tests run at the same time: they mostly wait.
const atOnce = "12"

// temporalAt is where the Temporal is that the tests share, on a SQLite file.
var temporalAt string

func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(workerprocess.Work(dial(os.Getenv(envQueue)), detour))
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "streitfall-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := devserver.Start(context.Background(), onFile(dir)) //nolint:forbidigo // TestMain has no testing.T
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	temporalAt = server.Address()
	return m.Run(), nil
}

func onFile(dir string) devserver.Options {
	return devserver.Options{
		DBFile: filepath.Join(dir, "temporal.db"), SearchAttributes: workflows.SearchAttributes, Progress: os.Stderr,
	}
}

// stage is what one test has to itself: a worker process, a ledger, a mailbox and a task queue.
type stage struct {
	*testing.T
	dir      string
	temporal client.Client
	ledger   *ledger.Ledger
	mailbox  *mailbox.Mailbox
	worker   *process.Server
}

const (
	// patience bounds every wait of a test: only a test that fails ever takes so long.
	patience = 3 * time.Minute
	// blink is how long a period lasts once its deadline has been moved close: long enough to tell of that.
	blink = time.Second
)

// set sets the stage on a Temporal and a ledger. The variables are more of the worker's environment.
func set(t *testing.T, temporalAt, ledgerURL string, variables ...string) *stage {
	t.Helper()
	s := &stage{T: t, dir: t.TempDir()}
	queue := t.Name()
	var err error
	s.temporal, err = client.DialContext(t.Context(), client.Options{
		HostPort: temporalAt, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		ConnectionOptions: client.ConnectionOptions{DialOptions: dial(queue)},
	})
	require.NoError(t, err)
	t.Cleanup(s.temporal.Close)
	s.mailbox, err = mailbox.Open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.mailbox.Leave()) })
	if ledgerURL == "" {
		ledgerURL = "sqlite:" + filepath.Join(s.dir, "ledger.db")
	}
	s.ledger, err = ledger.Open(t.Context(), ledgerURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.ledger.Close()) })
	environment := map[string]string{
		"TEMPORAL_ADDRESS": temporalAt, "LEDGER_URL": ledgerURL, "SMTP_URL": s.mailbox.URL(), "DESK_EMAIL": "desk@klarna.example",
		envQueue: queue, envMark: s.file("mark"), envTrace: s.file("trace"), envPortalAway: s.file("portal-away"),
	}
	for i := 0; i < len(variables); i += 2 {
		environment[variables[i]] = variables[i+1]
	}
	s.worker, err = workerprocess.Start(t.Context(), environment)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.worker.Stop()) })
	return s
}

func (s *stage) file(name string) string { return filepath.Join(s.dir, name) }

// restarts brings the worker back when it dies by itself.
func (s *stage) restarts() {
	ctx, worker := s.Context(), s.worker
	died := worker.Process().Exited()
	back := make(chan error, 1)
	go func() {
		select {
		case <-died:
			back <- worker.Restart(ctx)
		case <-ctx.Done():
			back <- nil
		}
	}()
	s.Cleanup(func() { require.NoError(s, <-back) })
}

// name is an id for the dispute of this test.
func (s *stage) name() string {
	return strings.ToLower(strings.NewReplacer("/", "-", "_", "-", "#", "-").Replace(s.Name()))
}

// plays plays cases at the same time, and asserts that all is as it has to be.
func (s *stage) plays(cases ...parties.Case) audit.Facts {
	s.Helper()
	return s.audits(s.begins(cases...)...)
}

// played is the result of a case once it is over.
type played struct {
	ending parties.Ending
	err    error
}

// begins books cases and plays them in the background.
func (s *stage) begins(cases ...parties.Case) []<-chan played {
	s.Helper()
	s.imports(cases...)
	var results []<-chan played
	for _, c := range cases {
		results = append(results, s.begin(c))
	}
	return results
}

func (s *stage) imports(cases ...parties.Case) {
	s.Helper()
	_, err := s.ledger.Import(s.Context(), parties.Import(cases))
	require.NoError(s, err)
}

func (s *stage) begin(c parties.Case) <-chan played {
	result := make(chan played, 1)
	go func() {
		ctx, cancel := context.WithTimeout(s.Context(), patience)
		defer cancel()
		ending, err := parties.Driver{Temporal: s.temporal, Poll: 20 * time.Millisecond, Blink: blink}.Play(ctx, c)
		result <- played{ending, err}
	}()
	return result
}

func (s *stage) audits(results ...<-chan played) audit.Facts {
	s.Helper()
	var endings []parties.Ending
	for _, result := range results {
		over := <-result
		require.NoError(s, over.err)
		endings = append(endings, over.ending)
	}
	facts, err := audit.Gather(s.Context(), s.ledger, workflows.NewClient(s.temporal), s.mailbox.Mails(), endings)
	require.NoError(s, err)
	require.Empty(s, audit.Audit(facts, endings))
	return facts
}
