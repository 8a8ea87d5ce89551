package dispute_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

const (
	merchant = `{"id": "m-4", "name": "Nordlicht GmbH", "email": "disputes@nordlicht.example", "locale": "de-DE", "portalActive": true, "emailOnDispute": false, "emailOnDeadlines": true}`
	invoice  = `{"id": "i-1", "orderId": "o-1", "merchantId": "m-4", "customerId": "c-19", "amount": {"amount": 100, "currency": "EUR"}, "paid": 30, "dueDate": "2026-12-31"}`
)

func TestDecodeImport(t *testing.T) {
	t.Parallel()
	in, err := dispute.DecodeImport([]byte(`{"merchants": [` + merchant + `], "invoices": [` + invoice + `]}`))
	require.NoError(t, err)
	require.Equal(t, dispute.Import{
		Merchants: []dispute.Merchant{{ID: "m-4", Name: "Nordlicht GmbH", Email: "disputes@nordlicht.example", Locale: "de-DE", PortalActive: true, EmailOnDeadlines: true}},
		Invoices: []dispute.Invoice{{
			ID: "i-1", OrderID: "o-1", MerchantID: "m-4", CustomerID: "c-19",
			Amount: dispute.Money{Amount: 100, Currency: "EUR"}, Paid: 30, DueDate: "2026-12-31",
		}},
	}, in)
	for _, nothing := range []string{"{}", `{"merchants": [], "invoices": null}`} {
		in, err = dispute.DecodeImport([]byte(nothing))
		require.NoError(t, err)
		require.Empty(t, in.Merchants)
		require.Empty(t, in.Invoices)
	}
}

func TestDecodeImportReturnsAllFaults(t *testing.T) {
	t.Parallel()
	_, err := dispute.DecodeImport([]byte(`{"merchants": [` + merchant + `, {"portalActive": "yes", "phone": 1}], "invoices": [null, [], ` + invoice + `]}`))
	requireFaults(t, err, dispute.CodeInvalidImport,
		"merchants[1].portalActive: must be true or false",
		"merchants[1].phone: is unknown here; known are id, name, email, locale, portalActive, emailOnDispute, emailOnDeadlines, asOf",
		"merchants[1].id: is required: one line of 1 to 200 characters",
		"merchants[1].name: is required: one line of 1 to 200 characters",
		"merchants[1].email: must be an e-mail address, written like jonas@example.de",
		"invoices[0].id: is required: one line of 1 to 200 characters",
		"invoices[0].orderId: is required: one line of 1 to 200 characters",
		"invoices[0].merchantId: is required: one line of 1 to 200 characters",
		"invoices[0].customerId: is required: one line of 1 to 200 characters",
		"invoices[0].amount.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991",
		"invoices[0].amount.currency: must be the ISO 4217 code of a currency, such as EUR",
		"invoices[1]: must be a JSON object")
	require.True(t, strings.HasPrefix(err.Error(), "this cannot be imported: merchants[1].portalActive: must be true or false; "))
	_, err = dispute.DecodeImport([]byte(`{"merchants": {"m-4": ` + merchant + `}, "invoice": []}`))
	requireFaults(t, err, dispute.CodeInvalidImport, "merchants: must be a list", "invoice: is unknown here; known are merchants, invoices, payments, paymentReturns, creditNotes")
}

// An import of names and addresses must not switch anything off.
func TestMergedIntoKeepsOmittedSettings(t *testing.T) {
	t.Parallel()
	const known = `"id": "m-4", "name": "Nordlicht AG", "email": "new@nordlicht.example", "locale": "en"`
	for settings, want := range map[string]struct{ portal, copies bool }{
		``:                          {true, true},
		`, "portalActive": null`:    {true, true},
		`, "portalActive": false`:   {false, true},
		`, "emailOnDispute": false`: {true, false},
		`, "portalActive": false, "emailOnDispute": false`: {false, false},
	} {
		in, err := dispute.DecodeImport([]byte(`{"merchants": [{` + known + settings + `}]}`))
		require.NoError(t, err)
		expected := nordlicht()
		expected.Name, expected.Email, expected.Locale = "Nordlicht AG", "new@nordlicht.example", "en"
		expected.PortalActive, expected.EmailOnDispute = want.portal, want.copies
		require.Equal(t, expected, in.Merchants[0].MergedInto(nordlicht()), settings)
		require.Equal(t, dispute.Merchant{
			ID: "m-4", Name: "Nordlicht AG", Email: "new@nordlicht.example", Locale: "en", EmailOnDeadlines: true,
		}, in.Merchants[0].MergedInto(in.Merchants[0]), "a new merchant")
	}
	in, err := dispute.DecodeImport([]byte(`{"merchants": [{"id": "m-4", "name": "Nordlicht AG", "email": "new@nordlicht.example"}]}`))
	require.NoError(t, err)
	require.Equal(t, nordlicht().Locale, in.Merchants[0].MergedInto(nordlicht()).Locale)
	_, err = dispute.DecodeImport([]byte(`{"merchants": [{` + known + `, "webhook": {"url": "https://evil.example"}}]}`))
	requireFaults(t, err, dispute.CodeInvalidImport, "merchants[0].webhook: is unknown here; known are id, name, email, locale, portalActive, emailOnDispute, emailOnDeadlines, asOf")
}

// TestDecodeRecords: a record that is not valid has its faults, and the others are there.
func TestDecodeRecords(t *testing.T) {
	t.Parallel()
	in, err := dispute.DecodeRecords([]byte(`{"merchants": [` + merchant + `, null], "invoices": [7, ` + invoice + `],
		"payments": [{"reference": "p-1", "invoiceId": "i-1", "amount": {"amount": 5, "currency": "EUR"}}, {"amount": {"amount": -1, "currency": "EUR"}}]}`))
	require.NoError(t, err)
	require.Len(t, in.Merchants, 2)
	require.Equal(t, "i-1", in.Invoices[1].ID)
	require.Equal(t, dispute.Booking{Reference: "p-1", InvoiceID: "i-1", Amount: dispute.Money{Amount: 5, Currency: "EUR"}}, in.Payments[0])
	for _, valid := range []string{"merchants[0]", "invoices[1]", "payments[0]", "creditNotes[0]"} {
		require.Empty(t, in.FaultsOf(valid), valid)
	}
	require.Equal(t, "invoices[0]: must be a JSON object", in.FaultsOf("invoices[0]").String())
	require.Len(t, in.FaultsOf("merchants[1]"), 3)
	require.Equal(t, "payments[1].reference: is required: one line of 1 to 200 characters; "+
		"payments[1].invoiceId: is required: one line of 1 to 200 characters; "+
		"payments[1].amount.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991", in.FaultsOf("payments[1]").String())
	_, err = dispute.DecodeRecords([]byte(`{"payment": []}`))
	requireFaultPaths(t, err, dispute.CodeInvalidImport, "payment")
}
