package dispute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestDecodeRecord: a record by itself is read as an import reads it in its list, and its faults have their paths in the record.
func TestDecodeRecord(t *testing.T) {
	t.Parallel()
	in, err := dispute.RecordInvoice.DecodeRecord([]byte(" \n{\"id\": \"i\", \"orderId\": \"o\", \"merchantId\": \"m\", \"customerId\": \"c\", \"amount\": {\"amount\": 1, \"currency\": \"EUR\"}, \"paid\": 1}\n"))
	require.NoError(t, err)
	require.Len(t, in.Invoices, 1)
	in, err = dispute.RecordMerchant.DecodeRecord([]byte("\ufeff{\"id\": \"m\", \"name\": \"n\", \"email\": \"a@b.example\"}"))
	require.NoError(t, err)
	require.True(t, in.Merchants[0].EmailOnDeadlines, "the default of what is left out")
	for _, kind := range dispute.RecordKinds {
		code := dispute.CodeBookingRefused
		if kind == dispute.RecordMerchant || kind == dispute.RecordInvoice {
			code = dispute.CodeInvalidImport
		}
		for _, wrong := range []string{"", "{", "[]", "null", "1", `{"id": 1, "reference": 1}`, `{}],"payments":[{}`, `{"colour": "red"}`, `{"id": "a", "id": "b"}`} {
			_, err := kind.DecodeRecord([]byte(wrong))
			require.Equal(t, code, dispute.CodeOf(err), "%s %s", kind, wrong)
		}
	}
	_, err = dispute.RecordPayment.DecodeRecord([]byte(`{"reference": "r", "invoiceId": "i", "amount": {"amount": 0, "currency": "EUR"}, "colour": "red"}`))
	requireFaults(t, err, dispute.CodeBookingRefused,
		"colour: is unknown here; known are reference, invoiceId, amount",
		"amount.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991")
}
