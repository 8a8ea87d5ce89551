package dispute_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// malformed has inputs that nobody writes by hand.
var malformed = []string{
	"", "null", "{}", "[]", `{"id": {}}`, `{"id": null, "id": "x"}`, "{} {}", "\xff", strings.Repeat(`{"policy":`, 50),
	"\ufeff{}", `{"statement": "\ud83d"}`, `{"to": "2026-11-23t10:15:00,5z"}`,
	`{"openedAt": "0000-01-01T00:00:00+01:00"}`, `{"files": [null, 1, {"size": 1e400}]}`, `{"refund": {"amount": 9223372036854775808}}`,
}

func FuzzDecodeDispute(f *testing.F) {
	for _, seed := range append(malformed, complete, strings.ReplaceAll(complete, "2026-11-23T10:15:00+01:00", "0000-12-31T23:30:00-00:30")) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, refused := dispute.DecodeDispute(data, strict.RefuseUnknownNames, now)
		d, err := dispute.DecodeDispute(data, strict.TolerateUnknownNames, now)
		if err != nil {
			requireReadable(t, err, dispute.CodeInvalidDispute)
			require.Error(t, refused, "unknown names can only add faults")
			return
		}
		require.NoError(t, d.Validate(now))
		require.Equal(t, d, d.WithDefaults())
		again, err := dispute.DecodeDispute([]byte(encoded(t, d)), strict.RefuseUnknownNames, now)
		require.NoError(t, err)
		require.Equal(t, d, again)
		require.NotEmpty(t, d.Hash())
		require.Equal(t, d.Hash(), again.Hash())
		require.NotEmpty(t, dispute.MoneyFormat(d.Complainant.Locale)(d.DisputedAmount))
	})
}

func FuzzDecodeMessage(f *testing.F) {
	for _, seed := range append(malformed,
		files(2), `{"terms": "merchant_refunds", "refund": {"amount": 1, "currency": "EUR"}, "reportedBy": "merchant", "note": "ok"}`,
		`{"terms": "customer_pays", "message": "x", "proposedBy": "merchant"}`, `{"proposal": 1481, "accept": false, "answeredBy": "customer", "note": "x"}`,
		`{"message": "x", "reportedBy": "merchant"}`, `{"statement": "x\n"}`, `{"reportedBy": "operator", "note": "x"}`,
		`{"stage": "justification", "justified": true, "ruledBy": "x", "rationale": "y"}`,
		`{"stage": "decision", "inFavourOf": "customer", "ruledBy": "x", "rationale": "y"}`,
		`{"to": "2026-12-22T00:00:00+01:00", "reason": "x", "movedBy": "y"}`, `{"email": "jonas@example.de", "requestedBy": "x"}`,
		`{"cause": "message-failed", "acknowledgedBy": "x"}`, `{"merchants": [`+merchant+`], "invoices": [`+invoice+`]}`,
	) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzMessage[dispute.Agreement](t, data)
		fuzzMessage[dispute.Withdrawal](t, data)
		fuzzMessage[dispute.Response](t, data)
		fuzzMessage[dispute.Offer](t, data)
		fuzzMessage[dispute.ProposalAnswer](t, data)
		fuzzMessage[dispute.LossAcceptance](t, data)
		fuzzMessage[dispute.Statement](t, data)
		fuzzMessage[dispute.Evidence](t, data)
		fuzzMessage[dispute.Ruling](t, data)
		fuzzMessage[dispute.DeadlineMove](t, data)
		fuzzMessage[dispute.Retry](t, data)
		fuzzMessage[dispute.Acknowledgement](t, data)
		fuzzMessage[dispute.Bounce](t, data)
		fuzzDecoder(t, data, dispute.DecodeImport, dispute.CodeInvalidImport)
	})
}

func fuzzMessage[M dispute.Message](t *testing.T, data []byte) {
	fuzzDecoder(t, data, dispute.DecodeMessage[M], dispute.CodeInvalidMessage)
}

// fuzzDecoder requires either faults, or a value that survives JSON.
func fuzzDecoder[V any](t *testing.T, data []byte, decode func([]byte) (V, error), code dispute.Code) {
	value, err := decode(data)
	if err != nil {
		requireReadable(t, err, code)
		return
	}
	sent := encoded(t, value)
	again, err := decode([]byte(sent))
	require.NoError(t, err)
	require.Equal(t, sent, encoded(t, again))
}

// requireReadable requires a Refusal that fits in one line of a log and has one fault per path.
func requireReadable(t *testing.T, err error, code dispute.Code) {
	var refusal *dispute.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	require.NotEmpty(t, refusal.Faults)
	seen := map[string]bool{}
	for _, fault := range refusal.Faults {
		require.False(t, seen[fault.Path], "%s has two faults", fault.Path)
		seen[fault.Path] = true
	}
	require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), err)
	require.True(t, json.Valid([]byte(encoded(t, refusal.Faults))))
}
