package ledger_test

import (
	"bytes"
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
)

// concurrently runs do 16 times at once, on a ledger that is open twice, as if by two processes.
func concurrently[T any](t *testing.T, ledgerURL string, do func(l *ledger.Ledger, n int) (T, error)) ([]T, []error) {
	t.Helper()
	processes := []*ledger.Ledger{openAt(t, ledgerURL), openAt(t, ledgerURL)}
	answers, errs := make([]T, 16), make([]error, 16)
	var group sync.WaitGroup
	for n := range answers {
		group.Go(func() { answers[n], errs[n] = do(processes[n%len(processes)], n) })
	}
	group.Wait()
	return answers, errs
}

func TestOneOfManyDisputesGetsTheInvoice(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		imported(t, l, invoice("i-1", eur(10000), 0))
		_, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			return l.Pause(t.Context(), pauseOf(fmt.Sprint("d-", n), "i-1", eur(100)))
		})
		winners := 0
		for _, err := range errs {
			if err == nil {
				winners++
				continue
			}
			requireFaults(t, err, dispute.CodeDisputeRefused, "invoiceId")
		}
		require.Equal(t, 1, winners)
		requireSound(t, l)
	})
}

func TestConcurrentRepeatsOfAPauseHaveOneAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		imported(t, l, invoice("i-1", eur(10000), 0))
		answers, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			in := pauseOf("d-1", "i-1", eur(100))
			in.At = in.At.Add(time.Duration(n) * time.Second)
			return l.Pause(t.Context(), in)
		})
		for n := range answers {
			require.NoError(t, errs[n])
			require.Equal(t, answers[0], answers[n])
		}
		requireSound(t, l)
	})
}

func TestConcurrentRepeatsOfASettlementMoveTheMoneyOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		imported(t, l, invoice("i-1", eur(10000), 6000))
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(7000)))
		require.NoError(t, err)
		answers, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			in := settleOf("d-1", lost(7000))
			in.At = in.At.Add(time.Duration(n) * time.Second)
			return l.Settle(t.Context(), in)
		})
		for n := range answers {
			require.NoError(t, errs[n])
			require.Equal(t, answers[0], answers[n])
		}
		got, err := l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.Len(t, got.Postings, 4)
		requireSound(t, l)
	})
}

func TestConcurrentRepeatsOfAMessageAreOne(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		imported(t, openAt(t, ledgerURL))
		receipts, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			return l.Save(t.Context(), dispute.Receipt{Key: key(1), At: monday, Answer: fmt.Sprint(n)})
		})
		answers, sendErrs := concurrently(t, ledgerURL, func(l *ledger.Ledger, _ int) (any, error) {
			return l.Inbox().Send(t.Context(), notice(1))
		})
		for n := range receipts {
			require.NoError(t, errs[n])
			require.NoError(t, sendErrs[n])
			require.Equal(t, receipts[0], receipts[n])
			require.Equal(t, answers[0], answers[n])
		}
	})
}

func TestConcurrentDisputes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		var invoices []dispute.Invoice
		for n := range 16 {
			invoices = append(invoices, invoice(fmt.Sprint("i-", n), eur(10000), 6000))
		}
		imported(t, l, invoices...)
		_, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			for round := range 3 {
				id := fmt.Sprintf("d-%d-%d", n, round)
				if _, err := l.Pause(t.Context(), pauseOf(id, fmt.Sprint("i-", n), eur(3000))); err != nil {
					return nil, err
				}
				if _, err := l.Settle(t.Context(), settleOf(id, lost(3000))); err != nil {
					return nil, err
				}
			}
			return nil, nil
		})
		for _, err := range errs {
			require.NoError(t, err)
		}
		report, err := l.Check(t.Context())
		require.NoError(t, err)
		require.Empty(t, report.Findings)
		require.Equal(t, 48, report.ClosedDisputes)
		require.Equal(t, ledger.Total{Account: ledger.AccountMerchantPayable, Currency: "EUR", Debit: 16 * 9000, Credit: 160000}, report.Totals[3])
	})
}

// The invoice changes after Pause has read it: Pause records the invoice as changed.
func TestAnImportBetweenReadAndPause(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paid     int64
		dueDate  string
		daysLeft int
	}{"a payment": {100, "2026-12-21", 28}, "a due date": {0, "2026-11-25", 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgerURL := postgresURL(t)
			direct := openAt(t, ledgerURL)
			imported(t, direct, invoice("i-1", eur(10000), 0))
			proxied := openWithHook(t, ledgerURL, "insert into disputes", func(ctx context.Context) error {
				corrected := invoice("i-1", eur(10000), c.paid)
				corrected.DueDate = c.dueDate
				_, err := direct.Import(ctx, dispute.Import{Merchants: merchants, Invoices: []dispute.Invoice{corrected}})
				return err
			})
			paused, err := proxied.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
			require.NoError(t, err)
			require.Equal(t, 10000-c.paid, paused.Outstanding)
			require.Equal(t, c.daysLeft, paused.DaysLeft)
			requireSound(t, direct)
		})
	}
}

