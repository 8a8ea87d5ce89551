package dispute_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
)

func TestInvoiceChecks(t *testing.T) {
	t.Parallel()
	const (
		paid   = "paid: must be a whole number of minor units, 0 to 9007199254740991"
		due    = "dueDate: must be a date such as 2026-12-31; it can be left out when nothing is outstanding"
		amount = "amount.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991"
	)
	for i, test := range []struct{ member, value, fault string }{
		{"paid", "0", ""},
		{"paid", "", ""},
		{"paid", "100", ""},
		{"paid", "101", ""}, // owed back to the customer
		{"paid", "9007199254740992", paid},
		{"asOf", `"2026-11-23T09:00:00Z"`, ""},
		{"asOf", `"yesterday"`, "asOf: must be a time in RFC 3339 format (2026-11-23T10:15:00+01:00)"},
		{"paid", "-1", paid},
		{"paid", `"30"`, "paid: must be a whole number, without quotes, decimals or exponent, at most 9007199254740991"},
		{"amount.amount", "0", "amount.amount: must be a whole number of minor units, 1 to 9007199254740991; a cancelled invoice keeps its amount " +
			"and gets a credit note of all of it"}, // and nothing about what is paid of it
		{"amount.amount", "9007199254740992", amount},
		{"amount", "100", "amount: must be a JSON object"},
		{"dueDate", `"2028-02-29"`, ""},
		{"dueDate", "", due},
		{"dueDate", `""`, due},
		{"dueDate", `"2027-02-29"`, due},
		{"dueDate", `"31.12.2026"`, due},
		{"dueDate", `"2026-12-31T00:00:00Z"`, due},
		{"dueDate", "20261231", "dueDate: must be a string"},
		{"customerId", `"` + strings.Repeat("c", 201) + `"`, "customerId: has 201 characters; at most 200 are allowed"},
	} {
		t.Run(fmt.Sprint(i, test.member), func(t *testing.T) {
			t.Parallel()
			_, err := dispute.DecodeImport([]byte(`{"invoices": [` + with(t, invoice, test.member, test.value) + `]}`))
			if test.fault == "" {
				require.NoError(t, err)
				return
			}
			requireFaults(t, err, dispute.CodeInvalidImport, "invoices[0]."+test.fault)
		})
	}
}

func TestPaidInvoiceNeedsNoDueDate(t *testing.T) {
	t.Parallel()
	paid := with(t, invoice, "paid", "100")
	_, err := dispute.DecodeImport([]byte(`{"invoices": [` + with(t, paid, "dueDate", "") + `]}`))
	require.NoError(t, err)
	_, err = dispute.DecodeImport([]byte(`{"invoices": [` + with(t, paid, "dueDate", `"soon"`) + `]}`))
	requireFaultPaths(t, err, dispute.CodeInvalidImport, "invoices[0].dueDate")
}

func TestDebitExamples(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ amount, paid, x, open, refunded int64 }{
		{100, 0, 100, 0, 0},
		{100, 100, 30, 0, 30},
		{100, 80, 30, 0, 10},
		{100, 60, 30, 10, 0},
		{100, 0, 30, 70, 0},
		{100, 100, 100, 0, 100},
	} {
		balance := dispute.Balance{Amount: test.amount, Paid: test.paid}
		credit, refund := balance.Debit(test.x)
		balance.Credited, balance.Refunded = balance.Credited+credit, balance.Refunded+refund
		require.Equal(t, test.open, balance.Outstanding(), test)
		require.Equal(t, test.refunded, refund, test)
		require.Equal(t, test.amount-test.x, balance.Left(), test)
	}
}

func TestDebitProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		balance := dispute.Balance{Amount: rapid.Int64Range(1, dispute.MaxAmount).Draw(t, "amount")}
		balance.Paid = rapid.Int64Range(0, balance.Amount).Draw(t, "paid")
		for balance.Left() > 0 && rapid.Bool().Draw(t, "another dispute") {
			x := rapid.Int64Range(0, balance.Left()).Draw(t, "x")
			credit, refund := balance.Debit(x)
			require.Equal(t, x, credit+refund)
			require.GreaterOrEqual(t, credit, int64(0))
			require.GreaterOrEqual(t, refund, int64(0))
			require.LessOrEqual(t, credit, balance.Outstanding())
			require.True(t, refund == 0 || credit == balance.Outstanding(), "money goes back only when nothing is owed")
			balance.Credited, balance.Refunded = balance.Credited+credit, balance.Refunded+refund
			require.LessOrEqual(t, balance.Refunded, balance.Paid)
		}
	})
}

// TestLeft: what was debited or finally decided for the merchant cannot be disputed again.
func TestLeft(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		balance         dispute.Balance
		undebited, left int64
	}{
		{dispute.Balance{Amount: 100, Paid: 100}, 100, 100},
		{dispute.Balance{Amount: 100, Credited: 20, Refunded: 10, CreditNotes: 5}, 65, 65},
		{dispute.Balance{Amount: 100, DecidedForMerchant: 100}, 100, 0},
		{dispute.Balance{Amount: 100, DecidedForMerchant: 80, CreditNotes: 50}, 50, 0},
	} {
		require.Equal(t, test.undebited, test.balance.Undebited(), test)
		require.Equal(t, test.left, test.balance.Left(), test)
	}
}

func TestDebitOfAnOverpaidInvoice(t *testing.T) {
	t.Parallel()
	balance := dispute.Balance{Amount: 100, Paid: 100, Credited: 30} // the customer paid in full after the merchant gave up 30
	require.Zero(t, balance.Outstanding())
	require.Equal(t, int64(30), balance.OwedBack())
	credit, refund := balance.Debit(20)
	require.Zero(t, credit)
	require.Equal(t, int64(20), refund)
}
