package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal/api"
)

var fuzzTime = flag.Duration("api.fuzz", 0, "how long each operation gets requests made of the document; a few without it")

// schema is a schema of the document.
type schema = map[string]any

// maker makes requests of the document: such as it describes, and such with something wrong.
type maker struct {
	schemas map[string]schema
	// known are ids that there are, and disputes those of disputes, so that requests reach further than the first look-up.
	known, disputes []string
}

// rarely is true one time in so many.
func rarely(t *rapid.T, times int, what string) bool {
	return rapid.IntRange(1, times).Draw(t, what) == times
}

// value draws a JSON value that a schema describes. The name of its member says what a text is about.
func (m maker) value(t *rapid.T, s schema, name string, depth int) any {
	if ref, is := s["$ref"].(string); is {
		return m.value(t, m.schemas[ref[strings.LastIndex(ref, "/")+1:]], name, depth)
	}
	if enum, is := s["enum"].([]any); is {
		if strings.HasSuffix(name, "By") && !rarely(t, 10, "strange "+name) {
			return rapid.SampledFrom([]string{"merchant", "customer"}).Draw(t, name)
		}
		return rapid.SampledFrom(enum).Draw(t, name)
	}
	kind := s["type"]
	if several, is := kind.([]any); is {
		kind = several[0]
	}
	switch kind {
	case "object":
		members := map[string]any{}
		properties, _ := s["properties"].(schema)
		required, _ := s["required"].([]any)
		for _, member := range sorted(properties) {
			if slices.Contains(required, any(member)) || rapid.Bool().Draw(t, "has "+member) {
				members[member] = m.value(t, properties[member].(schema), member, depth+1)
			}
		}
		return members
	case "array":
		var items []any
		for range rapid.IntRange(0, 3).Draw(t, "length of "+name) {
			items = append(items, m.value(t, s["items"].(schema), name, depth+1))
		}
		return items
	case "integer":
		if rarely(t, 12, "strange "+name) {
			return rapid.SampledFrom([]int64{0, -1, 1 << 53, 1<<53 - 1}).Draw(t, name)
		}
		return rapid.Int64Range(1, 20).Draw(t, name)
	case "boolean":
		return rapid.Bool().Draw(t, name)
	}
	return m.text(t, s, name)
}

func sorted(properties schema) (names []string) {
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// text draws a text for a member.
func (m maker) text(t *rapid.T, s schema, name string) string {
	lower := strings.ToLower(name)
	switch {
	case name == "to":
		return time.Now().Add(time.Duration(rapid.IntRange(-10, 1000).Draw(t, name)) * time.Hour).Format(time.RFC3339)
	case s["format"] == "date-time":
		return time.Now().Add(time.Duration(rapid.IntRange(-1000, 10).Draw(t, name)) * time.Hour).Format(time.RFC3339)
	case strings.HasSuffix(lower, "id"), name == "search", name == "merchant", name == "order":
		return rapid.OneOf(rapid.SampledFrom(m.known), rapid.SampledFrom(m.known), rapid.StringMatching(`[a-z][a-z0-9-]{0,20}`)).Draw(t, name)
	case lower == "currency":
		return rapid.SampledFrom([]string{"EUR", "EUR", "EUR", "SEK", "XXX"}).Draw(t, name)
	case lower == "email":
		return "a@b.example"
	case lower == "duedate":
		return "2030-01-31"
	case lower == "locale":
		return "de-DE"
	case lower == "sha256":
		return strings.Repeat("ab", 32)
	case lower == "calendar":
		return rapid.SampledFrom([]string{"DE", "DE-BY", "US", "MARS"}).Draw(t, name)
	}
	if rarely(t, 10, "strange "+name) {
		return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "x\ny", strings.Repeat("x", 5001)})).Draw(t, name)
	}
	return rapid.StringMatching(`[A-Za-zäß][A-Za-z0-9 .äß]{0,30}`).Draw(t, name)
}

