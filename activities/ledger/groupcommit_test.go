package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// onGroupCommit runs a test on SQLite, where synctest.Wait returns when all requests wait for something.
func onGroupCommit(t *testing.T, test func(*testing.T, *ledger.Ledger, *faultPlan)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		plan := &faultPlan{}
		l := databases[0].openFaulty(t, sqliteURL(t), plan)
		imported(t, l, invoice("i-1", eur(10000), 0))
		test(t, l, plan)
	})
}

// queue starts requests while the only connection is busy: the first one will lead, and the others will follow in their
// order. run lets them run and returns their errors.
func queue(t *testing.T, l *ledger.Ledger, requests ...func() error) (run func() []error) {
	t.Helper()
	busy, err := l.DB().Conn(t.Context())
	require.NoError(t, err)
	errs := make([]error, len(requests))
	var group sync.WaitGroup
	for n, request := range requests {
		group.Go(func() { errs[n] = request() })
		synctest.Wait()
	}
	return func() []error {
		synctest.Wait()
		require.NoError(t, busy.Close())
		group.Wait()
		return errs
	}
}

func save(ctx context.Context, l *ledger.Ledger, n dispute.Notice) func() error {
	return func() error {
		_, err := l.Save(ctx, receiptOf(n))
		return err
	}
}

// requireSaved asserts that exactly these notices are on record.
func requireSaved(t *testing.T, l *ledger.Ledger, numbers ...int) {
	t.Helper()
	receipts, err := l.Receipts(t.Context(), "d-1")
	require.NoError(t, err)
	var want []dispute.Receipt
	for _, number := range numbers {
		want = append(want, receiptOf(notice(number)))
	}
	require.ElementsMatch(t, want, receipts)
}

func TestGroupCommitSharesTransactions(t *testing.T) {
	t.Parallel()
	onGroupCommit(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
		pause := func(id string) func() error {
			return func() error {
				_, err := l.Pause(t.Context(), pauseOf(id, "i-1", eur(3000)))
				return err
			}
		}
		settle := func() error {
			_, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
			return err
		}
		run := queue(t, l, save(t.Context(), l, notice(0)), pause("d-1"), pause("d-2"), save(t.Context(), l, other(0)), settle)
		plan.arm()
		errs := run()
		require.NoError(t, errors.Join(errs[0], errs[1], errs[4]))
		requireFaults(t, errs[2], dispute.CodeDisputeRefused, "invoiceId")
		require.Equal(t, receiptOf(notice(0)), requireConflict(t, errs[3]))
		const beginAndCommit, savepoints, saves, pauses, settlement = 2, 5 * 2, 1 + 2, 3 + 2, 4
		require.Equal(t, beginAndCommit+savepoints+saves+pauses+settlement, plan.statements)
		requireSound(t, l)

		var many []func() error
		for n := range ledger.LargestGroup + 1 {
			many = append(many, save(t.Context(), l, notice(n+1)))
		}
		run = queue(t, l, many...)
		plan.arm()
		require.NoError(t, errors.Join(run()...))
		require.Equal(t, 2*beginAndCommit+3*len(many), plan.statements)
	})
}

var errFault = errors.New("a fault of a request")

// A request that fails undoes only its own changes. What undoes the transaction fails all of its requests: none succeeds
// without being on record, and repeats complete the rest.
func TestGroupCommitFailures(t *testing.T) {
	t.Parallel()
	failing := func(t *testing.T, l *ledger.Ledger) error {
		t.Helper()
		return l.Optimistic(t.Context(), func(execute func(string) error) error {
			return errors.Join(execute("delete from messages"), errFault)
		})
	}
	tooLarge := func(t *testing.T, l *ledger.Ledger) error {
		t.Helper()
		receipt := receiptOf(notice(1))
		receipt.Answer = strings.Repeat("x", 1<<20)
		_, err := l.Save(t.Context(), receipt)
		return err
	}
	for name, c := range map[string]struct {
		second func(*testing.T, *ledger.Ledger) error // the first and the third request save notices
		faults []fault
		want   [3]string
		saved  []int
	}{
		"an error":             {failing, nil, [3]string{"", errFault.Error(), ""}, []int{0, 2}},
		"a full disk":          {tooLarge, nil, [3]string{"", "disk is full", ""}, []int{0, 2}},
		"a lost BEGIN":         {failing, []fault{{n: 1}}, [3]string{errCut.Error(), errFault.Error(), ""}, []int{2}},
		"a lost statement":     {failing, []fault{{n: 3}}, [3]string{"bad connection", errFault.Error(), ""}, []int{2}},
		"a lost rollback":      {failing, []fault{{n: 7}}, [3]string{errCut.Error(), errCut.Error(), ""}, []int{2}},
		"a lost COMMIT":        {failing, []fault{{n: 11}}, [3]string{errCut.Error(), errCut.Error(), errCut.Error()}, nil},
		"an unanswered COMMIT": {failing, []fault{{n: 11, after: true}}, [3]string{errCut.Error(), errCut.Error(), errCut.Error()}, []int{0, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onGroupCommit(t, func(t *testing.T, l *ledger.Ledger, plan *faultPlan) {
				var pages int
				require.NoError(t, l.DB().QueryRowContext(t.Context(), "pragma page_count").Scan(&pages))
				execute(t, l, fmt.Sprint("pragma max_page_count = ", pages+20))
				run := queue(t, l, save(t.Context(), l, notice(0)), func() error { return c.second(t, l) }, save(t.Context(), l, notice(2)))
				plan.arm(c.faults...)
				for n, err := range run() {
					if c.want[n] == "" {
						require.NoError(t, err)
					} else {
						require.ErrorContains(t, err, c.want[n])
					}
				}
				requireSaved(t, l, c.saved...)
				require.NoError(t, errors.Join(save(t.Context(), l, notice(0))(), save(t.Context(), l, notice(2))()))
				requireSaved(t, l, 0, 2)
			})
		})
	}
}

