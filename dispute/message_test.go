package dispute_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// file is an evidence file with all members.
const file = `{"kind": "tracking", "name": "dhl.pdf", "size": 4711, "location": "https://files.example/1",
	"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}`

func files(n int) string {
	return `{"files": [` + strings.TrimSuffix(strings.Repeat(file+",", n), ",") + `]}`
}

// messageCase is a payload and its expected faults, separated by |.
type messageCase struct{ payload, faults string }

func requireCases[M dispute.Message](t *testing.T, cases []messageCase) {
	t.Helper()
	for i, test := range cases {
		t.Run(fmt.Sprintf("%T%d", *new(M), i), func(t *testing.T) {
			t.Parallel()
			message, err := dispute.DecodeMessage[M]([]byte(test.payload))
			if test.faults != "" {
				requireFaults(t, err, dispute.CodeInvalidMessage, strings.Split(test.faults, "|")...)
				return
			}
			require.NoError(t, err)
			again, err := dispute.DecodeMessage[M]([]byte(encoded(t, message)))
			require.NoError(t, err)
			require.Equal(t, message, again)
		})
	}
}

func TestDecodeWithdrawal(t *testing.T) {
	t.Parallel()
	const by = "reportedBy: must be one of customer, operator"
	requireCases[dispute.Withdrawal](t, []messageCase{
		{`{"reportedBy": "customer"}`, ""},
		{`{"reportedBy": "operator", "note": "parcel arrived"}`, ""},
		{`{"reportedBy": "merchant"}`, by},
		{`{"reportedBy": null}`, by},
		{`{"reportedBy": ["customer"], "note": 1}`, "reportedBy: must be a string|note: must be a string"},
	})
}

func TestDecodeMessagesOfTheMerchant(t *testing.T) {
	t.Parallel()
	const by = "reportedBy: must be one of merchant, operator"
	requireCases[dispute.Response](t, []messageCase{
		{`{"message": "We look into it.", "reportedBy": "merchant"}`, ""},
		{`{"message": "They called.", "reportedBy": "operator"}`, ""},
		{`{}`, "message: is required: 1 to 5000 characters|reportedBy: must be one of merchant, customer, operator"},
		{`{"message": "x", "reportedBy": "customer"}`, ""},
	})
	requireCases[dispute.LossAcceptance](t, []messageCase{
		{`{"reportedBy": "merchant"}`, ""},
		{`{"reportedBy": "operator", "note": "by phone"}`, ""},
		{`{}`, by},
		{`{"reportedBy": "klarna", "note": "\u0000"}`, by + "|note: must be text, without control characters other than tabs and line breaks"},
	})
}

func TestDecodeStatement(t *testing.T) {
	t.Parallel()
	requireCases[dispute.Statement](t, []messageCase{
		{`{"statement": "Nothing arrived."}`, ""},
		{`{"statement": "` + strings.Repeat("💌", 5000) + `"}`, ""},
		{`{}`, "statement: is required: 1 to 5000 characters"},
		{`{"statement": "cut \ud83d\udc8c"}`, ""},
		{`{"statement": "cut \ud83d"}`, "statement: contains half of a surrogate pair, such as an emoji cut in two"},
		{`{"statement": null}`, "statement: is required: 1 to 5000 characters"},
		{`{"text": "Nothing arrived."}`, "text: is unknown here; known are statement, files|statement: is required: 1 to 5000 characters"},
	})
}

func TestDecodeEvidence(t *testing.T) {
	t.Parallel()
	const nothing = "text: is required without files: 1 to 5000 characters"
	requireCases[dispute.Evidence](t, []messageCase{
		{`{"text": "Delivered on Monday."}`, ""},
		{files(1), ""},
		{files(10), ""},
		{files(11), "files: has 11 files; at most 10 are allowed"},
		{`{}`, nothing},
		{`{"text": " ", "files": []}`, nothing},
		{`{"text": "", "files": null}`, nothing},
		{`{"files": "dhl.pdf"}`, "files: must be a list"},
		{`{"files": {}}`, "files: must be a list"},
		{`{"text": 5}`, "text: must be a string"},
		{`{"text": "` + strings.Repeat("x", 5001) + `"}`, "text: has 5001 characters; at most 5000 are allowed"},
		{`{"files": ["dhl.pdf"]}`, "files[0]: must be a JSON object"},
	})
}

