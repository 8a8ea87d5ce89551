package dispute_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

const (
	wantID       = "id: must have 1 to 128 characters of A-Z a-z 0-9 . _ : - and begin with a letter or digit"
	wantOpenedAt = "openedAt: is required, in RFC 3339 format (2026-11-23T10:15:00+01:00)"
	wantReason   = "reason: must be one of return, goods_not_received, faulty_goods, incorrect_invoice, already_paid, unauthorized_purchase, high_risk_order"
	wantAmount   = "disputedAmount.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991"
	wantCurrency = "disputedAmount.currency: must be the ISO 4217 code of a currency, such as EUR"
	wantLine     = ": is required: one line of 1 to 200 characters"
	wantEmail    = "complainant.email: must be an e-mail address, written like jonas@example.de"
	wantLocale   = "complainant.locale: must be a language tag such as de-DE, or left out"
	wantCalendar = "calendar: must be one of DE, DE-BW, DE-BY, DE-BE, DE-BB, DE-HB, DE-HH, DE-HE, DE-MV, DE-NI, DE-NW, DE-RP, DE-SL, DE-SN, DE-ST, " +
		"DE-SH, DE-TH, AT, CH, NL, BE, FR, SE, NO, DK, GB, US, TARGET"
	wantComplaint = "complaint.text: is required without files: 1 to 5000 characters"
)

func TestDecodeDisputeReturnsAllMissingFields(t *testing.T) {
	t.Parallel()
	want := []string{
		wantID, wantOpenedAt, wantReason, "orderId" + wantLine, "invoiceId" + wantLine, wantAmount, wantCurrency,
		"complainant.id" + wantLine, "complainant.name" + wantLine, wantEmail, "merchantId" + wantLine,
	}
	_, err := dispute.DecodeDispute([]byte("{}"), strict.TolerateUnknownNames, now)
	requireFaults(t, err, dispute.CodeInvalidDispute, want...)
	require.EqualError(t, err, "this is not a valid dispute: "+strings.Join(want, "; "))
	requireFaults(t, dispute.Dispute{}.WithDefaults().Validate(now), dispute.CodeInvalidDispute, want...)
}

// long returns a JSON string of n characters.
func long(n int) string { return `"` + strings.Repeat("ü", n) + `"` }

