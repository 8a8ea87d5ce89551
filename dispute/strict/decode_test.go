package strict_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/strict"
)

// parcel has a field of every kind that Decode reads.
type parcel struct {
	ID       string    `json:"id"`
	SentAt   time.Time `json:"sentAt"`
	Weight   int64     `json:"weight"`
	Floors   int       `json:"floors,omitzero"`
	Insured  *bool     `json:"insured"`
	Receiver person    `json:"receiver"`
	Sender   *person   `json:"sender,omitempty"`
	Items    []item    `json:"items"`
}

type person struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

type item struct {
	Name string `json:"name"`
}

const (
	known    = "is unknown here; known are id, sentAt, weight, floors, insured, receiver, sender, items"
	wantTime = "must be a time in RFC 3339 format (2026-11-23T10:15:00+01:00)"
)

// decode decodes a parcel and requires exactly these faults, each as "path: problem".
func decode(t *testing.T, input string, names strict.Names, want ...string) parcel {
	t.Helper()
	var p parcel
	var got []string
	for _, fault := range strict.Decode([]byte(input), names, &p) {
		got = append(got, fault.Path+": "+fault.Problem)
	}
	require.Equal(t, want, got)
	return p
}

func TestDecodeReadsEveryKindOfField(t *testing.T) {
	t.Parallel()
	yes := true
	want := parcel{
		ID: "p-1", SentAt: time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC), Weight: 1 << 60, Floors: -3, Insured: &yes,
		Receiver: person{Name: "Jonas 💌", Phone: "1"}, Sender: &person{Name: "Zoë"}, Items: []item{{"a"}, {}},
	}
	got := decode(t, "\r\n\t "+`{"id": "p-1", "sentAt": "2026-11-23T09:15:00Z", "weight": 1152921504606846976, "floors": -3, "insured": true,
		"receiver": {"phone": "1", "name": "Jonas \ud83d\udc8c"}, "sender": {"name": "Zo\u00eb"}, "items": [{"name": "a"}, null]}`+" \n\n",
		strict.RefuseUnknownNames)
	require.Equal(t, want, got)
}

func TestNullCountsAsMissing(t *testing.T) {
	t.Parallel()
	p := parcel{ID: "default", Floors: 2, Receiver: person{Name: "default"}}
	const input = `{"id": null, "sentAt": null, "weight": null, "floors": null, "insured": null, "receiver": null, "sender": null, "items": null}`
	require.Empty(t, strict.Decode([]byte(input), strict.RefuseUnknownNames, &p))
	require.Equal(t, parcel{ID: "default", Floors: 2, Receiver: person{Name: "default"}}, p)
	require.Empty(t, strict.Decode([]byte(`{"receiver": {"phone": "1"}}`), strict.RefuseUnknownNames, &p))
	require.Equal(t, person{Name: "default", Phone: "1"}, p.Receiver)
}

func TestDecodeRefusesInputThatIsNotAnObject(t *testing.T) {
	t.Parallel()
	const (
		notJSON   = `^the input is not JSON: [^"]+, in line `
		notUTF8   = `^the input is not JSON: it is not encoded in UTF-8$`
		notObject = `^the input must be a JSON object$`
	)
	for name, test := range map[string]struct{ input, want string }{
		"Empty":            {"", notJSON + "1$"},
		"Blank":            {" \n ", notJSON + "2$"},
		"HalfAnObject":     {"{\"id\": \"d-1\",\n", notJSON + "2$"},
		"NotQuoted":        {"{\n\n  id: \"d-1\"}", notJSON + "3$"},
		"TrailingObject":   {"{}\n{}", notJSON + "2$"},
		"TrailingGarbage":  {"{}x", notJSON + "1$"},
		"YAML":             {"id: d-1", notJSON + "1$"},
		"TooDeeplyNested":  {strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000), notJSON + "1$"},
		"Latin1":           {"{\"id\": \"M\xfcller\"}", notUTF8},
		"UTF16":            {"\xff\xfe{\x00}\x00", notUTF8},
		"Null":             {"null", notObject},
		"List":             {` [{"id": "p-1"}]`, notObject},
		"String":           {`"{}"`, notObject},
		"Number":           {"42", notObject},
		"DeeplyNestedList": {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), notObject},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := strict.Decode([]byte(test.input), strict.TolerateUnknownNames, &parcel{})
			require.Len(t, faults, 1)
			require.Empty(t, faults[0].Path)
			require.Regexp(t, test.want, faults[0].Problem)
			require.True(t, faults.Unreadable())
		})
	}
}

