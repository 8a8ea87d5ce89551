package peers_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

// The load of the failover. The usual one is short; a measurement takes more.
var (
	failoverDisputes = flag.Int("failover.disputes", 60, "number of disputes that are opened around the failover")
	failoverLimit    = flag.Duration("failover.limit", 10*time.Second, "how long after the promotion disputes are written again, at the latest")
	failoverRate     = flag.Int("failover.rate", 20, "how many of them are opened in a second")
)

// pair is a primary and a standby that confirms every COMMIT.
type pair struct {
	primary, standby *postgres.Server
}

func newPair(t *testing.T) pair {
	t.Helper()
	primary, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		leaveOut(t, err.Error())
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, primary.Stop()) })
	require.NoError(t, primary.CreateDatabase(t.Context(), "ledger"))
	standby, err := primary.StartStandby(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, standby.Stop()) })
	return pair{primary, standby}
}

// url names both servers.
func (p pair) url() string {
	return strings.Replace(p.primary.URL("ledger"), p.primary.Address(), p.primary.Address()+","+p.standby.Address(), 1)
}

// TestFailover: the primary dies under load, and the standby is promoted a second later. No dispute is lost, none is booked
// or told twice. It reports when writing went on.
func TestFailover(t *testing.T) {
	servers := newPair(t)
	mails, err := mailbox.Open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mails.Leave()) })
	env, err := environment.Start(t.Context(), environment.Options{
		Durable: true, LedgerURL: servers.url(), SMTPURL: mails.URL(), Progress: os.Stderr,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, env.Close()) })
	for range 2 {
		_, err := env.StartWorkerProcess(t.Context(), nil)
		require.NoError(t, err)
	}
	cases := make([]parties.Case, *failoverDisputes)
	ends := []dispute.ClosingReason{dispute.ClosedByAgreement, dispute.ClosedByWithdrawal, dispute.ClosedLossAccepted}
	for n := range cases {
		cases[n] = parties.NewCase(fmt.Sprint("failover-", n), n, parties.PathTo(ends[n%len(ends)]))
	}
	_, err = env.Ledger.Import(t.Context(), parties.Import(cases))
	require.NoError(t, err)

	timeline := newTimeline(t)
	var failing sync.WaitGroup
	failing.Go(func() {
		servers.fail(t, timeline, time.Duration(len(cases))*time.Second/time.Duration(*failoverRate)/2)
	})
	endings := play(t, env, cases)
	timeline.add("all disputes have ended")
	failing.Wait()
	facts, err := audit.Gather(t.Context(), env.Ledger, env.Disputes, mails.Mails(), endings)
	require.NoError(t, err)
	require.Empty(t, audit.Audit(facts, endings))
	timeline.add("%d disputes audited, %d messages arrived again under their id", len(cases), audit.Repeats(facts))
	timeline.report(endings)
}

// fail kills the primary after some time, promotes the standby and waits for what is written then.
func (p pair) fail(t *testing.T, timeline *timeline, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	<-time.After(after)
	timeline.add("the primary is killed")
	require.NoError(t, p.primary.Kill())
	<-time.After(time.Second) // as long as somebody needs to notice
	timeline.add("the standby is promoted")
	promoted := time.Now()
	require.NoError(t, p.standby.Promote(ctx))
	timeline.add("the standby takes writes")
	connection, err := pgx.Connect(ctx, p.standby.URL("ledger"))
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close(context.WithoutCancel(ctx))) }()
	count := func() (n int) {
		require.NoError(t, connection.QueryRow(ctx, `select (select count(*) from disputes) + (select count(*) from messages)
			+ (select count(*) from disputes where state = 'closed')`).Scan(&n))
		return n
	}
	for before := count(); count() == before; {
		<-time.After(10 * time.Millisecond)
	}
	timeline.add("the first write of a dispute")
	require.LessOrEqual(t, time.Since(promoted), *failoverLimit)
}

