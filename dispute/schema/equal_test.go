package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/schema"
	"github.com/streitfall/streitfall/dispute/strict"
)

var now = time.Date(2026, time.November, 23, 9, 20, 0, 0, time.UTC)

// decoders are those of the documents that are written.
var decoders = map[string]func([]byte) error{
	"dispute": func(data []byte) error {
		_, err := dispute.DecodeDispute(data, strict.RefuseUnknownNames, now)
		return err
	},
	dispute.SignalAgreement: message[dispute.Agreement], dispute.SignalWithdrawal: message[dispute.Withdrawal],
	dispute.UpdateRespond: message[dispute.Response], dispute.UpdatePropose: message[dispute.Offer],
	dispute.UpdateAnswerProposal: message[dispute.ProposalAnswer], dispute.UpdateAcceptLoss: message[dispute.LossAcceptance],
	dispute.UpdateStateReason: message[dispute.Statement], dispute.UpdateSubmitEvidence: message[dispute.Evidence],
	dispute.UpdateRule: message[dispute.Ruling], dispute.UpdateMoveDeadline: message[dispute.DeadlineMove],
	dispute.UpdateRetryNotification: message[dispute.Retry], dispute.UpdateAcknowledge: message[dispute.Acknowledgement],
	dispute.UpdateReportBounce: message[dispute.Bounce],
	"import":                   imported, "merchant": record("merchants"), "invoice": record("invoices"), "booking": record("creditNotes"),
}

func message[M dispute.Message](data []byte) error {
	_, err := dispute.DecodeMessage[M](data)
	return err
}

func imported(data []byte) error {
	_, err := dispute.DecodeImport(data)
	return err
}

// record decodes a document as the only record of a list. One that is null counts as a record without members.
func record(list string) func([]byte) error {
	return func(data []byte) error { return imported(fmt.Appendf(nil, `{%q: [%s]}`, list, data)) }
}

const (
	aFile     = `{"kind": "tracking", "name": "a.pdf", "size": 1, "sha256": "` + "abababababababababababababababababababababababababababababababAB" + `", "location": "https://files.example/a"}`
	aMerchant = `{"id": "m", "name": "Shop", "email": "shop@shop.example", "locale": "de-DE", "portalActive": true, "emailOnDispute": false,
		"emailOnDeadlines": null, "asOf": "2026-11-23T10:15:00.5+01:00"}`
	anInvoice = `{"id": "i", "orderId": "o", "merchantId": "m", "customerId": "c", "amount": {"amount": 100, "currency": "EUR"}, "paid": 40,
		"dueDate": "2026-12-31", "asOf": "2026-11-23t10:15:00z"}`
	aBooking = `{"reference": "bank-1", "invoiceId": "i", "amount": {"amount": 100, "currency": "JPY"}}`
)

