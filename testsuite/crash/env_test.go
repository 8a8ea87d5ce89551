package crash_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/race"
)

// parallel is how many tests run at the same time: they mostly wait.
const parallel = "12"

// shared has the Temporal that the tests share.
var shared *environment.Environment

func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(workerprocess.Work(func(o *client.Options) { o.ConnectionOptions.DialOptions = dial(os.Getenv(envQueue)) }, decorate))
	}
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	if err := flag.Set("test.parallel", parallel); err != nil {
		return 0, err
	}
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if shared, err = environment.Start(ctx, environment.Options{Durable: true, Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.Close()) }()
	return m.Run(), nil
}

// env is the environment of one test: a worker process, a ledger, a mail server and a task queue of its own.
type env struct {
	*testing.T
	*environment.Environment
	mails   *mailbox.Mailbox
	worker  *process.Server
	options options
}

// timeout bounds every wait of a test; only a failing test waits that long.
const timeout = 3 * time.Minute

// period is how long a period still lasts once its deadline has been moved: long enough to notify of the move, which takes
// several times as long under the race detector.
var period = func() time.Duration {
	if race.Enabled {
		return 12 * time.Second
	}
	return 4 * time.Second
}()

// options say how an environment differs from the usual one: on the shared Temporal, with a SQLite ledger.
type options struct {
	ownTemporal bool
	ledgerURL   string
	// point is where the worker dies.
	point string
	// period replaces the constant of this name.
	period time.Duration
}

// newEnv starts an environment.
func newEnv(t *testing.T, o options) *env {
	t.Helper()
	mails, err := mailbox.Open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mails.Leave()) })
	queue := t.Name()
	connection := client.Options{ConnectionOptions: client.ConnectionOptions{DialOptions: dial(queue)}}
	if !o.ownTemporal {
		connection.HostPort = shared.Address()
	}
	started, err := environment.Start(t.Context(), environment.Options{
		Temporal: connection, Durable: true, LedgerURL: o.ledgerURL, SMTPURL: mails.URL(), Progress: os.Stderr,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, started.Close()) })
	e := &env{T: t, Environment: started, mails: mails, options: o}
	e.worker, err = started.StartWorkerProcess(t.Context(), map[string]string{
		envQueue: queue, envPoint: o.point, envDied: e.file("died"), envSteps: e.file("steps"), envPortalDown: e.file("portal-down"),
	})
	require.NoError(t, err)
	return e
}

func (e *env) file(name string) string { return filepath.Join(e.Dir, name) }

// restartOnDeath restarts the worker once it has died at its point.
func (e *env) restartOnDeath() {
	ctx, worker := e.Context(), e.worker
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
	e.Cleanup(func() { require.NoError(e, <-back) })
}

// id is the ID of the dispute of this test.
func (e *env) id() string {
	return strings.ToLower(strings.NewReplacer("/", "-", "_", "-", "#", "-").Replace(e.Name()))
}

// play plays cases concurrently, and asserts that they end as they must.
func (e *env) play(cases ...parties.Case) audit.Facts {
	e.Helper()
	return e.audit(e.start(cases...)...)
}

// result is the result of playing a case.
type result struct {
	ending parties.Ending
	err    error
}

// start imports cases and plays them in the background.
func (e *env) start(cases ...parties.Case) []<-chan result {
	e.Helper()
	e.importCases(cases...)
	var results []<-chan result
	for _, c := range cases {
		results = append(results, e.startCase(c))
	}
	return results
}

func (e *env) importCases(cases ...parties.Case) {
	e.Helper()
	_, err := e.Ledger.Import(e.Context(), parties.Import(cases))
	require.NoError(e, err)
}

func (e *env) startCase(c parties.Case) <-chan result {
	played := make(chan result, 1)
	go func() {
		ctx, cancel := context.WithTimeout(e.Context(), timeout)
		defer cancel()
		ending, err := parties.Driver{Temporal: e.Temporal, Poll: 20 * time.Millisecond, Blink: cmp.Or(e.options.period, period)}.Play(ctx, c)
		played <- result{ending, err}
	}()
	return played
}

// audit waits for cases that were started, and asserts that they have ended as they must.
func (e *env) audit(results ...<-chan result) audit.Facts {
	e.Helper()
	var endings []parties.Ending
	for _, played := range results {
		result := <-played
		require.NoError(e, result.err)
		endings = append(endings, result.ending)
	}
	facts, err := audit.Gather(e.Context(), e.Ledger, e.Disputes, e.mails.Mails(), endings)
	require.NoError(e, err)
	require.Empty(e, audit.Audit(facts, endings))
	return facts
}
