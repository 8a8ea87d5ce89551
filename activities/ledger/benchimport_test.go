package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// Pauses while another process imports 20,000 invoices. max-ms is the longest one; it must stay below 100. An iteration is
// a whole import, so -benchtime 1x is enough.
func BenchmarkPauseDuringImport(b *testing.B) {
	const pauses, others = 200, 20000
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			ledgerURL := db.newURL(b)
			worker, importer := openAt(b, ledgerURL), openAt(b, ledgerURL)
			bill(b, importer, 0, pauses*b.N)
			var longest time.Duration
			for run := range b.N {
				var invoices []dispute.Invoice
				for n := range others {
					invoices = append(invoices, invoice(fmt.Sprint("other-", run, "-", n), eur(10000), 6000))
				}
				imported := make(chan error, 1)
				b.ResetTimer()
				go func() {
					_, err := importer.Import(b.Context(), dispute.Import{Invoices: invoices})
					imported <- err
				}()
				for n := run * pauses; n < (run+1)*pauses; n++ {
					start := time.Now()
					_, err := worker.Pause(b.Context(), pauseOf(fmt.Sprint("d-", n), fmt.Sprint("i-", n), eur(7000)))
					require.NoError(b, err)
					longest = max(longest, time.Since(start))
					<-time.After(10 * time.Millisecond) // as disputes come, not as fast as they can
				}
				require.Empty(b, imported, "the import has ended before the pauses")
				require.NoError(b, <-imported)
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "max-ms")
		})
	}
}
