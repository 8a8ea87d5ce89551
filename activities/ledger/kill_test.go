package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/testsuite/race"
)

// kills is how often PostgreSQL is killed.
const kills = 3

// PostgreSQL is killed and restarted three times while many disputes are paused and settled concurrently, with retries
// like those of the activities. Every answer is the one on record, and nothing is recorded twice.
func TestKilledUnderDisputes(t *testing.T) {
	t.Parallel()
	if noPostgres != "" {
		t.Skip(noPostgres)
	}
	server, err := postgres.Start(t.Context()) // not the server of the other tests, since it is killed
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("skipped: ", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	l := openAt(t, server.URL("postgres"))
	disputes := 1000
	if race.Enabled {
		disputes = 250
	}
	var invoices []dispute.Invoice
	for n := range disputes {
		invoices = append(invoices, invoice(fmt.Sprint("i-", n), eur(10000), 6000))
	}
	imported(t, l, invoices...)

	c := &retryingClients{ledger: l, answers: make([]answers, disputes)}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	began := time.Now()
	var group sync.WaitGroup
	for n := range disputes {
		group.Go(func() { c.pauseAndSettle(ctx, n) })
	}
	for kill := range kills {
		c.awaitProgress(ctx, 2*disputes*(kill+1)/(kills+1))
		require.NoError(t, server.Kill())
		require.NoError(t, server.Restart(t.Context()))
	}
	group.Wait()
	require.NoError(t, ctx.Err())
	t.Logf("%d disputes, %d kills, %d attempts failed, %d answers were recorded by an attempt that had failed: %s",
		disputes, kills, c.failures.Load(), c.recorded.Load(), time.Since(began).Round(time.Millisecond))
	c.requireNothingLostOrDuplicated(t)
}

// retryingClients pause and settle disputes over connections that break.
type retryingClients struct {
	ledger   *ledger.Ledger
	answers  []answers // by dispute
	progress atomic.Int64
	failures atomic.Int64 // attempts that failed
	recorded atomic.Int64 // answers of attempts that had failed for their caller
}

// answers are what a dispute got from the ledger.
type answers struct {
	paused  activities.Paused
	settled activities.Settled
}

func (c *retryingClients) pauseAndSettle(ctx context.Context, n int) {
	id := fmt.Sprint("d-", n)
	c.retry(ctx, func(elapsed time.Duration) (recordedAt time.Duration, err error) {
		in := pauseOf(id, fmt.Sprint("i-", n), eur(7000))
		in.At = monday.Add(elapsed)
		c.answers[n].paused, err = c.ledger.Pause(ctx, in)
		return c.answers[n].paused.At.Sub(monday), err
	})
	c.retry(ctx, func(elapsed time.Duration) (recordedAt time.Duration, err error) {
		in := settleOf(id, lost(7000))
		in.At = monday.Add(elapsed)
		c.answers[n].settled, err = c.ledger.Settle(ctx, in)
		return c.answers[n].settled.At.Sub(monday), err
	})
}

// retry calls try until it succeeds, each time a second later by the dispute's clock, so that the answer shows which
// attempt was recorded.
func (c *retryingClients) retry(ctx context.Context, try func(elapsed time.Duration) (time.Duration, error)) {
	backoff := time.NewTimer(0)
	defer backoff.Stop()
	for elapsed := time.Duration(0); ; elapsed += time.Second {
		select {
		case <-ctx.Done():
			return
		case <-backoff.C:
		}
		recordedAt, err := try(elapsed)
		if err == nil {
			c.progress.Add(1)
			if recordedAt != elapsed {
				c.recorded.Add(1)
			}
			return
		}
		c.failures.Add(1)
		backoff.Reset(min(20*time.Millisecond<<min(elapsed/time.Second, 5), 300*time.Millisecond))
	}
}

func (c *retryingClients) awaitProgress(ctx context.Context, answers int) {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for c.progress.Load() < int64(answers) && ctx.Err() == nil {
		<-ticker.C
	}
}

func (c *retryingClients) requireNothingLostOrDuplicated(t *testing.T) {
	t.Helper()
	rows, err := c.ledger.DB().QueryContext(t.Context(), "select id, paused_at, paused_outstanding, settled_at, credited, refunded from disputes")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		var n int
		recorded := answers{paused: activities.Paused{Run: 1, DaysLeft: 28}}
		require.NoError(t, rows.Scan(&id, &recorded.paused.At, &recorded.paused.Outstanding, &recorded.settled.At, &recorded.settled.Credited, &recorded.settled.Refunded))
		_, err := fmt.Sscanf(id, "d-%d", &n)
		require.NoError(t, err)
		recorded.paused.InvoiceID = fmt.Sprint("i-", n)
		recorded.paused.At, recorded.settled.At = recorded.paused.At.UTC(), recorded.settled.At.UTC()
		require.Equal(t, recorded, c.answers[n])
	}
	require.NoError(t, rows.Err())
	report, err := c.ledger.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	disputes := len(c.answers)
	require.Equal(t, []int{0, disputes, 4 * disputes}, []int{report.OpenDisputes, report.ClosedDisputes, report.Postings})
	require.Equal(t, ledger.Total{
		Account: ledger.AccountMerchantPayable, Currency: "EUR", Debit: int64(disputes) * 7000, Credit: int64(disputes) * 10000,
	}, report.Totals[3])
}
