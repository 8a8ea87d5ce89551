package dispute_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

func TestDecodeDisputeReadsEveryMember(t *testing.T) {
	t.Parallel()
	require.Equal(t, dispute.Dispute{
		ID:             "d-2026-0042",
		OpenedAt:       time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC),
		Reason:         dispute.ReasonGoodsNotReceived,
		OrderID:        "o-7781",
		InvoiceID:      "i-90210",
		DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
		Complainant:    dispute.Complainant{ID: "c-19", Name: "Jonas Weber", Email: "jonas.weber@example.de", Locale: "de-DE"},
		MerchantID:     "m-4",
		Calendar:       "DE-BY",
		Policy:         dispute.Policy{ResponseBusinessDays: 14},
	}, decoded(t))
}

func TestDecodeDisputeFillsInDefaults(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"CalendarMissing": {"calendar", ""},
		"CalendarNull":    {"calendar", "null"},
		"PolicyMissing":   {"policy", ""},
		"PolicyNull":      {"policy", "null"},
		"PolicyEmpty":     {"policy", "{}"},
		"WindowNull":      {"policy.responseBusinessDays", "null"},
		"LocaleMissing":   {"complainant.locale", ""},
		"LocaleNull":      {"complainant.locale", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := decoded(t)
			switch strings.Split(change[0], ".")[0] {
			case "calendar":
				want.Calendar = "DE"
			case "policy":
				want.Policy.ResponseBusinessDays = 21
			case "complainant":
				want.Complainant.Locale = ""
			}
			d, err := dispute.DecodeDispute([]byte(with(t, complete, change[0], change[1])), strict.RefuseUnknownNames, now)
			require.NoError(t, err)
			require.Equal(t, want, d)
		})
	}
}

func TestDecodeRefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	const (
		noJSON   = `^the input is not JSON: [^"]+, in line `
		noUTF8   = `^the input is not JSON: its encoding is not UTF-8$`
		noObject = `^the input must be a JSON object$`
	)
	for name, test := range map[string]struct{ input, want string }{
		"Nothing":          {"", noJSON + "1$"},
		"Blank":            {" \n ", noJSON + "2$"},
		"HalfAnObject":     {"{\"id\": \"d-1\",\n", noJSON + "2$"},
		"NotQuoted":        {"{\n\n  id: \"d-1\"}", noJSON + "3$"},
		"TrailingObject":   {"{}\n{}", noJSON + "2$"},
		"TrailingGarbage":  {"{}x", noJSON + "1$"},
		"YAML":             {"id: d-1", noJSON + "1$"},
		"TooDeeplyNested":  {strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000), noJSON + "1$"},
		"Latin1":           {"{\"id\": \"M\xfcller\"}", noUTF8},
		"UTF16":            {"\xff\xfe{\x00}\x00", noUTF8},
		"Null":             {"null", noObject},
		"List":             {" [" + complete + "]", noObject},
		"String":           {`"{}"`, noObject},
		"Number":           {"42", noObject},
		"DeeplyNestedList": {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), noObject},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireOne := func(err error, code dispute.Code) {
				var refusal *dispute.Refusal
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, code, refusal.Code)
				require.Len(t, refusal.Faults, 1)
				require.Empty(t, refusal.Faults[0].Path)
				require.Regexp(t, test.want, refusal.Faults[0].Problem)
			}
			_, err := dispute.DecodeDispute([]byte(test.input), strict.TolerateUnknownNames, now)
			requireOne(err, dispute.CodeInvalidDispute)
			_, err = dispute.DecodeMessage[dispute.Retry]([]byte(test.input))
			requireOne(err, dispute.CodeInvalidMessage)
			_, err = dispute.DecodeImport([]byte(test.input))
			requireOne(err, dispute.CodeInvalidImport)
		})
	}
}

func TestDecodeTakesBlanksAround(t *testing.T) {
	t.Parallel()
	d, err := dispute.DecodeDispute([]byte("\r\n\t "+complete+" \n\n"), strict.RefuseUnknownNames, now)
	require.NoError(t, err)
	require.Equal(t, decoded(t), d)
}

