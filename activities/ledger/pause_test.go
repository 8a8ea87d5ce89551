package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

func TestPausePausesTheInvoice(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 6000))

		answer, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(3000)))
		require.NoError(t, err)
		require.Equal(t, activities.Paused{At: monday, InvoiceID: "i-1", Run: 1, Outstanding: 4000, DaysLeft: 28}, answer)

		got, err := l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.Equal(t, ledger.InvoicePaused, got.State)
		require.Empty(t, got.DueDate)
		require.Equal(t, "d-1", got.DisputeID)
		require.Equal(t, 28, got.DaysLeft)

		record, err := l.Dispute(t.Context(), "d-1")
		require.NoError(t, err)
		in := pauseOf("d-1", "i-1", eur(3000)).Dispute
		require.Equal(t, ledger.Dispute{
			ID: "d-1", ContentHash: in.Hash(), State: ledger.DisputeOpen, MerchantID: "m-1", InvoiceID: "i-1",
			DisputedAmount: eur(3000), Reason: dispute.ReasonGoodsNotReceived,
			Calendar: "DE", OpenedAt: in.OpenedAt, Paused: answer,
		}, record)
		requireSound(t, l)
	})
}

func TestPauseCountsTheDaysLeft(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, c := range map[string]struct {
			due  string
			paid int64
			want int
		}{
			"due in a year, over a leap day": {"2028-11-23", 0, 731},
			"due tomorrow":                   {"2026-11-24", 0, 1},
			"due today":                      {"2026-11-23", 0, 0},
			"overdue":                        {"2026-01-01", 0, 0},
			"due never":                      {"9999-12-31", 0, 2912116},
			"paid in full":                   {"2026-12-21", 10000, 28}, // the payment may yet be returned
			"paid in full, no due date":      {"", 10000, 0},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := db.open(t)
				one := invoice("i-1", eur(10000), c.paid)
				one.DueDate = c.due
				imported(t, l, one)
				answer, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
				require.NoError(t, err)
				require.Equal(t, c.want, answer.DaysLeft)
			})
		}
	})
}

func TestRepeatedPauseGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 100)
		before := dump(t, l)
		again := pauseOf("d-1", "i-1", eur(100))
		again.At, again.Today = monday.AddDate(0, 0, 3), "2026-11-26"
		again.Dispute.OpenedAt = again.Dispute.OpenedAt.Local() // another time zone is the same content
		answer, err := l.Pause(t.Context(), again)
		require.NoError(t, err)
		require.Equal(t, activities.Paused{At: monday, InvoiceID: "i-1", Run: 1, Outstanding: 10000, DaysLeft: 28}, answer)
		require.Equal(t, before, dump(t, l))
	})
}

// takeover is the pause of d-1 by another run.
func takeover(runID string) activities.Pause {
	in := pauseOf("d-1", "i-1", eur(3000))
	in.RunID = runID
	return in
}

// TestTakeover: each run that takes an open dispute over gets the next number, and the same number again, whatever its clock
// says.
func TestTakeover(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0))
		for _, step := range []struct {
			run  string
			want int
		}{{"r-1", 1}, {"r-1", 1}, {"r-2", 2}, {"r-1", 1}, {"r-3", 3}, {"r-2", 2}, {"r-3", 3}} {
			in := takeover(step.run)
			in.At = in.At.Add(-time.Duration(step.want) * time.Hour)
			answer, err := l.Pause(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, step.want, answer.Run, step.run)
			require.Equal(t, monday.Add(-time.Hour), answer.At)
		}
		_, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		before := dump(t, l)
		_, err = l.Pause(t.Context(), takeover("r-4"))
		requireFaults(t, err, dispute.CodeDisputeClosed)
		require.Equal(t, before, dump(t, l))
	})
}

// TestTakeoversAtOnce: runs that take a dispute over at the same moment get numbers of their own.
func TestTakeoversAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		imported(t, openAt(t, ledgerURL), invoice("i-1", eur(10000), 0))
		answers, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (int, error) {
			answer, err := l.Pause(t.Context(), takeover(fmt.Sprint("r-", n/2)))
			return answer.Run, err
		})
		byRun, numbers := map[int]int{}, map[int]bool{}
		for n, number := range answers {
			require.NoError(t, errs[n])
			if n%2 == 0 {
				byRun[n/2] = number
				require.False(t, numbers[number], number)
				numbers[number] = true
			}
			require.Equal(t, byRun[n/2], number)
		}
		for number := 1; number <= len(byRun); number++ {
			require.True(t, numbers[number], number)
		}
	})
}

