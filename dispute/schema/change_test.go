package schema_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
)

// odd are values that are at the edge of what is allowed somewhere, or beyond it.
var odd = slices.Concat([]any{
	nil, true, false, "", " ", "\u00a0", "x", "\x00", "a\nb", "\t", "a\u2028b", "\u0085", "\u200b", "é", "👩‍🔧", "ſ", "null",
	[]any{},
	[]any{nil},
	[]any{"x"},
	map[string]any{},
	map[string]any{"amount": json.Number("1"), "currency": "EUR"},
	"2026-11-23T10:15:00+01:00", "2026-11-23T10:15:00,5Z", "2026-11-23T23:59:60Z", "2026-11-31T10:15:00Z", "2027-02-29T00:00:00Z",
	"2028-02-29T00:00:00z", "2026-11-23T24:00:00Z", "2026-11-23T10:15:00", "2026-11-23T10:15:00+24:00", "2026-11-23T10:15:00.123456789-23:59",
	"0001-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2099-01-01T00:00:00Z",
	"2026-12-31", "2026-02-30", "2026-1-01", "0000-01-01", "10000-01-01", "2026-12-31 ", "2026-12-31\n",
	"d/1", "-d", "d_1.a:b-c", "EUR", "eur", "EURO", "XXQ", "JPY", "de", "de_DE", "d", "deutsch", "zh-Hant-TW", "de-", "tlh-a-b-c-d-e-f-g-h-i",
	"a@b", "a@b.de", "a b@c.de", "<a@b.de>", "jürgen@käthe.example", "a@-b.de", "a..b@c.de", "a@b.c", "a@[127.0.0.1]", "A@B.DE\n",
	"merchant", "customer", "operator", "desk", "klarna", "Merchant", "justification", "decision", "merchant_refunds", "customer_pays",
	"opened", "opened-copy", "opened-copy-copy", "closed", "closed-copy", "ruling-asked", "reason-asked", "reason-asked-copy", "message",
	"tracking", "return", "stalled", "DE", "TARGET", "de-by",
	strings.Repeat("a", 128), strings.Repeat("a", 129), strings.Repeat("a", dispute.MaxLine), strings.Repeat("a", dispute.MaxLine+1),
	strings.Repeat("ä", dispute.MaxLine), strings.Repeat("👩", dispute.MaxLine+1), strings.Repeat("a", dispute.MaxLocation), strings.Repeat("a", dispute.MaxLocation+1),
	strings.Repeat("ä", dispute.MaxText), strings.Repeat("ä", dispute.MaxText+1), strings.Repeat("\n", dispute.MaxText),
	strings.Repeat("a", 246) + "@shop.de", strings.Repeat("a", 247) + "@shop.de", strings.Repeat("ä", 200) + "@shop.de",
	strings.Repeat("ab", 32), strings.Repeat("ab", 31), strings.Repeat("AB", 32), strings.Repeat("xy", 32), strings.Repeat("ab", 33),
}, numbers())

func numbers() (all []any) {
	for _, number := range []string{
		"0", "-0", "1", "-1", "13", "14", "21", "22", "100", "40", "1.5", "1.0", "14.0", "1e2", "1E1", "9007199254740991", "9007199254740992", "-9007199254740992",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e400", "0.1e1", "0e0",
	} {
		all = append(all, json.Number(number))
	}
	return all
}

// changed is a valid document of a name with some changes.
func changed(t *rapid.T, name string) any {
	document := decode(t, rapid.SampledFrom(valid[name]).Draw(t, "document"))
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		places := placesIn(&document, nil)
		places[rapid.IntRange(0, len(places)-1).Draw(t, "place")].change(t)
		document = decode(t, string(encode(t, document))) // odd values stay as they are
	}
	return document
}

// place is a value in a document, and how it is replaced or removed.
type place struct {
	value  any
	set    func(any)
	remove func()
}

// placesIn returns all values in a value, itself first.
func placesIn(value *any, remove func()) []place {
	all := []place{{*value, func(to any) { *value = to }, remove}}
	switch inside := (*value).(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(inside)) {
			member := inside[name]
			for i, p := range placesIn(&member, func() { delete(inside, name) }) {
				if i == 0 {
					p.set = func(to any) { inside[name] = to }
				}
				all = append(all, p)
			}
		}
	case []any:
		for i := range inside {
			all = append(all, placesIn(&inside[i], nil)...)
		}
	}
	return all
}

// change changes the value of a place.
func (p place) change(t *rapid.T) {
	switch what := rapid.IntRange(0, 9).Draw(t, "change"); {
	case what == 0 && p.remove != nil:
		p.remove()
	case what == 1:
		p.grow(t)
	case what == 2:
		p.set(rapid.String().Draw(t, "text"))
	case what == 3:
		p.set(nil)
	default:
		p.set(rapid.SampledFrom(odd).Draw(t, "odd value"))
	}
}

// grow adds something to a value.
func (p place) grow(t *rapid.T) {
	switch value := p.value.(type) {
	case map[string]any:
		value[rapid.SampledFrom([]string{"x", "ID", "text", "files", "note", "refund", "justified", "inFavourOf", "email", "paid", ""}).Draw(t, "name")] = rapid.SampledFrom(odd).Draw(t, "member")
	case []any:
		if len(value) > 0 {
			p.set(slices.Repeat(value[:1], rapid.SampledFrom([]int{1, 2, dispute.MaxFiles, dispute.MaxFiles + 1}).Draw(t, "items")))
		}
	case string:
		p.set(value + rapid.SampledFrom([]string{" ", "\n", "\x7f", "a", "\u2029", "Z"}).Draw(t, "end"))
	}
}