func TestDecodeRefusesWrongTypes(t *testing.T) {
	t.Parallel()
	const (
		wantString = "must be a string"
		wantWhole  = "must be a whole number, without quotes, decimals or exponent, at most 9007199254740991"
		wantObject = "must be a JSON object"
		wantTime   = "must be a time as RFC 3339 (2026-11-23T10:15:00+01:00)"
	)
	for i, test := range []struct{ path, value, want string }{
		{"id", "7", wantString},
		{"id", "[]", wantString},
		{"id", "{}", wantString},
		{"id", "true", wantString},
		{"openedAt", "1795512900", wantTime},
		{"openedAt", `""`, wantTime},
		{"openedAt", `"2026-11-23"`, wantTime},
		{"openedAt", `"2026-11-23T10:15:00"`, wantTime},
		{"openedAt", `"2026-11-31T10:15:00Z"`, wantTime},
		{"openedAt", `"23.11.2026"`, wantTime},
		{"openedAt", "{}", wantTime},
		{"reason", "1", wantString},
		{"disputedAmount", "12990", wantObject},
		{"disputedAmount", `"129.90 EUR"`, wantObject},
		{"disputedAmount", "[]", wantObject},
		{"disputedAmount.amount", "129.90", wantWhole},
		{"disputedAmount.amount", `"12990"`, wantWhole},
		{"disputedAmount.amount", "1.0", wantWhole},
		{"disputedAmount.amount", "1e4", wantWhole},
		{"disputedAmount.amount", "9223372036854775808", wantWhole},
		{"disputedAmount.currency", "978", wantString},
		{"complainant", `"Jonas Weber"`, wantObject},
		{"complainant.email", "false", wantString},
		{"policy", "21", wantObject},
		{"policy.responseBusinessDays", "14.5", wantWhole},
		{"policy.responseBusinessDays", `"14"`, wantWhole},
	} {
		t.Run(fmt.Sprint(i, test.path), func(t *testing.T) {
			t.Parallel()
			_, err := dispute.DecodeDispute([]byte(with(t, complete, test.path, test.value)), strict.RefuseUnknownNames, now)
			requireFaults(t, err, dispute.CodeInvalidDispute, test.path+": "+test.want)
		})
	}
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ path, fault string }{
		"AtTheTop":       {"invoice", "invoice: is unknown here; known are id, openedAt, reason, orderId, invoiceId, disputedAmount, complainant, merchantId, calendar, policy"},
		"Inside":         {"complainant.phone", "complainant.phone: is unknown here; known are id, name, email, locale"},
		"InOtherCase":    {"Policy", "Policy: is unknown here; known are id, openedAt, reason, orderId, invoiceId, disputedAmount, complainant, merchantId, calendar, policy"},
		"Empty":          {"disputedAmount.", `disputedAmount."": is unknown here; known are amount, currency`},
		"OfTwoLines":     {"policy.a\nb\x1b[31m", `policy.a\nb\x1b[31m: is unknown here; known are responseBusinessDays`},
		"EndingInAQuote": {`policy.days"`, `policy.days\": is unknown here; known are responseBusinessDays`},
		"OfManyLetters":  {"policy." + strings.Repeat("ä", 65), "policy." + strings.Repeat("ä", 64) + ": is unknown here; known are responseBusinessDays"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			input := []byte(with(t, complete, test.path, strings.Repeat("[", 999)+strings.Repeat("]", 999)))
			_, err := dispute.DecodeDispute(input, strict.RefuseUnknownNames, now)
			requireFaults(t, err, dispute.CodeInvalidDispute, test.fault)
			d, err := dispute.DecodeDispute(input, strict.TolerateUnknownNames, now)
			require.NoError(t, err)
			require.Equal(t, decoded(t), d)
		})
	}
}

