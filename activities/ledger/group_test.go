package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// counted is a ledger in SQLite with an invoice, and the count of its statements.
func counted(t *testing.T) (*ledger.Ledger, *cutter) {
	t.Helper()
	c := &cutter{}
	l := databases[0].cuttable(t, file(t), c)
	imported(t, l, invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 0))
	return l, c
}

// atOneTime makes calls while another transaction is under way, one after the other, and counts the statements that follow.
func atOneTime(t *testing.T, l *ledger.Ledger, c *cutter, calls ...func() error) []error {
	t.Helper()
	return whileWaiting(t, l, c, func() {}, calls...)
}

// whileWaiting is atOneTime, and the other transaction lasts until the end of something else.
func whileWaiting(t *testing.T, l *ledger.Ledger, c *cutter, end func(), calls ...func() error) []error {
	t.Helper()
	busy, err := l.DB().Conn(t.Context())
	require.NoError(t, err)
	errs := make([]error, len(calls))
	var group sync.WaitGroup
	for n, call := range calls {
		before := l.Waiting()
		group.Go(func() { errs[n] = call() })
		require.Eventually(t, func() bool { return l.Waiting() > before }, 10*time.Second, time.Millisecond)
	}
	end()
	c.mu.Lock()
	c.done = 0
	c.mu.Unlock()
	require.NoError(t, busy.Close())
	group.Wait()
	return errs
}

func record(t *testing.T, l *ledger.Ledger, number int) func() error {
	t.Helper()
	return func() error {
		_, err := l.Save(t.Context(), receiptOf(notice(number)))
		return err
	}
}

func pauseInvoice(t *testing.T, l *ledger.Ledger, id, invoice string) func() error {
	t.Helper()
	return func() error {
		_, err := l.Pause(t.Context(), pauseOf(id, invoice, eur(3000)))
		return err
	}
}

// What waits for its turn in SQLite is one transaction, in which each has its own answer.
func TestWaitingChangesAreOneTransaction(t *testing.T) {
	t.Parallel()
	l, c := counted(t)
	errs := atOneTime(t, l, c,
		record(t, l, 1), pauseInvoice(t, l, "d-1", "i-1"), pauseInvoice(t, l, "d-2", "i-1"), record(t, l, 2),
		func() error {
			_, err := l.Inbox().Send(t.Context(), notice(1))
			return err
		},
		func() error {
			_, err := l.Save(t.Context(), receiptOf(other(2)))
			return err
		},
		func() error {
			_, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
			return err
		},
	)
	requireFaults(t, errs[2], dispute.CodeDisputeRefused, "invoiceId")
	require.Equal(t, receiptOf(notice(2)), requireEarlier(t, errs[5]))
	for _, n := range []int{0, 1, 3, 4, 6} {
		require.NoError(t, errs[n])
	}
	const begin, pauseAndRefusal, records, send, settle, commit = 1, 3 + 2, 1 + 1 + 2, 1, 4, 1
	require.Equal(t, begin+pauseAndRefusal+records+send+settle+commit, c.done)
	d, err := l.Dispute(t.Context(), "d-1")
	require.NoError(t, err)
	require.Equal(t, ledger.DisputeClosed, d.State)
	requireSound(t, l)
}

func TestGroupsAreBounded(t *testing.T) {
	t.Parallel()
	l, c := counted(t)
	var calls []func() error
	for n := range ledger.LargestGroup + 10 {
		calls = append(calls, record(t, l, n))
	}
	require.NoError(t, errors.Join(atOneTime(t, l, c, calls...)...))
	require.Equal(t, len(calls)+2*2, c.done)
	receipts, err := l.Receipts(t.Context(), "d-1")
	require.NoError(t, err)
	require.Len(t, receipts, len(calls))
}

