package dispute_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

func TestDecodeDispute(t *testing.T) {
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

func TestDecodersRefuseUnreadableInput(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"", "null", "[" + complete + "]", "{\"id\": \"M\xfcller\"}"} {
		want := strict.Decode([]byte(input), strict.RefuseUnknownNames, &dispute.Dispute{})[0].Problem
		_, err := dispute.DecodeDispute([]byte(input), strict.TolerateUnknownNames, now)
		requireFaults(t, err, dispute.CodeInvalidDispute, ": "+want)
		_, err = dispute.DecodeMessage[dispute.Retry]([]byte(input))
		requireFaults(t, err, dispute.CodeInvalidMessage, ": "+want)
		_, err = dispute.DecodeImport([]byte(input))
		requireFaults(t, err, dispute.CodeInvalidImport, ": "+want)
	}
}

func TestDecodeDisputeCanTolerateUnknownNames(t *testing.T) {
	t.Parallel()
	input := []byte(with(t, complete, "complainant.phone", `"1"`))
	_, err := dispute.DecodeDispute(input, strict.RefuseUnknownNames, now)
	requireFaults(t, err, dispute.CodeInvalidDispute, "complainant.phone: is unknown here; known are id, name, email, locale")
	d, err := dispute.DecodeDispute(input, strict.TolerateUnknownNames, now)
	require.NoError(t, err)
	require.Equal(t, decoded(t), d)

	input = []byte(strings.Replace(complete, `"orderId"`, `"OrderID"`, 1))
	_, err = dispute.DecodeDispute(input, strict.TolerateUnknownNames, now)
	requireFaultPaths(t, err, dispute.CodeInvalidDispute, "orderId")
	_, err = dispute.DecodeDispute(input, strict.RefuseUnknownNames, now)
	requireFaultPaths(t, err, dispute.CodeInvalidDispute, "OrderID", "orderId")
}

func TestDecodeDisputeAlwaysRefusesRepeatedNames(t *testing.T) {
	t.Parallel()
	input := []byte(strings.Replace(complete, `"amount": 12990`, `"amount": 12990, "amount": 1`, 1))
	for _, names := range []strict.Names{strict.RefuseUnknownNames, strict.TolerateUnknownNames} {
		_, err := dispute.DecodeDispute(input, names, now)
		requireFaultPaths(t, err, dispute.CodeInvalidDispute, "disputedAmount.amount")
	}
}

// strict.Decode needs a json tag on every field, and does not support embedded or unexported fields.
func TestDecodedTypesHaveTagsOnAllFields(t *testing.T) {
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
		dispute.ImportedMerchant{},
		dispute.Invoice{},
		dispute.Booking{},
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
		dispute.Bounce{},
	} {
		walk(reflect.TypeOf(root))
	}
}
