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
	// lanes are the invoices that are in dispute at once; what happens on one of them happens in order.
	lanes = 4
	// twins are how many ask for the same at once.
	twins = 4
)

// request is a pause or a settlement as one of the twins asks for it: each at a time of its own.
type request struct {
	name string
	do   func(ctx context.Context, l *ledger.Ledger, twin int) (any, error)
}

// Pauses and settlements on four invoices at once, each asked for by four at once, over connections that
// break at any statement, before or after it: the ledger is sound, and the same as if each had come once.
func TestRepeatedAtOnceAndCutOff(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		var c cutter
		calm, wild := db.supply(t, nil), db.supply(t, &c)
		rapid.Check(t, func(t *rapid.T) {
			once, cutOff := calm(t), wild(t)
			var plan [lanes][]request
			for lane := range plan {
				bill := invoice(fmt.Sprint("i-", lane), eur(100), rapid.Int64Range(0, 100).Draw(t, "paid"))
				imported(t, once, bill)
				imported(t, cutOff, bill)
				plan[lane] = rapid.SliceOfN(requests(lane), 2, 5).Draw(t, fmt.Sprint("lane ", lane))
			}
			c.arm(rapid.SliceOfN(cuts(), 0, 12).Draw(t, "cuts")...)
			var group sync.WaitGroup
			var wrong [lanes]error
			for lane, requests := range plan {
				group.Go(func() { wrong[lane] = sameAtOnce(t.Context(), once, cutOff, requests) })
			}
			group.Wait()
			c.arm()
			require.NoError(t, errors.Join(wrong[:]...))
			require.Equal(t, outline(t, once), outline(t, cutOff))
			requireSound(t, cutOff)
		})
	})
}

func cuts() *rapid.Generator[cut] {
	return rapid.Custom(func(t *rapid.T) cut {
		return cut{n: rapid.IntRange(1, 15).Draw(t, "statement"), after: rapid.Bool().Draw(t, "after")}
	})
}

// requests are about two disputes on the lane's invoice.
func requests(lane int) *rapid.Generator[request] {
	return rapid.Custom(func(t *rapid.T) request {
		id := fmt.Sprintf("d-%d-%d", lane, rapid.IntRange(1, 2).Draw(t, "dispute"))
		amount := rapid.Int64Range(1, 110).Draw(t, "amount")
		if rapid.Bool().Draw(t, "pause") {
			return request{name: fmt.Sprintf("pause %s for %d", id, amount), do: func(ctx context.Context, l *ledger.Ledger, twin int) (any, error) {
				in := pauseOf(id, fmt.Sprint("i-", lane), eur(amount))
				in.At = in.At.Add(time.Duration(twin) * time.Second)
				return l.Pause(ctx, in)
			}}
		}
		reason := rapid.SampledFrom(dispute.ClosingReasons).Draw(t, "closing reason")
		return request{name: fmt.Sprintf("settle %s: %s", id, reason), do: func(ctx context.Context, l *ledger.Ledger, twin int) (any, error) {
			record, err := l.Dispute(ctx, id)
			if err != nil {
				return nil, err
			}
			refund := eur(min(amount, record.DisputedAmount.Amount))
			in := settleOf(id, dispute.Decide(reason, record.DisputedAmount, &refund))
			in.At = in.At.Add(time.Duration(twin) * time.Second)
			return l.Settle(ctx, in)
		}}
	})
}

// sameAtOnce does each request once on one ledger and by the twins at once on the other, and wants the same
// answers, but for the time: that is one of the twins'.
func sameAtOnce(ctx context.Context, once, cutOff *ledger.Ledger, requests []request) error {
	for _, r := range requests {
		want, wantErr := r.do(ctx, once, 0)
		var group sync.WaitGroup
		answers, errs := make([]any, twins), make([]error, twins)
		for twin := range twins {
			group.Go(func() {
				answers[twin], errs[twin] = persistently(func() (any, error) { return r.do(ctx, cutOff, twin) })
			})
		}
		group.Wait()
		for twin := range twins {
			if fmt.Sprint(errs[twin]) != fmt.Sprint(wantErr) {
				return fmt.Errorf("%s: %w, not %w", r.name, errs[twin], wantErr)
			}
			if wantErr == nil && (answers[twin] != answers[0] || timeless(answers[twin]) != timeless(want)) {
				return fmt.Errorf("%s: %+v and %+v, not %+v", r.name, answers[0], answers[twin], want)
			}
		}
	}
	return nil
}

// persistently tries again what a broken connection has ended, as the activities do.
func persistently(do func() (any, error)) (any, error) {
	for {
		answer, err := do()
		if !broken(err) {
			return answer, err
		}
	}
}

// broken tells that a connection has ended, whoever says so: the cutter, the driver or the network.
func broken(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, errCut) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

func timeless(answer any) any {
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

// outline is what a ledger says, without times and numbers of postings.
func outline(t require.TestingT, l *ledger.Ledger) string {
	return rowsOf(
		t, l, "select * from invoices order by id",
		`select id, content_hash, state, invoice_id, amount, paused_outstanding, days_left, outcome, closing_reason, debit, credited, refunded,
			settled_outstanding, new_due_date from disputes order by id`,
		"select invoice_id, dispute_id, movement, source, destination, amount, currency from postings order by invoice_id, id",
	)
}
