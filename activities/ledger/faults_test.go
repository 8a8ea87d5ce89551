package ledger_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

const (
	// disputed is how many invoices are in dispute concurrently. The requests about one of them come in order.
	disputed = 4
	// duplicates is how many clients make the same request concurrently.
	duplicates = 4
)

// request is a pause or a settlement, made by each of the duplicates at a time of its own.
type request struct {
	name string
	do   func(ctx context.Context, l *ledger.Ledger, duplicate int) (any, error)
}

// Pauses and settlements of four invoices run concurrently, each requested by four clients at once, over connections that
// break at any statement, before or after it: the ledger is sound, and the same as if each request had come once over a
// healthy connection.
func TestDuplicatesOverFaultyConnections(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		var plan faultPlan
		newHealthy, newFaulty := db.emptyLedgers(t, nil), db.emptyLedgers(t, &plan)
		rapid.Check(t, func(t *rapid.T) {
			healthy, faulty := newHealthy(t), newFaulty(t)
			var requests [disputed][]request
			for n := range requests {
				bill := invoice(fmt.Sprint("i-", n), eur(100), rapid.Int64Range(0, 100).Draw(t, "paid"))
				imported(t, healthy, bill)
				imported(t, faulty, bill)
				requests[n] = rapid.SliceOfN(requestGenerator(n), 2, 5).Draw(t, fmt.Sprint("invoice ", n))
			}
			plan.arm(rapid.SliceOfN(faultGenerator(), 0, 12).Draw(t, "faults")...)
			var group sync.WaitGroup
			var errs [disputed]error
			for n := range requests {
				group.Go(func() { errs[n] = compareAnswers(t.Context(), healthy, faulty, requests[n]) })
			}
			group.Wait()
			plan.arm()
			require.NoError(t, errors.Join(errs[:]...))
			require.Equal(t, withoutTimes(t, healthy), withoutTimes(t, faulty))
			requireSound(t, faulty)
		})
	})
}

func faultGenerator() *rapid.Generator[fault] {
	return rapid.Custom(func(t *rapid.T) fault {
		return fault{n: rapid.IntRange(1, 15).Draw(t, "statement"), after: rapid.Bool().Draw(t, "after")}
	})
}

// requestGenerator makes requests about two disputes on one invoice.
func requestGenerator(invoice int) *rapid.Generator[request] {
	return rapid.Custom(func(t *rapid.T) request {
		id := fmt.Sprintf("d-%d-%d", invoice, rapid.IntRange(1, 2).Draw(t, "dispute"))
		amount := rapid.Int64Range(1, 110).Draw(t, "amount")
		if rapid.Bool().Draw(t, "pause") {
			return request{name: fmt.Sprintf("pause %s for %d", id, amount), do: func(ctx context.Context, l *ledger.Ledger, duplicate int) (any, error) {
				in := pauseOf(id, fmt.Sprint("i-", invoice), eur(amount))
				in.At = in.At.Add(time.Duration(duplicate) * time.Second)
				return l.Pause(ctx, in)
			}}
		}
		reason := rapid.SampledFrom(dispute.ClosingReasons).Draw(t, "closing reason")
		return request{name: fmt.Sprintf("settle %s: %s", id, reason), do: func(ctx context.Context, l *ledger.Ledger, duplicate int) (any, error) {
			record, err := l.Dispute(ctx, id)
			if err != nil {
				return nil, err
			}
			refund := eur(min(amount, record.DisputedAmount.Amount))
			in := settleOf(id, dispute.Decide(reason, record.DisputedAmount, &refund))
			in.At = in.At.Add(time.Duration(duplicate) * time.Second)
			return l.Settle(ctx, in)
		}}
	})
}

// compareAnswers makes each request once on the healthy ledger and by all duplicates at once on the faulty one. The answers
// must be equal except for the time, which is that of one of the duplicates.
func compareAnswers(ctx context.Context, healthy, faulty *ledger.Ledger, requests []request) error {
	for _, r := range requests {
		want, wantErr := r.do(ctx, healthy, 0)
		var group sync.WaitGroup
		answers, errs := make([]any, duplicates), make([]error, duplicates)
		for n := range duplicates {
			group.Go(func() {
				answers[n], errs[n] = retryBroken(func() (any, error) { return r.do(ctx, faulty, n) })
			})
		}
		group.Wait()
		for n := range duplicates {
			if fmt.Sprint(errs[n]) != fmt.Sprint(wantErr) {
				return fmt.Errorf("%s: %w, not %w", r.name, errs[n], wantErr)
			}
			if wantErr == nil && (answers[n] != answers[0] || withoutTime(answers[n]) != withoutTime(want)) {
				return fmt.Errorf("%s: %+v and %+v, not %+v", r.name, answers[0], answers[n], want)
			}
		}
	}
	return nil
}

// retryBroken retries after a broken connection, as the activities do.
func retryBroken(do func() (any, error)) (any, error) {
	for {
		answer, err := do()
		if !broken(err) {
			return answer, err
		}
	}
}

// broken reports whether err is due to a broken connection: an error of the fault plan, the driver or the network.
func broken(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, errCut) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed) || pgconn.SafeToRetry(err)
}

// withoutTime removes the time from an answer.
func withoutTime(answer any) any {
	switch answer := answer.(type) {
	case activities.Paused:
		answer.At = time.Time{}
		return answer
	case activities.Settled:
		answer.At = time.Time{}
		return answer
	}
	return answer
}

// withoutTimes is the content of a ledger without times and numbers of postings.
func withoutTimes(t require.TestingT, l *ledger.Ledger) string {
	return rowsOf(
		t, l, "select * from invoices order by id",
		`select id, content_hash, state, invoice_id, amount, paused_outstanding, days_left, outcome, closing_reason, debit, credited, refunded,
			settled_outstanding, new_due_date from disputes order by id`,
		"select invoice_id, dispute_id, movement, source, destination, amount, currency from postings order by invoice_id, id",
	)
}