// Trouble of one is not that of the others, and nothing is done twice or lost.
func TestTroublePartsTheGroup(t *testing.T) {
	t.Parallel()
	settleUnknown := func(t *testing.T, l *ledger.Ledger) func() error {
		t.Helper()
		return func() error {
			_, err := l.Settle(t.Context(), settleOf("d-404", lost(3000)))
			return err
		}
	}
	recordThird := func(t *testing.T, l *ledger.Ledger) func() error {
		t.Helper()
		return record(t, l, 3)
	}
	for name, trouble := range map[string]struct {
		second func(*testing.T, *ledger.Ledger) func() error
		cuts   []cut
		first  string
		want   string
	}{
		"one of them":         {second: settleUnknown, want: "settle dispute d-404: the ledger has no such dispute"},
		"broken in the midst": {second: recordThird, cuts: []cut{{n: 3}}},
		"not committed":       {second: recordThird, cuts: []cut{{n: 5}}},
		"committed, untold":   {second: recordThird, cuts: []cut{{n: 5, after: true}}},
		"not begun":           {second: recordThird, cuts: []cut{{n: 1}}, first: "record the receipt of message d-1/opened/1/merchant: " + errCut.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, c := counted(t)
			c.arm(trouble.cuts...)
			errs := atOneTime(t, l, c, record(t, l, 1), trouble.second(t, l), record(t, l, 2))
			told := func(err error) string {
				if err == nil {
					return ""
				}
				return err.Error()
			}
			require.Equal(t, []string{trouble.first, trouble.want, ""}, []string{told(errs[0]), told(errs[1]), told(errs[2])})
			receipts, err := l.Receipts(t.Context(), "d-1")
			require.NoError(t, err)
			for n, number := range []int{1, 3, 2} {
				kept := slices.Contains(receipts, receiptOf(notice(number)))
				require.Equal(t, errs[n] == nil, kept, number)
			}
		})
	}
}

// Who meets trouble does so without the others, and alone once.
func TestTroubleOfOneIsItsOwn(t *testing.T) {
	t.Parallel()
	l, c := counted(t)
	settleUnknown := func() error {
		_, err := l.Settle(t.Context(), settleOf("d-404", lost(3000)))
		return err
	}
	calls := []func() error{record(t, l, 0), settleUnknown}
	for n := range 20 {
		calls = append(calls, record(t, l, n+1))
	}
	errs := atOneTime(t, l, c, calls...)
	require.ErrorContains(t, errs[1], "no such dispute")
	require.NoError(t, errors.Join(append(errs[:1:1], errs[2:]...)...))
	receipts, err := l.Receipts(t.Context(), "d-1")
	require.NoError(t, err)
	require.Len(t, receipts, 21)
	require.Error(t, atOneTime(t, l, c, settleUnknown)[0])
	require.Equal(t, 3, c.done, "a beginning and two reads")
}

// The disk is full for one of them.
func TestFullPartsTheGroup(t *testing.T) {
	t.Parallel()
	l, c := counted(t)
	var pages int
	require.NoError(t, l.DB().QueryRowContext(t.Context(), "pragma page_count").Scan(&pages))
	execute(t, l, fmt.Sprint("pragma max_page_count = ", pages+20))
	errs := atOneTime(t, l, c, record(t, l, 1), func() error {
		big := receiptOf(notice(3))
		big.Answer = strings.Repeat("x", 1<<20)
		_, err := l.Save(t.Context(), big)
		return err
	}, record(t, l, 2))
	require.NoError(t, errs[0])
	require.ErrorContains(t, errs[1], "full")
	require.NoError(t, errs[2])
	receipts, err := l.Receipts(t.Context(), "d-1")
	require.NoError(t, err)
	require.Len(t, receipts, 2)
}

var errFault = errors.New("a fault of ours")

// A fault of ours comes to whoever called for it, and to nobody else.
func TestPanicsComeToTheirCaller(t *testing.T) {
	t.Parallel()
	l, c := counted(t)
	faulty := func() (err error) {
		defer func() { err, _ = recover().(error) }()
		return l.InGroup(t.Context(), func() error {
			panic(errFault) //nolint:forbidigo // what faults do
		})
	}
	errs := atOneTime(t, l, c, record(t, l, 1), faulty, record(t, l, 2))
	require.NoError(t, errs[0])
	require.Equal(t, errFault, errs[1])
	require.NoError(t, errs[2])
	require.Equal(t, errFault, faulty(), "also alone")
	l.BreakNext(errFault)
	require.PanicsWithError(t, errFault.Error(), func() { _ = record(t, l, 3)() })
	require.NoError(t, record(t, l, 4)(), "somebody leads again")
}