// fileTakers decode a list of files each in their own place.
var fileTakers = []struct {
	path   string
	code   dispute.Code
	decode func(t *testing.T, files string) error
}{
	{"files", dispute.CodeInvalidMessage, func(_ *testing.T, files string) error {
		_, err := dispute.DecodeMessage[dispute.Evidence]([]byte(`{"files": ` + files + `}`))
		return err
	}},
	{"files", dispute.CodeInvalidMessage, func(_ *testing.T, files string) error {
		_, err := dispute.DecodeMessage[dispute.Statement]([]byte(`{"statement": "Nothing arrived.", "files": ` + files + `}`))
		return err
	}},
	{"complaint.files", dispute.CodeInvalidDispute, func(t *testing.T, files string) error {
		t.Helper()
		_, err := dispute.DecodeDispute([]byte(with(t, complete, "complaint", `{"files": `+files+`}`)), strict.RefuseUnknownNames, now)
		return err
	}},
}

// TestDecodeFiles: one rule for the files of evidence, statement and complaint.
func TestDecodeFiles(t *testing.T) {
	t.Parallel()
	const (
		kind = "kind: must be one of proof_of_delivery, tracking, proof_of_refund, return_confirmation, order_confirmation, correspondence, other"
		size = "size: must be the size in bytes, a whole number of at least 1"
		sum  = "sha256: must be a SHA-256 in 64 hexadecimal digits"
	)
	t.Run("Empty", func(t *testing.T) {
		t.Parallel()
		for _, taker := range fileTakers {
			at := taker.path + "[1]."
			for _, second := range []string{"{}", "null"} {
				requireFaults(t, taker.decode(t, `[`+file+`, `+second+`]`), taker.code, at+kind, at+"name: is required: one line of 1 to 200 characters",
					at+size, at+sum, at+"location: is required: one line of 1 to 500 characters")
			}
			require.NoError(t, taker.decode(t, "["+strings.Repeat(file+",", 9)+file+"]"))
			requireFaults(t, taker.decode(t, "["+strings.Repeat(file+",", 10)+file+"]"), taker.code, taker.path+": has 11 files; at most 10 are allowed")
		}
	})
	for i, test := range []struct{ member, value, fault string }{
		{"kind", `"other"`, ""},
		{"kind", `"photo"`, kind},
		{"name", `"a/b\\c.pdf"`, ""},
		{"name", `"a\nb.pdf"`, "name: must be one line of text, without control characters"},
		{"size", "1", ""},
		{"size", "0", size},
		{"size", "-1", size},
		{"size", "9007199254740991", ""},
		{"size", "9007199254740992", size},
		{"size", "1.5", "size: must be a whole number, without quotes, decimals or exponent, at most 9007199254740991"},
		{"sha256", `"` + strings.Repeat("A0", 32) + `"`, ""},
		{"sha256", `"` + strings.Repeat("a0", 31) + `"`, sum},
		{"sha256", `"` + strings.Repeat("a0", 33) + `"`, sum},
		{"sha256", `"` + strings.Repeat("g0", 32) + `"`, sum},
		{"location", `"https://files.example/` + strings.Repeat("x", 478) + `"`, ""},
		{"location", `"` + strings.Repeat("x", 501) + `"`, "location: has 501 characters; at most 500 are allowed"},
		{"location", `"a\r\nb"`, "location: must be one line of text, without control characters"},
		{"url", `"x"`, "url: is unknown here; known are kind, name, size, sha256, location"},
	} {
		t.Run(fmt.Sprint(i, test.member), func(t *testing.T) {
			t.Parallel()
			for _, taker := range fileTakers {
				err := taker.decode(t, `[`+with(t, file, test.member, test.value)+`]`)
				if test.fault == "" {
					require.NoError(t, err)
					continue
				}
				requireFaults(t, err, taker.code, taker.path+"[0]."+test.fault)
			}
		})
	}
}

