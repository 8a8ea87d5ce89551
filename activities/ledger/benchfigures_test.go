package ledger_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// BenchmarkPeriods measures reports of a year with 100,000 closed disputes, 20,000 open ones and 120,000 postings.
func BenchmarkPeriods(b *testing.B) {
	year := ledger.Period{From: monday.AddDate(0, -6, 0), Until: monday.AddDate(0, 6, 0)}
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			l := manyCases(b, db)
			_, err := l.DB().ExecContext(b.Context(), timed(`insert into postings (movement, source, destination, amount, currency, invoice_id, at)
				select 'invoice', 'merchant_payable', 'customer_receivable', amount, currency, id, @ from invoices`))
			require.NoError(b, err)
			b.Run("figures", func(b *testing.B) {
				for b.Loop() {
					figures, err := l.Figures(b.Context(), year, "")
					require.NoError(b, err)
					all, err := figures.By(func(k ledger.FigureKey) ledger.FigureKey { return k })
					require.NoError(b, err)
					require.Len(b, all, 3)
				}
			})
			b.Run("journal", func(b *testing.B) {
				for b.Loop() {
					var sum int64
					require.NoError(b, l.Journal(b.Context(), year, "", func(e ledger.JournalEntry) error {
						sum += e.Amount.Amount
						return nil
					}))
					require.EqualValues(b, (benchOpen+benchClosed)*10000, sum)
				}
			})
			b.Run("journal-totals", func(b *testing.B) {
				for b.Loop() {
					totals, err := l.JournalTotals(b.Context(), year, "")
					require.NoError(b, err)
					require.Equal(b, []ledger.MovementTotal{{
						Movement: ledger.MovementInvoice, Debit: ledger.AccountCustomerReceivable, Credit: ledger.AccountMerchantPayable,
						Postings: benchOpen + benchClosed, Amount: dispute.Money{Amount: (benchOpen + benchClosed) * 10000, Currency: "EUR"},
					}}, totals.Movements, fmt.Sprint(totals))
				}
			})
		})
	}
}
