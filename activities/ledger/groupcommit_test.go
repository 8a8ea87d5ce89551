package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// grouped runs a test of group commit on SQLite, where synctest.Wait returns when all requests wait for something.
func grouped(t *testing.T, test func(*testing.T, *ledger.Ledger, *faultPlan)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		plan := &faultPlan{}
		l := databases[0].openFaulty(t, sqliteURL(t), plan)
		imported(t, l, invoice("i-1", eur(10000), 0))
		test(t, l, plan)
	})
}

// inOneGroup makes requests while the only connection is busy: the first request leads, the others follow in their order.
// Faults are counted from the BEGIN on. It calls meanwhile, if any, when all of them wait.
func inOneGroup(t *testing.T, l *ledger.Ledger, plan *faultPlan, meanwhile func(), requests ...func() error) []error {
	t.Helper()
	busy, err := l.DB().Conn(t.Context())
	require.NoError(t, err)
	errs := make([]error, len(requests))
	var group sync.WaitGroup
	for n, request := range requests {
		group.Go(func() { errs[n] = request() })
		synctest.Wait()
	}
	if meanwhile != nil {
		meanwhile()
		synctest.Wait()
	}
	plan.restartCount()
	require.NoError(t, busy.Close())
	group.Wait()
	return errs
}

func save(ctx context.Context, l *ledger.Ledger, n dispute.Notice) func() error {
	return func() error {
		_, err := l.Save(ctx, receiptOf(n))
		return err
	}
}

// requireSaved asserts that of the numbered notices exactly those without an error are on record.
func requireSaved(t *testing.T, l *ledger.Ledger, errs map[int]error) {
	t.Helper()
	receipts, err := l.Receipts(t.Context(), "d-1")
	require.NoError(t, err)
	for number, err := range errs {
		require.Equal(t, err == nil, slices.Contains(receipts, receiptOf(notice(number))), "notice %d: %v", number, err)
	}
}

func TestGroupCommitSharesOneTransaction(t *testing.T) {
	t.Parallel()
	grouped(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
		pause := func(id string) func() error {
			return func() error {
				_, err := l.Pause(t.Context(), pauseOf(id, "i-1", eur(3000)))
				return err
			}
		}
		errs := inOneGroup(t, l, plan, nil, save(t.Context(), l, notice(1)), pause("d-1"), pause("d-2"), save(t.Context(), l, other(1)), func() error {
			_, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
			return err
		})
		require.NoError(t, errors.Join(errs[0], errs[1], errs[4]))
		requireFaults(t, errs[2], dispute.CodeDisputeRefused, "invoiceId")
		require.Equal(t, receiptOf(notice(1)), requireConflict(t, errs[3]))
		const beginAndCommit, savepoints, saves, pauses, settlement = 2, 5 * 2, 1 + 2, 3 + 2, 4
		require.Equal(t, beginAndCommit+savepoints+saves+pauses+settlement, plan.statements)
		requireSound(t, l)

		var many []func() error
		for n := range ledger.LargestGroup + 1 {
			many = append(many, save(t.Context(), l, notice(n)))
		}
		require.NoError(t, errors.Join(inOneGroup(t, l, plan, nil, many...)...))
		require.Equal(t, 2*beginAndCommit+3*len(many)+1, plan.statements, "one more reads the receipt that is there already")
	})
}

// A request that fails undoes its own changes only; what undoes the transaction fails all of its requests. None succeeds
// without being on record, and repeats complete the rest.
func TestGroupCommitFailures(t *testing.T) {
	t.Parallel()
	unknown := func(t *testing.T, l *ledger.Ledger) error {
		t.Helper()
		_, err := l.Settle(t.Context(), settleOf("d-404", lost(3000)))
		return err
	}
	tooLarge := func(t *testing.T, l *ledger.Ledger) error {
		t.Helper()
		big := receiptOf(notice(9))
		big.Answer = strings.Repeat("x", 1<<20)
		_, err := l.Save(t.Context(), big)
		return err
	}
	halfDone := func(t *testing.T, l *ledger.Ledger) error {
		t.Helper()
		return l.Optimistic(t.Context(), func(execute func(string) error) error {
			return errors.Join(execute("delete from messages"), execute("delete from invoices"), errFault)
		})
	}
	for name, c := range map[string]struct {
		second func(*testing.T, *ledger.Ledger) error // the first and the third save notices
		faults []fault
		want   [3]string
	}{
		"a refused settlement":  {second: unknown, want: [3]string{"", "settle dispute d-404: the ledger has no such dispute", ""}},
		"half of its changes":   {second: halfDone, want: [3]string{"", errFault.Error(), ""}},
		"a full disk":           {second: tooLarge, want: [3]string{"full", "full", ""}},
		"a lost BEGIN":          {second: unknown, faults: []fault{{n: 1}}, want: [3]string{errCut.Error(), "no such dispute", ""}},
		"a broken statement":    {second: unknown, faults: []fault{{n: 6}}, want: [3]string{"bad connection", "bad connection", ""}},
		"a lost COMMIT":         {second: unknown, faults: []fault{{n: 12}}, want: [3]string{errCut.Error(), errCut.Error(), errCut.Error()}},
		"an unanswered COMMIT":  {second: unknown, faults: []fault{{n: 12, after: true}}, want: [3]string{errCut.Error(), errCut.Error(), errCut.Error()}},
		"a lost rollback to it": {second: unknown, faults: []fault{{n: 8}}, want: [3]string{errCut.Error(), errCut.Error(), ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			grouped(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
				var pages int
				require.NoError(t, l.DB().QueryRowContext(t.Context(), "pragma page_count").Scan(&pages))
				execute(t, l, fmt.Sprint("pragma max_page_count = ", pages+20))
				plan.arm(c.faults...)
				errs := inOneGroup(t, l, plan, nil, save(t.Context(), l, notice(0)), func() error { return c.second(t, l) }, save(t.Context(), l, notice(2)))
				for n, want := range c.want {
					if want == "" {
						require.NoError(t, errs[n])
					} else {
						require.ErrorContains(t, errs[n], want)
					}
				}
				if name != "an unanswered COMMIT" {
					requireSaved(t, l, map[int]error{0: errs[0], 2: errs[2]})
				}
				require.NoError(t, errors.Join(save(t.Context(), l, notice(0))(), save(t.Context(), l, notice(2))()))
				requireSaved(t, l, map[int]error{0: nil, 2: nil})
				requireSound(t, l)
			})
		})
	}
}