func TestDecodeRefusesWrongTypes(t *testing.T) {
	t.Parallel()
	const (
		wantString = "must be a string"
		wantBool   = "must be true or false"
		wantWhole  = "must be a whole number, without quotes, decimals or exponent, at most 9007199254740991"
		wantObject = "must be a JSON object"
		wantList   = "must be a list"
	)
	for i, test := range []struct{ path, input, want string }{
		{"id", `{"id": 7}`, wantString},
		{"id", `{"id": []}`, wantString},
		{"id", `{"id": {}}`, wantString},
		{"id", `{"id": true}`, wantString},
		{"sentAt", `{"sentAt": 1795512900}`, wantTime},
		{"sentAt", `{"sentAt": false}`, wantTime},
		{"sentAt", `{"sentAt": {}}`, wantTime},
		{"weight", `{"weight": 129.90}`, wantWhole},
		{"weight", `{"weight": "12990"}`, wantWhole},
		{"weight", `{"weight": 1.0}`, wantWhole},
		{"weight", `{"weight": 1e4}`, wantWhole},
		{"weight", `{"weight": 9223372036854775808}`, wantWhole},
		{"floors", `{"floors": 14.5}`, wantWhole},
		{"floors", `{"floors": "14"}`, wantWhole},
		{"insured", `{"insured": "yes"}`, wantBool},
		{"insured", `{"insured": 0}`, wantBool},
		{"receiver", `{"receiver": "Jonas Weber"}`, wantObject},
		{"receiver", `{"receiver": 12990}`, wantObject},
		{"receiver", `{"receiver": []}`, wantObject},
		{"receiver.name", `{"receiver": {"name": false}}`, wantString},
		{"sender", `{"sender": 500}`, wantObject},
		{"sender.phone", `{"sender": {"phone": 978}}`, wantString},
		{"items", `{"items": "a"}`, wantList},
		{"items", `{"items": {}}`, wantList},
		{"items[1]", `{"items": [null, "a"]}`, wantObject},
		{"items[1].name", `{"items": [{}, {"name": 1}]}`, wantString},
	} {
		t.Run(fmt.Sprint(i, test.path), func(t *testing.T) {
			t.Parallel()
			decode(t, test.input, strict.RefuseUnknownNames, test.path+": "+test.want)
		})
	}
}

func TestDecodeReturnsAllFaultsInTheOrderOfTheInput(t *testing.T) {
	t.Parallel()
	decode(t, `{"weight": "1", "colour": 1, "receiver": {"name": 1, "mail": 2}, "items": [1, {"size": 1}]}`, strict.RefuseUnknownNames,
		"weight: must be a whole number, without quotes, decimals or exponent, at most 9007199254740991",
		"colour: "+known,
		"receiver.name: must be a string",
		"receiver.mail: is unknown here; known are name, phone",
		"items[0]: must be a JSON object",
		"items[1].size: is unknown here; known are name")
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ object, fault string }{
		"AtTheTop":       {`{"invoice": %s}`, "invoice: " + known},
		"Nested":         {`{"receiver": {"mail": %s}}`, "receiver.mail: is unknown here; known are name, phone"},
		"InOtherCase":    {`{"Weight": %s}`, "Weight: " + known},
		"Empty":          {`{"receiver": {"": %s}}`, `receiver."": is unknown here; known are name, phone`},
		"EmptyAtTheTop":  {`{"": %s}`, `"": ` + known},
		"OfTwoLines":     {`{"receiver": {"a\nb\u001b[31m": %s}}`, `receiver.a\nb\x1b[31m: is unknown here; known are name, phone`},
		"EndingInAQuote": {`{"receiver": {"name\"": %s}}`, `receiver.name\": is unknown here; known are name, phone`},
		"OfManyLetters": {
			`{"receiver": {"` + strings.Repeat("ä", 65) + `": %s}}`,
			"receiver." + strings.Repeat("ä", 64) + ": is unknown here; known are name, phone",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			input := fmt.Sprintf(test.object, strings.Repeat("[", 999)+strings.Repeat("]", 999))
			decode(t, input, strict.RefuseUnknownNames, test.fault)
			require.Equal(t, parcel{}, decode(t, input, strict.TolerateUnknownNames))
		})
	}
}