// play opens the cases at the rate, and returns how each of them has to have ended.
func play(t *testing.T, env *environment.Environment, cases []parties.Case) []parties.Ending {
	t.Helper()
	driver := parties.Driver{Temporal: env.Temporal, Poll: 100 * time.Millisecond, Blink: time.Second}
	endings, errs := make([]parties.Ending, len(cases)), make([]error, len(cases))
	ctx, cancel := context.WithTimeout(t.Context(), 5*timeout)
	defer cancel()
	var playing sync.WaitGroup
	ticker := time.NewTicker(time.Second / time.Duration(*failoverRate))
	defer ticker.Stop()
	for n := range cases {
		<-ticker.C
		playing.Go(func() { endings[n], errs[n] = driver.Play(ctx, cases[n]) })
	}
	playing.Wait()
	require.NoError(t, errors.Join(errs...))
	return endings
}

// timeline is what happened when.
type timeline struct {
	*testing.T
	began time.Time
	mutex sync.Mutex
	lines []string
}

func newTimeline(t *testing.T) *timeline {
	t.Helper()
	return &timeline{T: t, began: time.Now()}
}

func (l *timeline) add(format string, args ...any) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.lines = append(l.lines, fmt.Sprintf("%6.2f s  %s", time.Since(l.began).Seconds(), fmt.Sprintf(format, args...)))
}

// report logs the timeline, and the step that waited longest.
func (l *timeline) report(endings []parties.Ending) {
	longest := endings[0]
	for _, ending := range endings {
		if ending.Stall > longest.Stall {
			longest = ending
		}
	}
	l.add("the step that took longest: %s, %v, in %s", longest.Stalled, longest.Stall.Round(10*time.Millisecond), longest.Case.Dispute.ID)
	l.Log("\n" + strings.Join(l.lines, "\n"))
}

// TestDemotion: the primary stays up, but takes no writes any more, and the standby is promoted. Connections that are open
// move to the other server, those that only read as well.
func TestDemotion(t *testing.T) {
	t.Parallel()
	servers := newPair(t)
	l, err := ledger.Open(t.Context(), servers.url())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	require.NoError(t, pings(t, l))
	require.Positive(t, clients(t, servers.primary))

	require.NoError(t, servers.primary.Execute(t.Context(), "alter system set default_transaction_read_only = on",
		"alter system reset synchronous_standby_names", "select pg_reload_conf()"))
	require.NoError(t, servers.standby.Promote(t.Context()))
	require.Eventually(t, func() bool { return l.Ping(t.Context()) == nil }, timeout, 10*time.Millisecond)
	require.NoError(t, pings(t, l))
	// A server counts a connection for a moment after its client has left.
	require.Eventually(t, func() bool { return clients(t, servers.primary) == 0 }, timeout, 10*time.Millisecond)
	require.Positive(t, clients(t, servers.standby))
}

// pings uses all connections of the pool at once.
func pings(t *testing.T, l *ledger.Ledger) error {
	t.Helper()
	errs := make([]error, 20)
	var group sync.WaitGroup
	for n := range errs {
		group.Go(func() { errs[n] = l.Ping(t.Context()) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// clients counts the connections of ledgers.
func clients(t *testing.T, server *postgres.Server) (n int) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), server.URL("postgres"))
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close(t.Context())) }()
	require.NoError(t, connection.QueryRow(t.Context(), "select count(*) from pg_stat_activity where application_name = 'streitfall'").Scan(&n))
	return n
}

// TestDeadHost: of two hosts the first one does not answer at all. Connecting takes no longer than a step has.
func TestDeadHost(t *testing.T) {
	t.Parallel()
	silent := listen(t) // it accepts, and says nothing
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		leaveOut(t, err.Error())
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	both, err := url.Parse(server.URL("postgres"))
	require.NoError(t, err)
	both.Host = silent.Addr().String() + "," + both.Host
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	l, err := ledger.Open(ctx, both.String())
	require.NoError(t, err)
	require.NoError(t, l.Ping(ctx))
	require.NoError(t, l.Close())
}
