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
)

// kills is how often PostgreSQL dies.
const kills = 3

// PostgreSQL is killed and restarted three times under a thousand disputes (killedDisputes) that are paused and settled at
// once, with retries as the activities have them. What was answered is what is on record, and once.
func TestKilledUnderDisputes(t *testing.T) {
	t.Parallel()
	if noServer != "" {
		t.Skip(noServer)
	}
	server, err := postgres.Start(t.Context()) // its own: it dies
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("left out: ", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	l := openAt(t, server.URL("postgres"))
	var invoices []dispute.Invoice
	for n := range killedDisputes {
		invoices = append(invoices, invoice(fmt.Sprint("i-", n), eur(10000), 6000))
	}
	imported(t, l, invoices...)

	k := &killing{ledger: l, answers: make([]answered, killedDisputes)}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	began := time.Now()
	var group sync.WaitGroup
	for n := range killedDisputes {
		group.Go(func() { k.dispute(ctx, n) })
	}
	for kill := range kills {
		k.awaitProgress(ctx, 2*killedDisputes*(kill+1)/(kills+1))
		require.NoError(t, server.Kill())
		require.NoError(t, server.Restart(t.Context()))
	}
	group.Wait()
	require.NoError(t, ctx.Err())
	t.Logf("%d disputes, %d kills, %d attempts failed, %d answers came from the record of a lost one: %s",
		killedDisputes, kills, k.failures.Load(), k.recalled.Load(), time.Since(began).Round(time.Millisecond))
	k.requireNothingLostNorTwice(t)
}

// killing is disputes over connections that die.
type killing struct {
	ledger   *ledger.Ledger
	answers  []answered
	progress atomic.Int64
	failures atomic.Int64 // attempts that failed
	recalled atomic.Int64 // answers of an attempt that had failed for its caller
}

type answered struct {
	paused  activities.Paused
	settled activities.Settled
}

func (k *killing) dispute(ctx context.Context, n int) {
	id := fmt.Sprint("d-", n)
	k.retry(ctx, func(again time.Duration) (at time.Duration, err error) {
		in := pauseOf(id, fmt.Sprint("i-", n), eur(7000))
		in.At = monday.Add(again)
		k.answers[n].paused, err = k.ledger.Pause(ctx, in)
		return k.answers[n].paused.At.Sub(monday), err
	})
	k.retry(ctx, func(again time.Duration) (at time.Duration, err error) {
		in := settleOf(id, lost(7000))
		in.At = monday.Add(again)
		k.answers[n].settled, err = k.ledger.Settle(ctx, in)
		return k.answers[n].settled.At.Sub(monday), err
	})
}

// retry tries until it succeeds, each time a second later by the dispute's clock: the answer tells at which
// time it was recorded.
func (k *killing) retry(ctx context.Context, try func(again time.Duration) (time.Duration, error)) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for again := time.Duration(0); ; again += time.Second {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		at, err := try(again)
		if err == nil {
			k.progress.Add(1)
			if at != again {
				k.recalled.Add(1)
			}
			return
		}
		k.failures.Add(1)
		pause.Reset(min(20*time.Millisecond<<min(again/time.Second, 5), 300*time.Millisecond))
	}
}

func (k *killing) awaitProgress(ctx context.Context, answers int) {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for k.progress.Load() < int64(answers) && ctx.Err() == nil {
		<-ticker.C
	}
}

func (k *killing) requireNothingLostNorTwice(t *testing.T) {
	t.Helper()
	rows, err := k.ledger.DB().QueryContext(t.Context(), "select id, paused_at, paused_open, settled_at, credited, refunded from disputes")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		var n int
		recorded := answered{paused: activities.Paused{DaysLeft: 28}}
		require.NoError(t, rows.Scan(&id, &recorded.paused.At, &recorded.paused.Outstanding, &recorded.settled.At, &recorded.settled.Credited, &recorded.settled.Refunded))
		_, err := fmt.Sscanf(id, "d-%d", &n)
		require.NoError(t, err)
		recorded.paused.InvoiceID = fmt.Sprint("i-", n)
		recorded.paused.At, recorded.settled.At = recorded.paused.At.UTC(), recorded.settled.At.UTC()
		require.Equal(t, recorded, k.answers[n])
	}
	require.NoError(t, rows.Err())
	report, err := k.ledger.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, []int{0, killedDisputes, 4 * killedDisputes}, []int{report.OpenDisputes, report.ClosedDisputes, report.Postings})
	require.Equal(t, ledger.Total{
		Account: ledger.AccountMerchantPayable, Currency: "EUR", Debit: killedDisputes * 7000, Credit: killedDisputes * 10000,
	}, report.Totals[3])
}