func TestLoneSurrogatesAreRefused(t *testing.T) {
	t.Parallel()
	const fault = "contains half of a surrogate pair, such as an emoji cut in two"
	for text, valid := range map[string]bool{
		`\ud83d\udc8c`: true, `\uD83D\uDC8C`: true, `💌`: true, `\\ud83d`: true, `\\\\ud83d`: true, `\ud7ff\ue000`: true, `\ufffd`: true,
		`\ud83d`: false, `half \ud83d`: false, `\uD83D `: false, `\udc8c`: false, `\udc8c\ud83d`: false, `\ud83d\ud83d\udc8c`: false,
		`\ud83dx\udc8c`: false, `\ud83d\\udc8c`: false, `\ud83d\n\udc8c`: false, `\\\ud83d`: false, `\ud83d\udc8c\udc8c`: false,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			input := `{"id": "` + text + `", "receiver": {"name": "` + text + `"}, "items": [{}, {"name": "` + text + `"}]}`
			if valid {
				decode(t, input, strict.TolerateUnknownNames)
				return
			}
			decode(t, input, strict.TolerateUnknownNames, "id: "+fault, "receiver.name: "+fault, "items[1].name: "+fault)
		})
	}
	decode(t, `{"\ud83d": 1}`, strict.RefuseUnknownNames, "\ufffd: "+known)
}

func TestAByteOrderMarkIsSkipped(t *testing.T) {
	t.Parallel()
	require.Equal(t, parcel{ID: "p-1"}, decode(t, "\ufeff"+`{"id": "p-1"}`, strict.RefuseUnknownNames))
	for _, input := range []string{"\ufeff", "\ufeff\ufeff{}", "{}\ufeff", " \ufeff{}"} {
		require.Regexp(t, `^the input is not JSON: [^"]+, in line 1$`, strict.Decode([]byte(input), strict.RefuseUnknownNames, &parcel{}).String())
	}
}

func TestRepeatedNames(t *testing.T) {
	t.Parallel()
	const fault = "receiver.name: appears more than once"
	for name, members := range map[string]string{
		"Different":  `"name": "a", "name": "b"`,
		"TheSame":    `"name": "a", "name": "a"`,
		"ThreeTimes": `"name": "a", "name": "b", "name": "c"`,
		"FirstNull":  `"name": null, "name": "a"`,
		"Escaped":    `"name": "a", "\u006eame": "b"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			input := `{"receiver": {` + members + `}}`
			decode(t, input, strict.RefuseUnknownNames, fault)
			decode(t, input, strict.TolerateUnknownNames, fault)
		})
	}
	t.Run("Unknown", func(t *testing.T) {
		t.Parallel()
		const input = `{"x": 1, "x": 2, "id": "p-1"}`
		decode(t, input, strict.RefuseUnknownNames, "x: "+known)
		require.Equal(t, parcel{ID: "p-1"}, decode(t, input, strict.TolerateUnknownNames))
	})
}

func TestDecodeListsAtMostMaxFaults(t *testing.T) {
	t.Parallel()
	var members strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&members, `"x%d": 1, `, i)
	}
	faults := strict.Decode([]byte(`{`+members.String()+`"id": "p-1"}`), strict.RefuseUnknownNames, &parcel{})
	require.Len(t, faults, strict.MaxFaults+1)
	require.Equal(t, "x0", faults[0].Path)
	require.Equal(t, strict.Fault{Problem: "the input has more faults than these 100"}, faults[strict.MaxFaults])
	require.Less(t, len(faults.String()), 30000)
}