// Another dispute is opened and settled after Pause has read the invoice, which changes only what is left to dispute.
func TestASettlementBetweenReadAndPause(t *testing.T) {
	t.Parallel()
	for name, paid := range map[string]int64{"it credits": 0, "it refunds": 10000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgerURL := postgresURL(t)
			direct := openAt(t, ledgerURL)
			imported(t, direct, invoice("i-1", eur(10000), paid))
			proxied := openWithHook(t, ledgerURL, "insert into disputes", func(ctx context.Context) error {
				_, err := direct.Pause(ctx, pauseOf("d-1", "i-1", eur(5000)))
				settle := settleOf("d-1", lost(5000))
				settle.Today = "2026-11-23"
				_, settleErr := direct.Settle(ctx, settle)
				return errors.Join(err, settleErr)
			})
			_, err := proxied.Pause(t.Context(), pauseOf("d-2", "i-1", eur(10000)))
			requireFaults(t, err, dispute.CodeDisputeRefused, "disputedAmount.amount")
			requireSound(t, direct)
		})
	}
}

// An invoice was in another dispute when Pause read it. That one is settled, and a repeat of the request has paused the
// invoice, before Pause reads the open dispute: this is no refusal.
func TestPauseMeetsItsRepeat(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	direct := openAt(t, ledgerURL)
	imported(t, direct, invoice("i-1", eur(10000), 0))
	_, err := direct.Pause(t.Context(), pauseOf("d-1", "i-1", eur(3000)))
	require.NoError(t, err)
	var first activities.Paused
	proxied := openWithHook(t, ledgerURL, "where invoice_id = $1 and state = 'open'", func(ctx context.Context) error {
		_, err := direct.Settle(ctx, settleOf("d-1", lost(3000)))
		if err == nil {
			first, err = direct.Pause(ctx, pauseOf("d-2", "i-1", eur(3000)))
		}
		return err
	})
	paused, err := proxied.Pause(t.Context(), pauseOf("d-2", "i-1", eur(3000)))
	require.NoError(t, err)
	require.Equal(t, first, paused)
	requireSound(t, direct)
}

// An invoice that changes each time after Pause has read it, fifteen times, is paused at the sixteenth attempt.
func TestPauseRetriesConflicts(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	direct := openAt(t, ledgerURL)
	imported(t, direct, invoice("i-1", eur(10000), 0))
	var changes atomic.Int64
	proxied := openAt(t, newProxy(t, with(t, ledgerURL, "default_query_exec_mode", "exec"), func(packet []byte) delivery {
		if bytes.Contains(packet, []byte("insert into disputes")) && changes.Load() < 15 {
			corrected := dispute.Import{Invoices: []dispute.Invoice{invoice("i-1", eur(10000), changes.Add(1))}}
			if _, err := direct.Import(context.WithoutCancel(t.Context()), corrected); err != nil {
				t.Error(err)
			}
		}
		return delivered
	}))
	paused, err := proxied.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
	require.NoError(t, err)
	require.EqualValues(t, 10000-15, paused.Outstanding)
	requireSound(t, direct)
}

// A conflict that stays is returned after the last attempt.
func TestPauseGivesUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0))
		execute(t, l, "update invoices set state = 'paused', due_date = '' where id = 'i-1'")
		before := dump(t, l)
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
		require.EqualError(t, err, "pause invoice of dispute d-1: invoice i-1 is paused without another dispute: a row has changed since it was read")
		require.Equal(t, before, dump(t, l))
	})
}

// A dispute that is paused between the two reads of Settle is settled, and not taken for one that was settled before.
func TestSettleMeetsThePause(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	direct := openAt(t, ledgerURL)
	imported(t, direct, invoice("i-1", eur(10000), 6000))
	proxied := openWithHook(t, ledgerURL, "select id, content_hash", func(ctx context.Context) error {
		_, err := direct.Pause(ctx, pauseOf("d-1", "i-1", eur(7000)))
		return err
	})
	settled, err := proxied.Settle(t.Context(), settleOf("d-1", lost(7000)))
	require.NoError(t, err)
	require.Equal(t, int64(4000), settled.Credited)
	record, err := direct.Dispute(t.Context(), "d-1")
	require.NoError(t, err)
	require.Equal(t, settled, record.Settled)
	requireSound(t, direct)
}
