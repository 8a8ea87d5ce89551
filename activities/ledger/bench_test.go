package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// benchBatch is how many operations of one kind run before those of the other kind, so that noise meets both.
const benchBatch = 32

// BenchmarkPause compares a pause with a bare transaction of two inserts over the same connections.
func BenchmarkPause(b *testing.B) {
	compareWithBare(b, func(b *testing.B, l *ledger.Ledger, from, to int) func(int) error {
		bill(b, l, from, to)
		return func(n int) error {
			_, err := l.Pause(b.Context(), pauseOf(fmt.Sprint("d-", n), fmt.Sprint("i-", n), eur(7000)))
			return err
		}
	})
}

// BenchmarkChargeback compares a chargeback with two postings with the same bare transaction.
func BenchmarkChargeback(b *testing.B) {
	compareWithBare(b, func(b *testing.B, l *ledger.Ledger, from, to int) func(int) error {
		bill(b, l, from, to)
		for n := from; n < to; n++ {
			_, err := l.Pause(b.Context(), pauseOf(fmt.Sprint("d-", n), fmt.Sprint("i-", n), eur(7000)))
			require.NoError(b, err)
		}
		return func(n int) error {
			_, err := l.Settle(b.Context(), settleOf(fmt.Sprint("d-", n), lost(7000)))
			return err
		}
	})
}

// bill imports a partly paid invoice for each number.
func bill(b *testing.B, l *ledger.Ledger, from, to int) {
	b.Helper()
	var invoices []dispute.Invoice
	for n := from; n < to; n++ {
		invoices = append(invoices, invoice(fmt.Sprint("i-", n), eur(10000), 6000))
	}
	imported(b, l, invoices...)
}

// compareWithBare runs both kinds alternately, on each database, with 1 and 16 callers. It reports the operations per second
// of both, and those of the ledger as a percentage of the bare ones.
func compareWithBare(b *testing.B, prepare func(b *testing.B, l *ledger.Ledger, from, to int) func(int) error) {
	b.Helper()
	for _, db := range databases {
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d", db.name, callers), func(b *testing.B) {
				l := db.open(b)
				bare := bareTransaction(b, l.DB())
				var ours, theirs time.Duration
				for from := 0; from < b.N; from += benchBatch {
					to := min(from+benchBatch, b.N)
					b.StopTimer()
					do := prepare(b, l, from, to)
					b.StartTimer()
					ours += timeOf(b, callers, from, to, do)
					b.StopTimer()
					theirs += timeOf(b, callers, from, to, bare)
				}
				b.ReportMetric(float64(b.N)/ours.Seconds(), "ours/s")
				b.ReportMetric(float64(b.N)/theirs.Seconds(), "bare/s")
				b.ReportMetric(100*theirs.Seconds()/ours.Seconds(), "%ofbare")
			})
		}
	}
}

// bareTransaction inserts a row of three columns into each of two tables by prepared statements. The tables have a primary
// key, and no other index, foreign key, check or trigger.
func bareTransaction(b *testing.B, db *sql.DB) func(int) error {
	b.Helper()
	var inserts []*sql.Stmt
	for _, table := range []string{"bare_one", "bare_two"} {
		_, err := db.ExecContext(b.Context(), "create table "+table+" (id text not null primary key, amount bigint not null, note text not null)")
		require.NoError(b, err)
		insert, err := db.PrepareContext(b.Context(), "insert into "+table+" (id, amount, note) values ($1, $2, $3)") //nolint:sqlclosecheck // closes with the database
		require.NoError(b, err)
		inserts = append(inserts, insert)
		b.Cleanup(func() {
			_, err := db.ExecContext(context.WithoutCancel(b.Context()), "drop table "+table)
			require.NoError(b, err)
		})
	}
	return func(n int) error {
		tx, err := db.BeginTx(b.Context(), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		for _, insert := range inserts {
			prepared := tx.StmtContext(b.Context(), insert) //nolint:sqlclosecheck // closes with the transaction
			if _, err := prepared.ExecContext(b.Context(), fmt.Sprint("row ", n), int64(n), "paid in full"); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
}

// timeOf measures how long callers take to do each number once.
func timeOf(b *testing.B, callers, from, to int, do func(int) error) time.Duration {
	b.Helper()
	numbers := make(chan int, to-from)
	for n := from; n < to; n++ {
		numbers <- n
	}
	close(numbers)
	errs := make([]error, callers)
	var group sync.WaitGroup
	start := time.Now()
	for caller := range callers {
		group.Go(func() {
			for n := range numbers {
				if err := do(n); err != nil {
					errs[caller] = err
				}
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	for _, err := range errs {
		require.NoError(b, err)
	}
	return took
}