// disputeChecks are values for members of a dispute, and the faults that they are; "" is none.
var disputeChecks = []struct{ path, value, fault string }{
	{"id", `"d"`, ""},
	{"id", `"` + strings.Repeat("d", 128) + `"`, ""},
	{"id", `"0.A_b:c-d"`, ""},
	{"id", `"` + strings.Repeat("d", 129) + `"`, wantID},
	{"id", `""`, wantID},
	{"id", `"-d"`, wantID},
	{"id", `".d"`, wantID},
	{"id", `"d/1"`, wantID},
	{"id", `"d 1"`, wantID},
	{"id", `"d\n"`, wantID},
	{"id", `"dü"`, wantID},
	{"id", "", wantID},
	{"id", "null", wantID},
	{"openedAt", `"2026-11-23T09:25:00Z"`, ""},
	{"openedAt", `"2026-11-23T10:25:00+01:00"`, ""},
	{"openedAt", `"2026-11-23t09:20:00z"`, ""},
	{"openedAt", `"2026-11-23T09:20:00,5Z"`, "openedAt: must be a time in RFC 3339 format (2026-11-23T10:15:00+01:00)"},
	{"openedAt", `"2026-11-23T09:20:00+24:00"`, "openedAt: must be a time in RFC 3339 format (2026-11-23T10:15:00+01:00)"},
	{"openedAt", `"2026-11-23T09:25:00.000000001Z"`, "openedAt: must not be more than 5 minutes in the future"},
	{"openedAt", `"9999-12-31T23:59:59-23:00"`, "openedAt: must not be more than 5 minutes in the future"},
	{"openedAt", `"0001-01-01T00:00:00Z"`, wantOpenedAt},
	{"openedAt", `"0000-01-01T00:00:00+01:00"`, wantOpenedAt},
	{"openedAt", "null", wantOpenedAt},
	{"reason", `"high_risk_order"`, ""},
	{"reason", `"Return"`, wantReason},
	{"reason", `""`, wantReason},
	{"disputedAmount", "", wantAmount + "|" + wantCurrency},
	{"disputedAmount", "null", wantAmount + "|" + wantCurrency},
	{"disputedAmount.amount", "1", ""},
	{"disputedAmount.amount", "9007199254740991", ""},
	{"disputedAmount.amount", "9007199254740992", wantAmount},
	{"disputedAmount.amount", "0", wantAmount},
	{"disputedAmount.amount", "-1", wantAmount},
	{"disputedAmount.amount", "-9223372036854775808", wantAmount},
	{"disputedAmount.amount", "null", wantAmount},
	{"disputedAmount.currency", `"JPY"`, ""},
	{"disputedAmount.currency", `"KWD"`, ""},
	{"disputedAmount.currency", `"EURO"`, wantCurrency},
	{"disputedAmount.currency", `"€"`, wantCurrency},
	{"disputedAmount.currency", `"eur"`, wantCurrency},
	{"disputedAmount.currency", `""`, wantCurrency},
	{"disputedAmount.currency", "", wantCurrency},
	{"orderId", long(200), ""},
	{"orderId", long(201), "orderId: has 201 characters; at most 200 are allowed"},
	{"orderId", `" \t"`, "orderId" + wantLine},
	{"invoiceId", `"a\u0000b"`, "invoiceId: must be one line of text, without control characters"},
	{"merchantId", `"a\u2028b"`, "merchantId: must be one line of text, without control characters"},
	{"complainant", "null", "complainant.id" + wantLine + "|complainant.name" + wantLine + "|" + wantEmail},
	{"complainant.id", `""`, "complainant.id" + wantLine},
	{"complainant.name", `"Zoë Ångström-O’Neill 李"`, ""},
	{"complainant.name", `"a\udc8c"`, "complainant.name: contains half of a surrogate pair, such as an emoji cut in two"},
	{"complainant.name", `"a\u0085b"`, "complainant.name: must be one line of text, without control characters"},
	{"complainant.email", `"nobody"`, wantEmail},
	{"complainant.email", "null", wantEmail},
	{"complainant.locale", `"german (de)"`, wantLocale},
	{"calendar", `"TARGET"`, ""},
	{"calendar", `"de"`, wantCalendar},
	{"calendar", `""`, wantCalendar},
	{"policy.responseBusinessDays", "14", ""},
	{"policy.responseBusinessDays", "21", ""},
	{"policy.responseBusinessDays", "13", "policy.responseBusinessDays: is 13; allowed are 14 to 21"},
	{"policy.responseBusinessDays", "22", "policy.responseBusinessDays: is 22; allowed are 14 to 21"},
	{"policy.responseBusinessDays", "0", "policy.responseBusinessDays: is 0; allowed are 14 to 21"},
	{"policy.responseBusinessDays", "-14", "policy.responseBusinessDays: is -14; allowed are 14 to 21"},
	{"complaint", "null", ""},
	{"complaint", `{"text": ` + long(5000) + `}`, ""},
	{"complaint", `{"text": ` + long(5001) + `}`, "complaint.text: has 5001 characters; at most 5000 are allowed"},
	{"complaint", `{}`, wantComplaint},
	{"complaint", `{"text": " ", "files": []}`, wantComplaint},
	{"complaint", `"Nothing came."`, "complaint: must be a JSON object"},
	{"complaint", `{"text": "x", "photos": []}`, "complaint.photos: is unknown here; known are text, files"},
	{"complaint", `{"files": "a.jpg"}`, "complaint.files: must be a list"},
}

func TestDecodeDisputeReturnsAllFaults(t *testing.T) {
	t.Parallel()
	_, err := dispute.DecodeDispute([]byte(`{
		"id": "/", "openedAt": "2027-01-01T00:00:00Z", "reason": "dislike", "orderId": " ", "invoiceId": 5, "invoice": "i-1",
		"disputedAmount": {"amount": 0, "currency": "eur"}, "complainant": "Jonas", "merchantId": "a\nb", "calendar": "FI",
		"policy": {"responseBusinessDays": 30}
	}`), strict.RefuseUnknownNames, now)
	requireFaults(t, err, dispute.CodeInvalidDispute,
		"invoiceId: must be a string",
		"invoice: is unknown here; known are id, openedAt, reason, orderId, invoiceId, disputedAmount, complainant, merchantId, calendar, policy, complaint",
		"complainant: must be a JSON object",
		wantID, "openedAt: must not be more than 5 minutes in the future", wantReason, "orderId"+wantLine, wantAmount, wantCurrency,
		"merchantId: must be one line of text, without control characters", wantCalendar,
		"policy.responseBusinessDays: is 30; allowed are 14 to 21")
}