func TestNamesInOtherCaseAreNotTheMembers(t *testing.T) {
	t.Parallel()
	input := []byte(strings.Replace(complete, `"orderId"`, `"OrderID"`, 1))
	_, err := dispute.DecodeDispute(input, strict.TolerateUnknownNames, now)
	requireFaultPaths(t, err, dispute.CodeInvalidDispute, "orderId")
	_, err = dispute.DecodeDispute(input, strict.RefuseUnknownNames, now)
	requireFaultPaths(t, err, dispute.CodeInvalidDispute, "OrderID", "orderId")
}

func TestMembersThatAreThereTwice(t *testing.T) {
	t.Parallel()
	const fault = "disputedAmount.amount: is there more than once; once is allowed"
	for name, amounts := range map[string]string{
		"Different":  `"amount": 12990, "amount": 1`,
		"TheSame":    `"amount": 12990, "amount": 12990`,
		"ThreeTimes": `"amount": 1, "amount": 2, "amount": 3`,
		"FirstNull":  `"amount": null, "amount": 12990`,
		"Escaped":    `"amount": 12990, "\u0061mount": 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			input := []byte(strings.Replace(complete, `"amount": 12990`, amounts, 1))
			for _, names := range []strict.Names{strict.RefuseUnknownNames, strict.TolerateUnknownNames} {
				_, err := dispute.DecodeDispute(input, names, now)
				requireFaults(t, err, dispute.CodeInvalidDispute, fault)
			}
		})
	}
	t.Run("Unknown", func(t *testing.T) {
		t.Parallel()
		input := []byte(strings.Replace(complete, `"id"`, `"x": 1, "x": 2, "id"`, 1))
		_, err := dispute.DecodeDispute(input, strict.RefuseUnknownNames, now)
		requireFaultPaths(t, err, dispute.CodeInvalidDispute, "x")
		_, err = dispute.DecodeDispute(input, strict.TolerateUnknownNames, now)
		require.NoError(t, err)
	})
}

func TestFaultsOfEndlessInputAreCut(t *testing.T) {
	t.Parallel()
	var members strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&members, `"x%d": 1, `, i)
	}
	_, err := dispute.DecodeDispute([]byte(strings.Replace(complete, `"id"`, members.String()+`"id"`, 1)), strict.RefuseUnknownNames, now)
	var refusal *dispute.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Len(t, refusal.Faults, strict.MaxFaults+1)
	require.Equal(t, "x0", refusal.Faults[0].Path)
	require.Equal(t, strict.Fault{Problem: "the input has more faults than these 100"}, refusal.Faults[strict.MaxFaults])
	require.Less(t, len(err.Error()), 30000)
}

// The decoder goes by json tags and knows nothing of embedded and unexported fields.
func TestWhatIsDecodedHasTagsOnAllFields(t *testing.T) {
	t.Parallel()
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch {
		case typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice:
			walk(typ.Elem())
		case typ.Kind() == reflect.Struct && typ != reflect.TypeFor[time.Time]():
			for field := range typ.Fields() {
				require.True(t, field.IsExported() && !field.Anonymous, "%s.%s", typ, field.Name)
				name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				require.Regexp(t, `^[a-z][A-Za-z0-9]*$`, name, "%s.%s", typ, field.Name)
				walk(field.Type)
			}
		default:
			require.Contains(t, []reflect.Kind{reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Struct}, typ.Kind())
		}
	}
	for _, root := range []any{
		dispute.Dispute{},
		dispute.ImportFile{},
		dispute.Agreement{},
		dispute.Withdrawal{},
		dispute.Response{},
		dispute.LossAcceptance{},
		dispute.Statement{},
		dispute.Evidence{},
		dispute.Ruling{},
		dispute.DeadlineMove{},
		dispute.Retry{},
		dispute.Acknowledgement{},
	} {
		walk(reflect.TypeOf(root))
	}
}

func TestAnEmptyNameHidesNoOtherFault(t *testing.T) {
	t.Parallel()
	_, err := dispute.DecodeMessage[dispute.Withdrawal]([]byte(`{"": 1}`))
	requireFaults(t, err, dispute.CodeInvalidMessage,
		`"": is unknown here; known are reportedBy, note`, "reportedBy: must be one of customer, operator")
}
