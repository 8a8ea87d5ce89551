package dispute_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// now is the present in these tests.
var now = time.Date(2026, time.November, 23, 9, 20, 0, 0, time.UTC)

// complete is a dispute with all members but the complaint.
const complete = `{
	"id": "d-2026-0042",
	"openedAt": "2026-11-23T10:15:00+01:00",
	"reason": "goods_not_received",
	"orderId": "o-7781",
	"invoiceId": "i-90210",
	"disputedAmount": {"amount": 12990, "currency": "EUR"},
	"complainant": {"id": "c-19", "name": "Jonas Weber", "email": "jonas.weber@example.de", "locale": "de-DE"},
	"merchantId": "m-4",
	"calendar": "DE-BY",
	"policy": {"responseBusinessDays": 14}
}`

func decoded(t *testing.T) dispute.Dispute {
	t.Helper()
	d, err := dispute.DecodeDispute([]byte(complete), strict.RefuseUnknownNames, now)
	require.NoError(t, err)
	return d
}

// with sets the member of a JSON object at a path to a value in JSON. The value "" removes the member.
func with(t *testing.T, object, path, value string) string {
	t.Helper()
	var root map[string]any
	decoder := json.NewDecoder(strings.NewReader(object))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&root))
	names := strings.Split(path, ".")
	parent := root
	for _, name := range names[:len(names)-1] {
		parent = parent[name].(map[string]any)
	}
	last := names[len(names)-1]
	if value == "" {
		require.Contains(t, parent, last)
		delete(parent, last)
	} else {
		parent[last] = json.RawMessage(value)
	}
	changed, err := json.Marshal(root)
	require.NoError(t, err)
	return string(changed)
}

// requireFaults requires a Refusal with exactly these faults, each as "path: problem".
func requireFaults(t *testing.T, err error, code dispute.Code, want ...string) {
	t.Helper()
	var refusal *dispute.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	var got []string
	for _, fault := range refusal.Faults {
		got = append(got, fault.Path+": "+fault.Problem)
	}
	require.Equal(t, want, got)
}

// requireFaultPaths requires a Refusal with one fault at each of these paths and no others.
func requireFaultPaths(t *testing.T, err error, code dispute.Code, want ...string) {
	t.Helper()
	var refusal *dispute.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	var got []string
	for _, fault := range refusal.Faults {
		got = append(got, fault.Path)
	}
	require.ElementsMatch(t, want, got)
}

// requireRefusal requires a Refusal with the code and returns its text.
func requireRefusal(t require.TestingT, err error, code dispute.Code) string {
	var refusal *dispute.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	return refusal.Error()
}

// encoded returns the value in JSON.
func encoded(t require.TestingT, value any) string {
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// anyDispute draws a valid dispute, with or without its optional members.
func anyDispute(t *rapid.T) dispute.Dispute {
	zone := time.FixedZone("", rapid.IntRange(-12*60, 14*60).Draw(t, "minutes east")*60)
	return dispute.Dispute{
		ID:             rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._:-]{0,127}`).Draw(t, "id"),
		OpenedAt:       now.Add(-time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(t, "age"))).In(zone),
		Reason:         rapid.SampledFrom(dispute.Reasons).Draw(t, "reason"),
		OrderID:        anyLine(t, "order"),
		InvoiceID:      anyLine(t, "invoice"),
		DisputedAmount: anyMoney(t),
		Complainant: dispute.Complainant{
			ID: anyLine(t, "customer"), Name: anyLine(t, "name"),
			Email:  rapid.StringMatching(`[a-zäöü0-9]{1,20}([.+_-][a-z0-9]{1,8})?@([a-zé0-9]{1,10}\.){1,3}[a-z]{2,6}`).Draw(t, "email"),
			Locale: rapid.SampledFrom([]string{"", "de", "de-DE", "de_AT", "sv-SE", "zh-Hant-TW", "de-DE-u-co-phonebk"}).Draw(t, "locale"),
		},
		MerchantID: anyLine(t, "merchant"),
		Calendar:   rapid.SampledFrom(append([]string{""}, dispute.CalendarNames...)).Draw(t, "calendar"),
		Policy:     dispute.Policy{ResponseBusinessDays: rapid.SampledFrom([]int{0, 14, 15, 16, 17, 18, 19, 20, 21}).Draw(t, "days")},
	}
}

func anyLine(t *rapid.T, label string) string {
	return rapid.StringMatching(`[\p{L}0-9"<>&\\][\p{L}\p{N}\p{P}\p{S} ]{0,50}`).Draw(t, label)
}

func anyMoney(t *rapid.T) dispute.Money {
	return dispute.Money{
		Amount:   rapid.Int64Range(1, dispute.MaxAmount).Draw(t, "amount"),
		Currency: rapid.SampledFrom([]string{"EUR", "SEK", "JPY", "KWD"}).Draw(t, "currency"),
	}
}