// Whoever gives up in the midst of it ends nothing for the others, and what was not begun is not done.
func TestContextsEndInTheMidst(t *testing.T) {
	t.Parallel()
	for leaver := range 3 {
		t.Run(fmt.Sprint(leaver), func(t *testing.T) {
			t.Parallel()
			l, c := counted(t)
			ctx, leave := context.WithCancel(t.Context())
			calls := []func() error{record(t, l, 0), record(t, l, 1), record(t, l, 2)}
			calls[leaver] = func() error {
				return l.InGroup(ctx, func() error {
					leave()
					return ctx.Err()
				})
			}
			begun := false
			errs := atOneTime(t, l, c, append(calls, func() error {
				return l.InGroup(ctx, func() error {
					begun = true
					return nil
				})
			})...)
			require.False(t, begun)
			require.ErrorIs(t, errs[leaver], context.Canceled)
			require.ErrorIs(t, errs[3], context.Canceled)
			errs[leaver], errs[3] = nil, nil
			require.NoError(t, errors.Join(errs...))
			receipts, err := l.Receipts(t.Context(), "d-1")
			require.NoError(t, err)
			require.Len(t, receipts, 2)
		})
	}
}

// What was in the way of a message, and is undone with the transaction, is not in its way.
func TestWhatIsUndoneStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	l, c := counted(t)
	ctx, leave := context.WithCancel(t.Context())
	var standing dispute.Receipt
	errs := atOneTime(t, l, c, func() error {
		_, err := l.Save(ctx, receiptOf(notice(1)))
		return err
	}, func() (err error) {
		standing, err = l.Save(t.Context(), receiptOf(other(1)))
		return err
	}, func() error {
		return l.InGroup(t.Context(), func() error {
			leave()
			return errFault
		})
	})
	require.ErrorIs(t, errs[0], context.Canceled)
	require.NoError(t, errs[1])
	require.Equal(t, receiptOf(other(1)), standing)
	require.Equal(t, errFault, errs[2])
}

// Whoever gives up while waiting changes nothing, and ends nothing for the others, also when it was to begin.
func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for leaver := range 3 {
		t.Run(fmt.Sprint(leaver), func(t *testing.T) {
			t.Parallel()
			l, c := counted(t)
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan struct{})
			calls := []func() error{record(t, l, 0), record(t, l, 1), record(t, l, 2)}
			calls[leaver] = func() error {
				defer close(left)
				_, err := l.Save(ctx, receiptOf(notice(leaver)))
				return err
			}
			errs := whileWaiting(t, l, c, func() {
				leave()
				<-left
			}, calls...)
			for n, err := range errs {
				if n == leaver {
					require.ErrorIs(t, err, context.Canceled)
				} else {
					require.NoError(t, err)
				}
			}
			receipts, err := l.Receipts(t.Context(), "d-1")
			require.NoError(t, err)
			require.Len(t, receipts, 2)
		})
	}
}

// Another process has locked the file: the waiting for it ends with the context.
func TestWaitingForAnotherProcessEndsWithTheContext(t *testing.T) {
	t.Parallel()
	place := file(t)
	l, other := openAt(t, place), openAt(t, place)
	lock, err := other.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := l.Save(ctx, receiptOf(notice(1)))
		left <- err
	}()
	require.Eventually(t, func() bool { return l.DB().Stats().InUse == 1 }, 10*time.Second, time.Millisecond)
	leave()
	require.ErrorIs(t, <-left, context.Canceled)
	require.NoError(t, lock.Rollback())
	require.NoError(t, record(t, l, 2)())
}
