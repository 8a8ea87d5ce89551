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

// Decode reads a JSON object into the struct that target points to, and returns all faults by path. Every field of
// the struct, and of the structs in it, needs a json tag. A member that is null counts as missing.
func Decode(data []byte, names Names, target any) Faults {
	var faults Faults
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

// inLine returns ", in line n" for a syntax error, else "".
func inLine(data []byte, err error) string {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf(", in line %d", 1+bytes.Count(data[:syntax.Offset], []byte("\n")))
}

// decodeValue decodes one value: structs and slices member by member, everything else as encoding/json does.
func decodeValue(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
	switch {
	case string(raw) == "null": // as if it were left out
	case target.Kind() == reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		decodeValue(raw, names, path, target.Elem(), f)
	case target.Kind() == reflect.Struct && target.Type() != reflect.TypeFor[time.Time]():
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
	default:
		if json.Unmarshal(raw, target.Addr().Interface()) != nil {
			f.Add(path, "must be %s", wanted(target))
		}
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
	for i := range target.NumField() {
		name, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
		known = append(known, name)
		fields[name] = target.Field(i)
	}
	seen := map[string]bool{}
	for decoder.More() {
		name, value := member(decoder)
		field, ok := fields[name]
		switch {
		case !ok && names == TolerateUnknownNames:
		case !ok:
			f.AddOnce(join(path, printable(name)), "is unknown here; known are %s", List(known))
		case seen[name]:
			f.AddOnce(join(path, name), "appears more than once")
		default:
			decodeValue(value, names, join(path, name), field, f)
		}
		seen[name] = true
	}
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
	case reflect.Int, reflect.Int64:
		return "a whole number, without quotes, decimals or exponent, at most 9007199254740991"
	default:
		return "a time in RFC 3339 format (2026-11-23T10:15:00+01:00)"
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Index returns the path of a list's item: "merchants[2]".
func Index(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}