// A panic reaches the caller of its request and ends nothing else, also in the leader.
func TestGroupCommitPanics(t *testing.T) {
	t.Parallel()
	onGroupCommit(t, func(t *testing.T, l *ledger.Ledger, _ *faultPlan) {
		panicking := func() (err error) {
			defer func() { err, _ = recover().(error) }()
			return l.Optimistic(t.Context(), func(execute func(string) error) error {
				_ = execute("delete from messages")
				panic(errFault) //nolint:forbidigo // the panic is the test
			})
		}
		require.Equal(t, []error{nil, errFault, nil}, queue(t, l, save(t.Context(), l, notice(0)), panicking, save(t.Context(), l, notice(1)))())
		require.Equal(t, []error{errFault, nil}, queue(t, l, panicking, save(t.Context(), l, notice(2)))())
		requireSaved(t, l, 0, 1, 2)
	})
}

// A request whose context ends while it waits is not run. One whose context ends while it runs ends nothing else.
func TestGroupCommitContexts(t *testing.T) {
	t.Parallel()
	for n := range 3 { // the leader or a follower
		onGroupCommit(t, func(t *testing.T, l *ledger.Ledger, _ *faultPlan) {
			ctx, cancel := context.WithCancel(t.Context())
			requests := []func() error{save(t.Context(), l, notice(0)), save(t.Context(), l, notice(1)), save(t.Context(), l, notice(2))}
			requests[n] = func() error {
				return l.Optimistic(ctx, func(func(string) error) error { panic(errFault) }) //nolint:forbidigo // it is not run
			}
			run := queue(t, l, requests...)
			cancel()
			errs := run()
			require.ErrorIs(t, errs[n], context.Canceled)
			errs[n] = nil
			require.NoError(t, errors.Join(errs...))

			ctx, cancel = context.WithCancel(t.Context())
			requests[n] = func() error {
				return l.Optimistic(ctx, func(execute func(string) error) error {
					cancel()
					return execute("update merchants set name = 'changed'")
				})
			}
			errs = queue(t, l, requests...)()
			errs[n] = nil // or context.Canceled
			require.NoError(t, errors.Join(errs...))
		})
	}
}

// Close lets the transaction under way finish. Later requests fail.
func TestGroupCommitCloses(t *testing.T) {
	t.Parallel()
	onGroupCommit(t, func(t *testing.T, l *ledger.Ledger, _ *faultPlan) {
		closing := func() error {
			return l.Optimistic(t.Context(), func(func(string) error) error { return l.Close() })
		}
		require.NoError(t, errors.Join(queue(t, l, closing, save(t.Context(), l, notice(0)))()...))
		require.ErrorContains(t, save(t.Context(), l, notice(1))(), "database is closed")
	})
}

// The wait for a lock of another process ends with the context.
func TestGroupCommitWaitsForOtherProcesses(t *testing.T) {
	t.Parallel()
	ledgerURL := sqliteURL(t)
	l := openAt(t, ledgerURL)
	lock, err := openAt(t, ledgerURL).DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- save(ctx, l, notice(0))() }()
	require.Eventually(t, func() bool { return l.DB().Stats().InUse == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	require.NoError(t, lock.Rollback())
	require.NoError(t, save(t.Context(), l, notice(0))())
}