// valid are valid documents with all their members.
var valid = map[string][]string{
	"dispute": {`{"id": "d-1", "openedAt": "2026-11-23T10:15:00+01:00", "reason": "return", "orderId": "o", "invoiceId": "i",
		"disputedAmount": {"amount": 12990, "currency": "EUR"}, "complainant": {"id": "c", "name": "Jonas Weber", "email": "jonas@example.de", "locale": "de-DE"},
		"merchantId": "m", "calendar": "DE-BY", "policy": {"responseBusinessDays": 14}, "complaint": {"text": "Broken.\n", "files": [` + aFile + `]}}`},
	dispute.SignalAgreement: {
		`{"terms": "merchant_refunds", "refund": {"amount": 1, "currency": "XXQ"}, "reportedBy": "operator", "note": "ok"}`,
		`{"terms": "customer_pays", "refund": null, "reportedBy": "customer", "note": ""}`,
	},
	dispute.SignalWithdrawal: {`{"reportedBy": "customer", "note": "Found it."}`},
	dispute.UpdateRespond:    {`{"message": "Sorry.", "reportedBy": "merchant"}`},
	dispute.UpdatePropose: {
		`{"terms": "merchant_refunds", "refund": {"amount": 1, "currency": "EUR"}, "message": "ok", "proposedBy": "customer"}`,
		`{"terms": "customer_pays", "proposedBy": "merchant"}`,
	},
	dispute.UpdateAnswerProposal: {`{"proposal": 1342, "accept": false, "answeredBy": "customer", "note": "No."}`},
	dispute.UpdateAcceptLoss:     {`{"reportedBy": "merchant", "note": "Yes."}`},
	dispute.UpdateStateReason:    {`{"statement": "It never came.", "files": [` + aFile + `]}`, `{"statement": "x", "files": []}`},
	dispute.UpdateSubmitEvidence: {`{"text": "Sent.", "files": [` + aFile + `,` + aFile + `]}`, `{"text": "", "files": [` + aFile + `]}`, `{"text": "x"}`},
	dispute.UpdateRule: {
		`{"stage": "justification", "justified": true, "inFavourOf": "", "ruledBy": "desk", "rationale": "Because."}`,
		`{"stage": "decision", "justified": null, "inFavourOf": "customer", "ruledBy": "desk", "rationale": "Because."}`,
	},
	dispute.UpdateMoveDeadline: {`{"to": "2026-12-22T00:00:00+01:00", "reason": "Ill.", "movedBy": "op"}`},
	dispute.UpdateRetryNotification: {
		`{"recipient": "merchant", "email": "shop@shop.example", "requestedBy": "op"}`, `{"recipient": "", "email": "", "requestedBy": "op"}`,
	},
	dispute.UpdateAcknowledge: {`{"cause": "stalled", "acknowledgedBy": "op", "note": "Seen."}`},
	dispute.UpdateReportBounce: {
		`{"occasion": "opened-copy", "number": 1, "recipient": "merchant", "reason": "550", "reportedBy": "mail"}`,
		`{"occasion": "received", "number": 1, "recipient": "customer", "reason": "550", "reportedBy": "mail"}`,
	},
	"import": {`{"merchants": [` + aMerchant + `], "invoices": [` + anInvoice + `], "payments": [` + aBooking + `], "paymentReturns": [` +
		aBooking + `], "creditNotes": []}`},
	"merchant": {aMerchant}, "invoice": {anInvoice, strings.NewReplacer("40", "100", "2026-12-31", "").Replace(anInvoice)}, "booking": {aBooking},
}

// beyond are the faults that no schema finds, as schema.Beyond lists them, with the document that may have them.
var beyond = []struct{ fault, document *regexp.Regexp }{
	{regexp.MustCompile(`must be a whole number`), regexp.MustCompile(`\d(\.0|[eE])`)},
	{regexp.MustCompile(`^openedAt: must not be more than 5 minutes in the future`), regexp.MustCompile(``)},
	{regexp.MustCompile(`is required, in RFC 3339 format`), regexp.MustCompile(`"000[01]-`)},
	{regexp.MustCompile(`currency: must be the ISO 4217 code`), regexp.MustCompile(`"currency":"[A-Z]{3}"`)},
	{regexp.MustCompile(`email: must be an e-mail address`), regexp.MustCompile(`ä{100}`)},
	{regexp.MustCompile(`dueDate: must be a date such as 2026-12-31; it can be left out when nothing is outstanding`), regexp.MustCompile(`^`)},
}

// beyondDocuments are documents that break the rules of schema.Beyond, in their order, with what is changed in a valid one.
var beyondDocuments = []struct{ name, from, to string }{
	{dispute.SignalWithdrawal, `"note"`, `"note": "", "note"`},
	{dispute.SignalWithdrawal, `Found it.`, `\ud83d`},
	{"invoice", `40`, `40.0`},
	{"dispute", `2026-11-23T10:15:00+01:00`, `2026-11-23T10:30:00+01:00`},
	{dispute.UpdateMoveDeadline, `2026-12-22T00:00:00+01:00`, `0001-01-01T00:00:00Z`},
	{"booking", `JPY`, `XXQ`},
	{"merchant", `shop@`, strings.Repeat("ä", 123) + `@`},
	{"invoice", `"2026-12-31"`, `""`},
}

