package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// monday is when the pauses of these tests happen.
var monday = time.Date(2026, time.November, 23, 9, 15, 0, 123456000, time.UTC)

var merchants = []dispute.Merchant{
	{ID: "m-1", Name: "Lampenladen Nord", Email: "post@lampenladen.example", Locale: "de-DE", PortalActive: true, EmailOnDispute: true, EmailOnDeadlines: true},
	{ID: "m-2", Name: "Sykkel AS", Email: "post@sykkel.example", Locale: "nb-NO"},
}

func eur(amount int64) dispute.Money {
	return dispute.Money{Amount: amount, Currency: "EUR"}
}

// invoice is one of merchant m-1, due four weeks after monday.
func invoice(id string, amount dispute.Money, paid int64) dispute.Invoice {
	return dispute.Invoice{
		ID: id, OrderID: "order-" + id, MerchantID: "m-1", CustomerID: "c-1", Amount: amount, Paid: paid, DueDate: "2026-12-21",
	}
}

func imported(t require.TestingT, l *ledger.Ledger, invoices ...dispute.Invoice) {
	_, err := l.Import(testContext(t), dispute.Import{Merchants: merchants, Invoices: invoices})
	require.NoError(t, err)
}

// pauseOf pauses, on monday, an invoice made by invoice.
func pauseOf(id, invoiceID string, amount dispute.Money) activities.Pause {
	return activities.Pause{
		Dispute: dispute.Dispute{
			ID: id, OpenedAt: monday.Add(-time.Hour), Reason: dispute.ReasonGoodsNotReceived, OrderID: "order-" + invoiceID,
			InvoiceID: invoiceID, DisputedAmount: amount, MerchantID: "m-1", Calendar: "DE",
			Complainant: dispute.Complainant{ID: "c-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
			Policy:      dispute.Policy{ResponseBusinessDays: 21},
		},
		At: monday, Today: "2026-11-23",
	}
}

// settleOf settles three weeks after monday.
func settleOf(id string, decision dispute.Decision) activities.Settle {
	return activities.Settle{DisputeID: id, Calendar: "DE", Decision: decision, At: monday.AddDate(0, 0, 21), Today: "2026-12-14"}
}

func lost(amount int64) dispute.Decision {
	return dispute.Decide(dispute.ClosedForCustomer, eur(amount), nil)
}

func won() dispute.Decision {
	return dispute.Decide(dispute.ClosedForMerchant, eur(1), nil)
}

// execute executes SQL statements past the code of the ledger.
func execute(t *testing.T, l *ledger.Ledger, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := l.DB().ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// dump is the content of the ledger as text, without the times of imports and messages, which are those of the clock.
func dump(t require.TestingT, l *ledger.Ledger) string {
	return rowsOf(
		t, l,
		"select id, namespace_id, namespace from owners order by 1", "select * from merchants order by 1",
		"select * from invoices order by 1", "select * from disputes order by 1", "select * from takeovers order by 1, 3", "select * from cases order by 1", "select * from archive order by 1", "select * from erasures order by 1",
		"select id, dispute_id, party, purpose, kind, name, type, size, sha256, sent_at from files order by 1",
		"select * from messages order by 1, 2, 3, 4",
		"select id, notice, content_hash, merchant_id, content from inbox order by 1",
		`select id, movement, source, destination, amount, currency, invoice_id, dispute_id,
			case when dispute_id is null then null else at end from postings order by 1`,
		"select id, type, invoice_id, dispute_id, occasion, message_number, recipient, cause, posting_id, delivered_at from events order by 1",
	)
}

// rowsOf runs queries and returns their rows as text.
func rowsOf(t require.TestingT, l *ledger.Ledger, queries ...string) string {
	var text strings.Builder
	for _, query := range queries {
		fmt.Fprintln(&text, query)
		writeRows(t, &text, l, query)
	}
	return text.String()
}

func writeRows(t require.TestingT, text *strings.Builder, l *ledger.Ledger, query string) {
	rows, err := l.DB().QueryContext(testContext(t), query)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		fmt.Fprintln(text, values...)
	}
	require.NoError(t, rows.Err())
}

// requireSound asserts that Check finds nothing.
func requireSound(t require.TestingT, l *ledger.Ledger) {
	report, err := l.Check(testContext(t))
	require.NoError(t, err)
	require.Empty(t, report.Findings)
}

// requireFaults asserts that err is a refusal with exactly these paths, in this order.
func requireFaults(t *testing.T, err error, code dispute.Code, paths ...string) {
	t.Helper()
	var refusal *dispute.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code, err)
	var got []string
	for _, fault := range refusal.Faults {
		got = append(got, fault.Path)
	}
	require.Equal(t, paths, got, err)
}

// testContext is the context of a test, or of a check of a property.
func testContext(t require.TestingT) context.Context {
	return t.(interface{ Context() context.Context }).Context()
}

// booking is a payment, a return or a credit note on an invoice.
func booking(reference, invoiceID string, amount dispute.Money) dispute.Booking {
	return dispute.Booking{Reference: reference, InvoiceID: invoiceID, Amount: amount}
}