func TestDecodeRuling(t *testing.T) {
	t.Parallel()
	const (
		tail  = `, "ruledBy": "desk-7", "rationale": "tracking shows delivery"}`
		stage = "stage: must be one of justification, decision"
	)
	requireCases[dispute.Ruling](t, []messageCase{
		{`{"stage": "justification", "justified": true` + tail, ""},
		{`{"stage": "justification", "justified": false, "inFavourOf": ""` + tail, ""},
		{`{"stage": "decision", "inFavourOf": "merchant"` + tail, ""},
		{`{"stage": "decision", "inFavourOf": "customer", "justified": null` + tail, ""},
		{`{}`, stage + "|ruledBy: is required: one line of 1 to 200 characters|rationale: is required: 1 to 5000 characters"},
		{`{"stage": "appeal"` + tail, stage},
		{`{"stage": "justification"` + tail, "justified: is required with stage justification: true or false"},
		{`{"stage": "justification", "justified": "yes"` + tail, "justified: must be true or false"},
		{`{"stage": "justification", "justified": true, "inFavourOf": "customer"` + tail, "inFavourOf: must be left out with stage justification"},
		{`{"stage": "decision"` + tail, "inFavourOf: must be one of merchant, customer"},
		{`{"stage": "decision", "inFavourOf": "klarna"` + tail, "inFavourOf: must be one of merchant, customer"},
		{`{"stage": "decision", "inFavourOf": "customer", "justified": false` + tail, "justified: must be left out with stage decision"},
	})
}

func TestDecodeMessagesOfOperators(t *testing.T) {
	t.Parallel()
	requireCases[dispute.DeadlineMove](t, []messageCase{
		{`{"to": "2026-12-21T00:00:00Z", "reason": "both asked for it", "movedBy": "ops-2"}`, ""},
		{
			`{}`,
			"to: is required, in RFC 3339 format (2026-12-21T00:00:00+01:00)|reason: is required: 1 to 5000 characters|movedBy: is required: one line of 1 to 200 characters",
		},
		{`{"to": "tomorrow", "reason": "x", "movedBy": "ops-2"}`, "to: must be a time in RFC 3339 format (2026-11-23T10:15:00+01:00)"},
	})
	requireCases[dispute.Retry](t, []messageCase{
		{`{"requestedBy": "ops-2"}`, ""},
		{`{"requestedBy": "ops-2", "email": ""}`, ""},
		{`{"requestedBy": "ops-2", "email": "shop@example.de"}`, ""},
		{`{}`, "requestedBy: is required: one line of 1 to 200 characters"},
		{`{"requestedBy": "ops-2", "email": "shop"}`, "email: must be an e-mail address, written like jonas@example.de"},
	})
	requireCases[dispute.Acknowledgement](t, []messageCase{
		{`{"cause": "message-ignored", "acknowledgedBy": "ops-2"}`, ""},
		{`{"cause": "unreachable", "acknowledgedBy": "ops-2", "note": "called them"}`, ""}, // valid by itself; the dispute refuses it
		{
			`{"cause": "weather"}`,
			"cause: must be one of unreachable, message-ignored, message-failed, desk-overdue, stalled|acknowledgedBy: is required: one line of 1 to 200 characters",
		},
	})
}

func TestDecodeBounces(t *testing.T) {
	t.Parallel()
	requireCases[dispute.Bounce](t, []messageCase{
		{`{"occasion": "opened", "number": 1, "recipient": "merchant", "reason": "550 no such user", "reportedBy": "ops-2"}`, ""},
		{`{"occasion": "deadline-moved-copy", "number": 1, "recipient": "merchant", "reason": "552 mailbox full", "reportedBy": "ops-2"}`, ""},
		{
			`{"occasion": "opened", "number": 2, "recipient": "customer", "reason": "x", "reportedBy": "ops-2"}`,
			"occasion: must be one of received, deadline-moved, reason-asked, message, proposal-made, proposal-declined",
		},
		{
			`{"occasion": "closed", "number": 2, "recipient": "customer", "reason": "x", "reportedBy": "ops-2"}`, // the dispute is over
			"occasion: must be one of received, deadline-moved, reason-asked, message, proposal-made, proposal-declined",
		},
		{`{"occasion": "opened", "recipient": "desk"}`, "recipient: must be one of merchant, customer|number: must be the number of the message, 1 or more|" +
			"reason: is required: 1 to 5000 characters|reportedBy: is required: one line of 1 to 200 characters"},
	})
}

func TestDeadlineMoveKeepsItsOffset(t *testing.T) {
	t.Parallel()
	move, err := dispute.DecodeMessage[dispute.DeadlineMove]([]byte(`{"to": "2026-12-22T00:00:00+01:00", "reason": "x", "movedBy": "y"}`))
	require.NoError(t, err)
	require.Equal(t, "2026-12-22T00:00:00+01:00", move.To.Format(time.RFC3339))
}
