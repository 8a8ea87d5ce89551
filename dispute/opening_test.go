package dispute_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

const (
	openingMerchant = `{"id": "nordlicht", "name": "Nordlicht", "email": "a@nordlicht.example"}`
	openingInvoice  = `{"id": "i-1", "orderId": "o-1", "merchantId": "nordlicht", "customerId": "c-1", "amount": {"amount": 12990, "currency": "EUR"}, "paid": 12990}`
)

// opening is a valid dispute with members beside its own.
func opening(t *testing.T, members string) []byte {
	t.Helper()
	d := dispute.Dispute{
		ID: "d-1", OpenedAt: now, Reason: dispute.ReasonReturn, OrderID: "o-1", InvoiceID: "i-1", MerchantID: "nordlicht",
		DisputedAmount: dispute.Money{Amount: 100, Currency: "EUR"}, Complainant: dispute.Complainant{ID: "c-1", Name: "Jonas", Email: "jonas@mail.example"},
	}
	encoded, err := json.Marshal(d)
	require.NoError(t, err)
	return []byte(strings.TrimSuffix(string(encoded), "}") + members + "}")
}

// TestDecodeOpening: without records an opening is the dispute as DecodeDispute reads it; with them, all faults have their paths.
func TestDecodeOpening(t *testing.T) {
	t.Parallel()
	alone, err := dispute.DecodeOpening(opening(t, ""), now)
	require.NoError(t, err)
	same, err := dispute.DecodeDispute(opening(t, ""), strict.RefuseUnknownNames, now)
	require.NoError(t, err)
	require.Equal(t, same, alone.Dispute)
	require.Empty(t, alone.Records)
	both, err := dispute.DecodeOpening(opening(t, `, "merchant": `+openingMerchant+`, "invoice": `+openingInvoice), now)
	require.NoError(t, err)
	require.Equal(t, same, both.Dispute)
	require.Len(t, both.Records.Merchants, 1)
	require.Len(t, both.Records.Invoices, 1)

	for members, want := range map[string][]string{
		`, "merchant": 1`: {"merchant: must be a JSON object"},
		`, "merchant": {"id": "other", "name": "n", "email": "x"}, "colour": "red"`: {
			"colour: is unknown here; known are id, openedAt, reason, orderId, invoiceId, disputedAmount, complainant, merchantId, calendar, policy, complaint, merchant, invoice",
			"merchant.email: must be an e-mail address, written like jonas@example.de", "merchant.id: must be the merchantId of the dispute",
		},
		`, "invoice": ` + strings.Replace(openingInvoice, `"i-1"`, `"i-2"`, 1):  {"invoice.id: must be the invoiceId of the dispute"},
		`, "invoice": ` + openingInvoice + `, "invoice": ` + openingInvoice:     {"invoice: appears more than once"},
		`, "invoice": ` + strings.Replace(openingInvoice, `"EUR"`, `"euro"`, 1): {"invoice.amount.currency: must be the ISO 4217 code of a currency, such as EUR"},
	} {
		_, err := dispute.DecodeOpening(opening(t, members), now)
		requireFaults(t, err, dispute.CodeInvalidDispute, want...)
	}
	for _, wrong := range []string{"", "[]", "null", "{"} {
		_, err := dispute.DecodeOpening([]byte(wrong), time.Now())
		require.Equal(t, dispute.CodeInvalidDispute, dispute.CodeOf(err))
	}
	refused := both.Refuse(dispute.Faults{{Path: "invoices[0].amount.amount", Problem: "p"}, {Path: "merchants[0]", Problem: "q"}})
	requireFaults(t, refused, dispute.CodeInvalidImport, "invoice.amount.amount: p", "merchant: q")
}