func TestPauseRefusesAnotherDisputeOfTheSameID(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 100)
		imported(t, l, invoice("i-2", eur(10000), 0))
		before := dump(t, l)
		for _, other := range []activities.Pause{pauseOf("d-1", "i-1", eur(101)), pauseOf("d-1", "i-2", eur(100)), pauseOf("d-1", "i-404", eur(100))} {
			_, err := l.Pause(t.Context(), other)
			requireFaults(t, err, dispute.CodeDisputeDiffers)
		}
		require.Equal(t, before, dump(t, l))
	})
}

func TestPauseRefusesAClosedDisputeForEver(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 100)
		_, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		before := dump(t, l)
		_, err = l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
		requireFaults(t, err, dispute.CodeDisputeClosed)
		require.EqualError(t, err, "dispute d-1 was closed on 2026-12-14; open a new dispute under an id of its own")
		_, err = l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(99)))
		requireFaults(t, err, dispute.CodeDisputeDiffers)
		require.Equal(t, before, dump(t, l))
	})
}

func TestPauseRefusesWhatDoesNotFitTheLedger(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, c := range map[string]struct {
			change func(*dispute.Dispute)
			paths  []string
		}{
			"unknown merchant":     {func(d *dispute.Dispute) { d.MerchantID = "m-404" }, []string{"merchantId"}},
			"unknown invoice":      {func(d *dispute.Dispute) { d.InvoiceID = "i-404" }, []string{"invoiceId"}},
			"neither known":        {func(d *dispute.Dispute) { d.InvoiceID, d.MerchantID = "i-404", "m-404" }, []string{"invoiceId", "merchantId"}},
			"another merchant's":   {func(d *dispute.Dispute) { d.MerchantID = "m-2" }, []string{"merchantId"}},
			"another order's":      {func(d *dispute.Dispute) { d.OrderID = "order-2" }, []string{"orderId"}},
			"another customer's":   {func(d *dispute.Dispute) { d.Complainant.ID = "c-2" }, []string{"complainant.id"}},
			"other currency":       {func(d *dispute.Dispute) { d.DisputedAmount.Currency = "SEK" }, []string{"disputedAmount.currency"}},
			"more than the amount": {func(d *dispute.Dispute) { d.DisputedAmount.Amount = 10001 }, []string{"disputedAmount.amount"}},
			"in dispute":           {func(d *dispute.Dispute) { d.InvoiceID, d.OrderID = "i-2", "order-i-2" }, []string{"invoiceId"}},
			"everything": {func(d *dispute.Dispute) {
				d.InvoiceID, d.OrderID, d.MerchantID, d.Complainant.ID, d.DisputedAmount = "i-2", "o", "m-2", "c-2", eur(dispute.MaxAmount)
			}, []string{"orderId", "invoiceId", "disputedAmount.amount", "complainant.id", "merchantId"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := db.open(t)
				imported(t, l, invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 0))
				_, err := l.Pause(t.Context(), pauseOf("d-0", "i-2", eur(100)))
				require.NoError(t, err)
				before := dump(t, l)

				in := pauseOf("d-1", "i-1", eur(100))
				c.change(&in.Dispute)
				_, err = l.Pause(t.Context(), in)
				requireFaults(t, err, dispute.CodeDisputeRefused, c.paths...)
				require.Equal(t, before, dump(t, l))
				_, err = l.Dispute(t.Context(), "d-1")
				requireFaults(t, err, dispute.CodeUnknownDispute)

				_, err = l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
				require.NoError(t, err, "corrected, it can be opened under the same id")
			})
		}
	})
}

func TestPauseSaysHowMuchIsLeftToDispute(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 7000)
		_, err := l.Settle(t.Context(), settleOf("d-1", lost(7000)))
		require.NoError(t, err)

		_, err = l.Pause(t.Context(), pauseOf("d-2", "i-1", eur(3001)))
		require.EqualError(t, err,
			"the dispute does not fit the ledger: disputedAmount.amount: is too much: 30.00 EUR of the invoice is left to dispute")
		_, err = l.Pause(t.Context(), pauseOf("d-2", "i-1", eur(3000)))
		require.NoError(t, err, "a later dispute about the rest is allowed")
		requireSound(t, l)
	})
}

func TestPauseNeedsADate(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 10000))
		in := pauseOf("d-1", "i-1", eur(100))
		in.Today = "2026-02-30"
		_, err := l.Pause(t.Context(), in)
		require.ErrorContains(t, err, "pause invoice of dispute d-1: ")
		require.Empty(t, dispute.CodeOf(err))
	})
}
