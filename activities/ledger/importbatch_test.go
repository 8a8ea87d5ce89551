package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// manyInvoices is an import that takes several batches. Its last invoice is refused.
func manyInvoices(count int) dispute.Import {
	in := dispute.Import{Merchants: merchants}
	for n := range count {
		in.Invoices = append(in.Invoices, invoice(fmt.Sprint("i-", n), eur(100), 60))
	}
	stray := invoice("i-stray", eur(100), 0)
	stray.MerchantID = "m-404"
	in.Invoices = append(in.Invoices, stray)
	return in
}

func TestImportInBatches(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		const count = 500
		l := db.open(t)
		for _, want := range []ledger.Counts{{New: count}, {Unchanged: count}} {
			result, err := l.Import(t.Context(), manyInvoices(count))
			requireFaults(t, err, dispute.CodeInvalidImport, fmt.Sprintf("invoices[%d].merchantId", count))
			require.Equal(t, want, result.Invoices)
		}
		requireSound(t, l)
	})
}

// TestImportThatWasCutOff: a part of it is there, and the same again imports the rest.
func TestImportThatWasCutOff(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		const count = 500
		l := db.open(t)
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
		defer cancel()
		_, err := l.Import(ctx, manyInvoices(count))
		require.Error(t, err)
		require.Empty(t, dispute.CodeOf(err))
		requireSound(t, l)
		result, err := l.Import(t.Context(), manyInvoices(count))
		require.Equal(t, dispute.CodeInvalidImport, dispute.CodeOf(err))
		require.Equal(t, count, result.Invoices.New+result.Invoices.Unchanged)
		requireSound(t, l)
	})
}