// body draws the body of an operation as the document describes it, or with something wrong.
func (m maker) body(t *rapid.T, s schema) string {
	value := m.value(t, s, "body", 0)
	if members, is := value.(map[string]any); is && rarely(t, 5, "wrong member") && len(members) > 0 {
		junk := rapid.SampledFrom([]any{nil, 1, -1.5, "", "x", true, []any{}, []any{1, []any{}}, map[string]any{}, map[string]any{"a": 1}})
		members[rapid.SampledFrom(append(sorted(members), "colour", "")).Draw(t, "which")] = junk.Draw(t, "junk")
	}
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	text := string(encoded)
	switch rapid.IntRange(0, 30).Draw(t, "wrong text") {
	case 0:
		return text[:rapid.IntRange(0, len(text)).Draw(t, "cut")]
	case 1:
		return text + text
	case 2:
		return strings.Replace(text, `"`, "\"\xff", 1)
	case 3:
		return strings.Repeat("[", rapid.IntRange(0, 20000).Draw(t, "nested")) + text
	case 4:
		return strings.Replace(text, ":", `:"\ud800",`, 1)
	}
	return text
}

// path draws the path and query of an operation.
func (m maker) path(t *rapid.T, path string, parameters []any) string {
	id := rapid.SampledFrom(m.disputes).Draw(t, "id")
	if rarely(t, 12, "strange id") {
		id = rapid.SampledFrom([]string{"d-absent", "%00", "a b", "..", "ü", strings.Repeat("x", 300)}).Draw(t, "id")
	}
	path = strings.NewReplacer("{id}", url.PathEscape(id), "{file}", rapid.SampledFrom([]string{"1", "0", "-1", "x"}).Draw(t, "file")).Replace(path)
	query := url.Values{}
	for _, p := range parameters {
		p := p.(schema)
		if name := p["name"].(string); p["in"] == "query" && (p["required"] == true || rarely(t, 3, "has "+name)) {
			query.Set(name, fmt.Sprint(m.value(t, p["schema"].(schema), name, 0)))
			if rarely(t, 12, "wrong "+name) {
				query.Set(name, rapid.SampledFrom([]string{"", "\x00", "99999999999999999999", "-1", "'", ",", "x,x"}).Draw(t, "value"))
			}
		}
	}
	return path + "?" + query.Encode()
}

// TestFuzz: whatever is made of the document, and of it with something wrong, gets an answer that the document has, and none is a
// failure of the API itself.
func TestFuzz(t *testing.T) {
	t.Parallel()
	names := make([]string, 50) // each with a limit of its own
	for i := range names {
		names[i] = fmt.Sprintf("t%d accounts disputes:open read events as:merchant as:customer as:operator as:desk", i)
	}
	clients := serve(t, names)
	document := documentOf(t, clients["t0"])
	var read struct {
		Paths map[string]map[string]struct {
			Parameters  []any
			RequestBody struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	require.NoError(t, json.Unmarshal(document, &read))
	fitting := answersOf(t, document)
	for _, o := range api.Operations() {
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			m := maker{schemas: read.Components.Schemas}
			for _, c := range []parties.Case{opened(t), opened(t)} {
				m.disputes = append(m.disputes, c.Dispute.ID)
				m.known = append(m.known, c.Dispute.ID, c.Invoice.ID, c.Merchant.ID, c.Invoice.OrderID, c.Invoice.CustomerID)
			}
			described := read.Paths[o.Path][strings.ToLower(o.Method)]
			sent, statuses := 0, map[int]int{}
			check := func(rt *rapid.T) {
				sent++
				path := m.path(rt, o.Path, described.Parameters)
				var body any
				for kind, content := range described.RequestBody.Content {
					if body = "%PDF-1.4"; kind == "application/json" {
						body = m.body(rt, content.Schema)
					}
				}
				key := rapid.SampledFrom([]string{"", "", "k", strings.Repeat("k", 201), fmt.Sprint("k-", sent)}).Draw(rt, "key")
				got := clients[fmt.Sprint("t", sent%len(names))].do(o.Method, path, body, "Idempotency-Key", key)
				statuses[got.status]++
				if got.status >= http.StatusInternalServerError || got.status == http.StatusTooManyRequests {
					rt.Fatalf("%s %s %v: %d %s", o.Method, path, body, got.status, got.body)
				}
				request := httptest.NewRequest(o.Method, api.Prefix+path, nil)
				if faults := fitting.fits(request, got); len(faults) > 0 && got.status != http.StatusNotFound {
					rt.Fatalf("%s %s: %d %s\n%v", o.Method, path, got.status, got.body, faults)
				}
			}
			for began := time.Now(); ; {
				rapid.Check(t, check)
				if time.Since(began) >= *fuzzTime {
					break
				}
			}
			t.Logf("%s: %d requests, by status: %v", o.ID, sent, statuses)
		})
	}
}