func TestDisputeChecks(t *testing.T) {
	t.Parallel()
	for i, test := range disputeChecks {
		t.Run(fmt.Sprint(i, test.path), func(t *testing.T) {
			t.Parallel()
			_, err := dispute.DecodeDispute([]byte(with(t, complete, test.path, test.value)), strict.RefuseUnknownNames, now)
			if test.fault == "" {
				require.NoError(t, err)
				return
			}
			requireFaults(t, err, dispute.CodeInvalidDispute, strings.Split(test.fault, "|")...)
		})
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	d := decoded(t)
	require.NoError(t, d.Validate(now))
	d.Complainant.Name = "Jonas\xff"
	requireFaults(t, d.Validate(now), dispute.CodeInvalidDispute, "complainant.name: must be one line of text, without control characters")
}

func TestFaultsNeverRepeatValues(t *testing.T) {
	t.Parallel()
	const secret = "Ypsilon"
	for _, path := range []string{
		"id", "openedAt", "reason", "disputedAmount", "disputedAmount.amount", "disputedAmount.currency", "complainant",
		"complainant.email", "complainant.locale", "calendar", "policy", "policy.responseBusinessDays",
	} {
		_, err := dispute.DecodeDispute([]byte(with(t, complete, path, `"`+secret+`\u0000"`)), strict.RefuseUnknownNames, now)
		requireFaultPaths(t, err, dispute.CodeInvalidDispute, path)
		require.NotContains(t, err.Error(), secret)
	}
}

func TestValidDisputeSurvivesJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDispute(t).WithDefaults()
		require.NoError(t, d.Validate(now))
		again, err := dispute.DecodeDispute([]byte(encoded(t, d)), strict.RefuseUnknownNames, now)
		require.NoError(t, err)
		require.Equal(t, d, again)
	})
}

func TestHashIsPinned(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1-7e4b88e6afe13f04f20be64a7be695a359bdd99e61816861ec12e9dc4a394c0c", decoded(t).Hash())
}

func TestHashIgnoresDefaultsAndTimeZone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDispute(t)
		same := d.WithDefaults()
		require.Equal(t, d.Hash(), same.Hash())
		same.OpenedAt = same.OpenedAt.In(time.FixedZone("", rapid.IntRange(-86399, 86399).Draw(t, "offset")))
		require.Equal(t, d.Hash(), same.Hash())
		require.Equal(t, same.WithDefaults(), same.WithDefaults().WithDefaults())
	})
}

func TestHashCoversEveryField(t *testing.T) {
	t.Parallel()
	seen := map[string]string{decoded(t).Hash(): "unchanged"}
	for _, change := range [][2]string{
		{"id", `"d-2026-0043"`},
		{"openedAt", `"2026-11-23T10:15:00.000000001+01:00"`},
		{"reason", `"return"`},
		{"orderId", `"o-7782"`},
		{"invoiceId", `"i-90211"`},
		{"disputedAmount.amount", "12991"},
		{"disputedAmount.currency", `"SEK"`},
		{"complainant.id", `"c-20"`},
		{"complainant.name", `"Jonas Weber "`},
		{"complainant.email", `"jonas@example.de"`},
		{"complainant.locale", `"de-AT"`},
		{"merchantId", `"m-5"`},
		{"calendar", `"DE"`},
		{"policy.responseBusinessDays", "15"},
		{"complaint", `{"text": "Nothing came."}`},
		{"complaint", `{"text": "Nothing came. Nothing."}`},
		{"complaint", `{"text": "Nothing came.", "files": [` + file + `]}`},
		{"complaint", `{"text": "Nothing came.", "files": [` + file + `, ` + file + `]}`},
	} {
		d, err := dispute.DecodeDispute([]byte(with(t, complete, change[0], change[1])), strict.RefuseUnknownNames, now)
		require.NoError(t, err)
		require.NotContains(t, seen, d.Hash(), change[0])
		seen[d.Hash()] = change[0]
	}
}

func TestHashOfATimeThatJSONCannotExpressIsEmpty(t *testing.T) {
	t.Parallel()
	require.Empty(t, dispute.Dispute{OpenedAt: time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)}.Hash())
}

func TestDisputeStringIsNotPersonal(t *testing.T) {
	t.Parallel()
	require.Equal(t, "d-2026-0042 · 129.90 EUR · goods_not_received", decoded(t).String())
}