// TestBeyond: each rule that a schema cannot say is one that the decoder has and the schema has not.
func TestBeyond(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	require.Len(t, beyondDocuments, len(schema.Beyond))
	for i, rule := range schema.Beyond {
		in := beyondDocuments[i]
		document := strings.Replace(valid[in.name][0], in.from, in.to, 1)
		require.NotEqual(t, valid[in.name][0], document, rule)
		require.NoError(t, schemas[in.name].Validate(decode(t, document)), rule)
		require.Error(t, decoders[in.name]([]byte(document)), rule)
	}
}

// compiled returns the schemas, as another library than the one that makes them reads them.
func compiled(t require.TestingT) map[string]*jsonschema.Schema {
	found := map[string]*jsonschema.Schema{}
	for _, name := range schema.Names() {
		text, err := schema.Text(name)
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		require.NoError(t, compiler.AddResource(name, document))
		found[name], err = compiler.Compile(name)
		require.NoError(t, err, name)
	}
	return found
}

// requireEqual requires that the decoder accepts what the schema accepts, except for the rules beyond schemas, and refuses what
// it refuses.
func requireEqual(t require.TestingT, schemas map[string]*jsonschema.Schema, name string, document any) {
	data := encode(t, document)
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	invalid, refused := schemas[name].Validate(instance), decoders[name](data)
	if invalid != nil {
		require.Error(t, refused, "the decoder of %s accepts what the schema refuses: %s\n%v", name, data, invalid)
		return
	}
	refusal, _ := errors.AsType[*dispute.Refusal](refused)
	if refusal == nil {
		require.NoError(t, refused)
		return
	}
	for _, fault := range refusal.Faults {
		require.True(t, slices.ContainsFunc(beyond, func(b struct{ fault, document *regexp.Regexp }) bool {
			return b.fault.MatchString(strict.Faults{fault}.String()) && b.document.Match(data)
		}), "the schema of %s accepts what the decoder refuses: %s\n%s", name, data, strict.Faults{fault})
	}
}

func encode(t require.TestingT, document any) []byte {
	data, err := json.Marshal(document)
	require.NoError(t, err)
	return data
}

// decode keeps numbers as they are written.
func decode(t require.TestingT, text string) (document any) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&document))
	return document
}

// TestValidDocuments: there are examples and a decoder for each document that is written, and both sides accept them.
func TestValidDocuments(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	read := []string{"status", "case", "event"}
	require.ElementsMatch(t, schema.Names(), slices.Concat(read, slices.Collect(maps.Keys(decoders))))
	for name, examples := range valid {
		for _, example := range examples {
			require.NoError(t, schemas[name].Validate(decode(t, example)), "%s: %s", name, example)
			require.NoError(t, decoders[name]([]byte(example)), "%s: %s", name, example)
		}
	}
	require.Len(t, valid, len(decoders))
}

// TestSchemasEqualDecodersOnOddValues: schema and decoder agree on a valid document with any odd value in any place, or without
// what is there.
func TestSchemasEqualDecodersOnOddValues(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	for name, examples := range valid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, example := range examples {
				document := decode(t, example)
				for i := range placesIn(&document, nil) {
					for _, value := range odd {
						document := decode(t, example)
						placesIn(&document, nil)[i].set(value)
						requireEqual(t, schemas, name, document)
					}
					document := decode(t, example)
					if remove := placesIn(&document, nil)[i].remove; remove != nil {
						remove()
						requireEqual(t, schemas, name, document)
					}
				}
			}
		})
	}
}

// TestSchemasEqualDecoders: whatever is changed in a valid document, its schema and its decoder agree on it.
func TestSchemasEqualDecoders(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	for name := range decoders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				for range 3 {
					requireEqual(t, schemas, name, changed(t, name))
				}
			})
		})
	}
}

// FuzzSchemas is TestSchemasEqualDecoders for as long as one likes: go test -fuzz FuzzSchemas ./dispute/schema
func FuzzSchemas(f *testing.F) {
	schemas := compiled(f)
	names := slices.Sorted(maps.Keys(decoders))
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		requireEqual(t, schemas, name, changed(t, name))
	}))
}
