package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

// onPostgres serves a portal on a new ledger in PostgreSQL.
func onPostgres(t *testing.T) func(*portal.Parts) {
	t.Helper()
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	books, err := ledger.Open(t.Context(), server.URL("postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	return func(parts *portal.Parts) { parts.Ledger = books }
}

// TestBulk: ten thousand invoices are reported at once, each by itself, in a few seconds; the same again changes nothing.
func TestBulk(t *testing.T) {
	t.Parallel()
	const all, refused = 10_000, 17
	erp := serve(t, []string{"erp accounts"}, onPostgres(t))["erp"]
	in := dispute.Import{Merchants: []dispute.Merchant{newCase().Merchant}}
	body := members{"merchants": []any{members{"id": in.Merchants[0].ID, "name": "Nordlicht", "email": "a@nordlicht.example"}}}
	var invoices []any
	for n := range all {
		invoices = append(invoices, members{
			"id": fmt.Sprint("i-", n), "orderId": fmt.Sprint("o-", n), "merchantId": in.Merchants[0].ID, "customerId": "c",
			"amount": members{"amount": 10000, "currency": "EUR"}, "paid": n % 10000, "dueDate": "2030-01-31",
		})
	}
	invoices[refused].(members)["amount"] = members{"amount": 1, "currency": "euro"}
	body["invoices"] = invoices
	for _, want := range []ledger.ImportResult{ledger.ImportedNew, ledger.ImportedUnchanged} {
		began := time.Now()
		var got struct {
			Records []struct {
				Path   string
				Result ledger.ImportResult
				Errors dispute.Faults
			}
		}
		erp.post("/import", body).into(&got)
		t.Logf("%d invoices on PostgreSQL, %s: %v", all, want, time.Since(began).Round(time.Millisecond))
		require.Len(t, got.Records, all+1)
		for i, record := range got.Records {
			if i != refused+1 { // the merchant comes first
				require.Equal(t, want, record.Result)
				continue
			}
			require.Equal(t, ledger.ImportRefused, record.Result)
			require.Equal(t, fmt.Sprintf("invoices[%d].amount.currency", refused), record.Errors[0].Path)
		}
	}
	erp.post("/import", `{"invoices": 1}`).problem(http.StatusUnprocessableEntity, "invalid_import")
}
