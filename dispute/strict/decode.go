// Package strict reads JSON that people write by hand, and lists everything that is wrong with it at once, by the
// path of the field. Unlike encoding/json it does not stop at the first fault, and it refuses what encoding/json
// lets pass: unknown, repeated and differently capitalised names, and text that is not UTF-8.
//
// Decode reads an object into a struct; the check functions (Line, Text, Email, …) then add what is wrong with
// single fields. The package knows nothing of disputes.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Names decides what happens to JSON members that the target does not have.
type Names bool

const (
	// RefuseUnknownNames makes an unknown member a fault: a misspelt name must not be ignored in silence.
	RefuseUnknownNames Names = false
	// TolerateUnknownNames ignores unknown members, for input that nobody is there to correct.
	TolerateUnknownNames Names = true
)

// MaxInteger is the largest whole number that every JSON reader represents exactly.
const MaxInteger = 1<<53 - 1

// byteOrderMark begins a UTF-8 file of some editors, PowerShell and Excel.
var byteOrderMark = []byte("\ufeff")

// Decode reads a JSON object into the struct that target points to, and returns all faults by path. Every field of
// the struct, and of the structs in it, needs a json tag; those of an embedded struct are its own. A member that is null counts as missing. A byte order mark
// before the object is skipped.
func Decode(data []byte, names Names, target any) Faults {
	var faults Faults
	data = bytes.TrimPrefix(data, byteOrderMark)
	if !utf8.Valid(data) { // encoding/json would put U+FFFD in its place, in names and addresses too
		faults.Add("", "the input is not JSON: it is not encoded in UTF-8")
		return faults
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		faults.Add("", "the input is not JSON: %v%s", err, inLine(data, err))
		return faults
	}
	if raw[0] != '{' {
		faults.Add("", "the input must be a JSON object")
		return faults
	}
	decodeValue(raw, names, "", reflect.ValueOf(target).Elem(), &faults)
	return faults
}

// Trim returns the JSON value of an input that Decode can read, without what may stand around it.
func Trim(data []byte) json.RawMessage {
	return bytes.TrimSpace(bytes.TrimPrefix(data, byteOrderMark))
}

// inLine returns ", in line n" for a syntax error, else "".
func inLine(data []byte, err error) string {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf(", in line %d", 1+bytes.Count(data[:syntax.Offset], []byte("\n")))
}

// decodeValue decodes one value: structs and slices member by member, everything else as encoding/json does. A
// json.RawMessage takes the value as it is.
func decodeValue(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
	switch {
	case string(raw) == "null": // as if it were left out
	case target.Kind() == reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		decodeValue(raw, names, path, target.Elem(), f)
	case target.Type() == reflect.TypeFor[json.RawMessage]():
		target.SetBytes(raw)
	case target.Type() == reflect.TypeFor[time.Time]():
		decodeTime(raw, path, target, f)
	case target.Kind() == reflect.Struct:
		decodeStruct(raw, names, path, target, f)
	case target.Kind() == reflect.Slice:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			f.Add(path, "must be a list")
			return
		}
		target.Set(reflect.MakeSlice(target.Type(), len(items), len(items)))
		for i, item := range items {
			decodeValue(item, names, Index(path, i), target.Index(i), f)
		}
	case json.Unmarshal(raw, target.Addr().Interface()) != nil:
		f.Add(path, "must be %s", wanted(target))
	case hasLoneSurrogate(raw):
		f.Add(path, "contains half of a surrogate pair, such as an emoji cut in two")
	}
}

func decodeTime(raw json.RawMessage, path string, target reflect.Value, f *Faults) {
	var text string
	err := json.Unmarshal(raw, &text)
	if err == nil {
		var at time.Time
		at, err = parseTime(text)
		target.Set(reflect.ValueOf(at))
	}
	if err != nil {
		f.Add(path, "must be a time in RFC 3339 format (2026-11-23T10:15:00+01:00)")
	}
}

// decodeStruct decodes the members of an object into the fields with their json tags. A repeated member is a fault,
// because readers of JSON differ in which of the two they take.
func decodeStruct(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, _ := decoder.Token(); start != json.Delim('{') {
		f.Add(path, "must be a JSON object")
		return
	}
	var known []string
	fields := map[string]reflect.Value{}
	for _, field := range reflect.VisibleFields(target.Type()) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" { // an embedded struct has none: its fields are the object's
			known = append(known, name)
			fields[name] = target.FieldByIndex(field.Index)
		}
	}
	seen := map[string]bool{}
	for decoder.More() {
		name, value := member(decoder)
		field, ok := fields[name]
		switch {
		case !ok && names == TolerateUnknownNames:
		case !ok:
			f.AddOnce(Join(path, printable(name)), "is unknown here; known are %s", List(known))
		case seen[name]:
			f.AddOnce(Join(path, name), "appears more than once")
		default:
			decodeValue(value, names, Join(path, name), field, f)
		}
		seen[name] = true
	}
}

// wholeEscape matches every escape sequence in a JSON string but half of a surrogate pair: a pair, any other \uXXXX, and
// escapes of one character.
var wholeEscape = regexp.MustCompile(`\\u[dD][89abAB][[:xdigit:]]{2}\\u[dD][c-fC-F][[:xdigit:]]{2}|` +
	`\\u([^dD][[:xdigit:]]{3}|[dD][0-7][[:xdigit:]]{2})|\\[^u]`)

// hasLoneSurrogate reports whether a JSON value has a \uXXXX that is not a character. encoding/json would put U+FFFD in
// its place.
func hasLoneSurrogate(raw json.RawMessage) bool {
	return bytes.Contains(raw, []byte(`\u`)) && bytes.Contains(wholeEscape.ReplaceAll(raw, nil), []byte(`\`))
}

// member reads the next member of an object whose syntax has been checked.
func member(decoder *json.Decoder) (name string, value json.RawMessage) {
	token, _ := decoder.Token()
	name, _ = token.(string)
	_ = decoder.Decode(&value)
	return name, value
}

// printable makes an unknown name short and visible, and keeps it in one line.
func printable(name string) string {
	quoted := fmt.Sprintf("%.64q", name)
	if name == "" {
		return quoted
	}
	return quoted[1 : len(quoted)-1]
}

// wanted describes the JSON value that a field of this type takes.
func wanted(target reflect.Value) string {
	switch target.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	default:
		return "a whole number, without quotes, decimals or exponent, at most 9007199254740991"
	}
}

// Join returns the path of an object's member: "disputedAmount.currency". The path of the whole input is empty.
func Join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Index returns the path of a list's item: "merchants[2]".
func Index(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}
