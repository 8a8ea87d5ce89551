package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// TestImportEach: each record says what became of it, also of many invoices that are locked together, and of one that appears twice.
func TestImportEach(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l) // the merchant
		dated := invoice("i-old", eur(10000), 0)
		dated.AsOf = time.Now().Truncate(time.Second)
		in := dispute.Import{Invoices: []dispute.Invoice{dated}, Payments: []dispute.Booking{{Reference: "p", InvoiceID: "i-7", Amount: eur(100)}}}
		for n := range 450 {
			in.Invoices = append(in.Invoices, invoice(fmt.Sprint("i-", n), eur(10000), int64(n)))
		}
		unknown := invoice("i-unknown", eur(10000), 0)
		unknown.MerchantID = "m-404"
		later := invoice("i-7", eur(10000), 5000)
		later.AsOf = dated.AsOf
		in.Invoices = append(in.Invoices, unknown, later)
		first, err := l.ImportEach(t.Context(), in)
		require.NoError(t, err)
		requireResults(t, first, map[ledger.ImportResult]int{ledger.ImportedNew: 452, ledger.ImportRefused: 1, ledger.ImportedChanged: 1})
		require.Equal(t, "invoices[451]", first[451].Path)
		require.Equal(t, "invoices[451].merchantId", first[451].Faults[0].Path)
		require.Equal(t, ledger.ImportedChanged, first[452].Result)
		recorded, err := l.Invoice(t.Context(), "i-7")
		require.NoError(t, err)
		require.Equal(t, int64(5100), recorded.Paid)

		in.Invoices[0].AsOf = dated.AsOf.Add(-time.Hour)
		again, err := l.ImportEach(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, ledger.ImportSkipped, again[0].Result)
		require.Contains(t, again[0].Faults.String(), "invoices[0]: is skipped")
		requireResults(t, again, map[ledger.ImportResult]int{ledger.ImportedUnchanged: 450, ledger.ImportSkipped: 1, ledger.ImportRefused: 1, ledger.ImportedChanged: 2})
		report, err := l.Check(t.Context())
		require.NoError(t, err)
		require.Empty(t, report.Findings)
	})
}

func requireResults(t *testing.T, records []ledger.ImportedRecord, want map[ledger.ImportResult]int) {
	t.Helper()
	got := map[ledger.ImportResult]int{}
	for _, record := range records {
		got[record.Result]++
	}
	require.Equal(t, want, got)
}