var errFault = errors.New("a fault of a request")

// A panic reaches the caller of its request, and nobody else.
func TestGroupCommitPanics(t *testing.T) {
	t.Parallel()
	grouped(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
		panicking := func() (err error) {
			defer func() { err, _ = recover().(error) }()
			return l.Optimistic(t.Context(), func(execute func(string) error) error {
				_ = execute("delete from messages")
				panic(errFault) //nolint:forbidigo // the panic is the test
			})
		}
		errs := inOneGroup(t, l, plan, nil, save(t.Context(), l, notice(0)), panicking, save(t.Context(), l, notice(2)), panicking)
		require.Equal(t, []error{nil, errFault, nil, errFault}, errs)
		errs = inOneGroup(t, l, plan, nil, panicking, save(t.Context(), l, notice(1)))
		require.Equal(t, []error{errFault, nil}, errs, "also as the leader")
		requireSaved(t, l, map[int]error{0: nil, 1: nil, 2: nil})
	})
}

// A request whose context ends while it waits returns at once and is not run; one whose context ends while it runs ends
// nothing for the others.
func TestGroupCommitContexts(t *testing.T) {
	t.Parallel()
	for n := range 3 {
		t.Run(fmt.Sprint("request ", n), func(t *testing.T) {
			t.Parallel()
			grouped(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
				ctx, cancel := context.WithCancel(t.Context())
				requests := []func() error{save(t.Context(), l, notice(0)), save(t.Context(), l, notice(1)), save(t.Context(), l, notice(2))}
				want := map[int]error{0: nil, 1: nil, 2: nil}
				requests[n], want[n] = save(ctx, l, notice(n)), context.Canceled
				errs := inOneGroup(t, l, plan, cancel, requests...)
				require.ErrorIs(t, errs[n], context.Canceled)
				requireSaved(t, l, want)

				ctx, cancel = context.WithCancel(t.Context())
				requests = []func() error{save(t.Context(), l, notice(3)), save(t.Context(), l, notice(4)), save(t.Context(), l, notice(5))}
				requests[n] = func() error {
					return l.Optimistic(ctx, func(execute func(string) error) error {
						cancel()
						return execute("update merchants set name = 'changed'")
					})
				}
				errs = inOneGroup(t, l, plan, nil, requests...)
				errs[n] = nil // or context.Canceled
				require.NoError(t, errors.Join(errs...))
			})
		})
	}
}

// Close lets the requests of a transaction under way finish; later ones fail.
func TestGroupCommitCloses(t *testing.T) {
	t.Parallel()
	grouped(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
		errs := inOneGroup(t, l, plan, nil, func() error {
			return l.Optimistic(t.Context(), func(func(string) error) error { return l.Close() })
		}, save(t.Context(), l, notice(1)))
		require.NoError(t, errors.Join(errs...))
		require.ErrorContains(t, save(t.Context(), l, notice(2))(), "database is closed")
	})
}

// The wait for a lock of another process ends with the context.
func TestGroupCommitWaitsForOtherProcesses(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	l, other := openAt(t, url), openAt(t, url)
	lock, err := other.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- save(ctx, l, notice(1))() }()
	require.Eventually(t, func() bool { return l.DB().Stats().InUse == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	require.NoError(t, lock.Rollback())
	require.NoError(t, save(t.Context(), l, notice(2))())
}
