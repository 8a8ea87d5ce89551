package ledger_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// entriesOf reads all postings of all invoices, each by its own.
func entriesOf(t *testing.T, l *ledger.Ledger, all []pastDispute) (entries []ledger.JournalEntry) {
	t.Helper()
	for n, r := range all {
		in, err := l.Invoice(t.Context(), fmt.Sprint("i-", n))
		require.NoError(t, err)
		for _, p := range in.Postings {
			entries = append(entries, ledger.JournalEntry{Posting: p, MerchantID: r.merchant})
		}
	}
	slices.SortFunc(entries, func(a, b ledger.JournalEntry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return entries
}

// TestJournal compares the postings and sums of random periods with those that plain Go takes from the invoices.
func TestJournal(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l, all := pastLedger(t, db, 80)
		entries := entriesOf(t, l, all)
		random := rand.New(rand.NewPCG(3, 4))
		for n := range 40 {
			bounds := []time.Time{entries[random.IntN(len(entries))].At, entries[random.IntN(len(entries))].At}
			slices.SortFunc(bounds, time.Time.Compare)
			in, merchant := ledger.Period{From: bounds[0], Until: bounds[1]}, []string{"", "m-1", "m-2", "m-404"}[n%4]
			var want, got []ledger.JournalEntry
			var earlier, within []ledger.Posting
			for _, e := range entries {
				switch {
				case merchant != "" && merchant != e.MerchantID:
				case e.At.Before(in.From):
					earlier = append(earlier, e.Posting)
				case e.At.Before(in.Until):
					want, within = append(want, e), append(within, e.Posting)
				}
			}
			require.NoError(t, l.Journal(t.Context(), in, merchant, func(e ledger.JournalEntry) error {
				got = append(got, e)
				return nil
			}))
			require.Equal(t, want, got)
			totals, err := l.JournalTotals(t.Context(), in, merchant)
			require.NoError(t, err)
			requireTotals(t, totals, earlier, within)
		}
	})
}

// requireTotals wants totals to be those of the postings, and the books to balance.
func requireTotals(t *testing.T, totals ledger.JournalTotals, earlier, within []ledger.Posting) {
	t.Helper()
	postings, sides := 0, map[string]int64{}
	for _, m := range totals.Movements {
		var sum int64
		count := 0
		for _, p := range within {
			if p.Movement == m.Movement && p.Destination == m.Debit && p.Source == m.Credit && p.Amount.Currency == m.Amount.Currency {
				sum, count = sum+p.Amount.Amount, count+1
			}
		}
		require.Equal(t, []int64{sum, int64(count)}, []int64{m.Amount.Amount, int64(m.Postings)}, m)
		postings += count
	}
	require.Len(t, within, postings)
	balance := func(postings []ledger.Posting, a ledger.AccountTotal) (debit, credit int64) {
		for _, p := range postings {
			if p.Amount.Currency == a.Currency && p.Destination == a.Account {
				debit += p.Amount.Amount
			}
			if p.Amount.Currency == a.Currency && p.Source == a.Account {
				credit += p.Amount.Amount
			}
		}
		return debit, credit
	}
	for _, a := range totals.Accounts {
		debitBefore, creditBefore := balance(earlier, a)
		debit, credit := balance(within, a)
		require.Equal(t, []int64{debitBefore - creditBefore, debit, credit, debitBefore - creditBefore + debit - credit},
			[]int64{a.Opening, a.Debit, a.Credit, a.Closing}, a)
		sides[a.Currency] += a.Debit - a.Credit
	}
	for currency, difference := range sides {
		require.Zero(t, difference, currency)
	}
}

// TestJournalEndsWithItsReader: the first error of a reader ends the journal, and is what it returns.
func TestJournalEndsWithItsReader(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l, _ := pastLedger(t, db, 3)
		full := errors.New("no space left")
		calls := 0
		err := l.Journal(t.Context(), ledger.Period{From: monday.AddDate(-5, 0, 0), Until: monday.AddDate(5, 0, 0)}, "", func(ledger.JournalEntry) error {
			calls++
			return full
		})
		require.ErrorIs(t, err, full)
		require.Equal(t, 1, calls)
		requireSound(t, l)
	})
}
