package dispute

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

// Names says what becomes of JSON members that we do not know.
type Names bool

// A misspelt member must not vanish in silence where we can answer; where we cannot, it must not stop
// a dispute either.
const (
	// RefuseUnknownNames makes an unknown member a fault.
	RefuseUnknownNames Names = false
	// TolerateUnknownNames passes over unknown members.
	TolerateUnknownNames Names = true
)

// decode reads JSON into the struct that target points to and lists all faults by path: encoding/json
// stops at the first one and takes names in any case.
func decode(data []byte, names Names, target any) Faults {
	var faults Faults
	if !utf8.Valid(data) { // encoding/json would replace what it cannot read, in names and addresses too
		faults.Add("", "the input is not JSON: its encoding is not UTF-8")
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
	into(raw, names, "", reflect.ValueOf(target).Elem(), &faults)
	return faults
}

// inLine says where the syntax is wrong.
func inLine(data []byte, err error) string {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf(", in line %d", 1+bytes.Count(data[:syntax.Offset], []byte("\n")))
}

// into decodes one value: structs and slices member by member, all else as encoding/json does.
func into(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
	switch {
	case string(raw) == "null": // as if it were left out
	case target.Kind() == reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		into(raw, names, path, target.Elem(), f)
	case target.Kind() == reflect.Struct && target.Type() != reflect.TypeFor[time.Time]():
		intoStruct(raw, names, path, target, f)
	case target.Kind() == reflect.Slice:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			f.Add(path, "must be a list")
			return
		}
		target.Set(reflect.MakeSlice(target.Type(), len(items), len(items)))
		for i, item := range items {
			into(item, names, index(path, i), target.Index(i), f)
		}
	default:
		if json.Unmarshal(raw, target.Addr().Interface()) != nil {
			f.Add(path, "must be %s", want(target))
		}
	}
}

// intoStruct goes by the json tags of the struct's own fields: all of them have one. A member that is
// there twice is a fault, because readers of JSON differ in which of the two they take.
func intoStruct(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
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
	taken := map[string]bool{}
	for decoder.More() {
		name, value := member(decoder)
		field, ok := fields[name]
		switch {
		case !ok && names == TolerateUnknownNames:
		case !ok:
			f.once(join(path, printable(name)), "is unknown here; known are %s", list(known))
		case taken[name]:
			f.once(join(path, name), "is there more than once; once is allowed")
		default:
			into(value, names, join(path, name), field, f)
		}
		taken[name] = true
	}
}

// member reads the next member of an object whose syntax has been checked.
func member(decoder *json.Decoder) (name string, value json.RawMessage) {
	token, _ := decoder.Token()
	name, _ = token.(string)
	_ = decoder.Decode(&value)
	return name, value
}

// printable keeps a name that somebody made up short, in one line, and visible.
func printable(name string) string {
	quoted := fmt.Sprintf("%.64q", name)
	if name == "" {
		return quoted
	}
	return quoted[1 : len(quoted)-1]
}

// want says in words what a member of this type must be.
func want(target reflect.Value) string {
	switch target.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number, without quotes, decimals or exponent, at most 9007199254740991"
	default:
		return "a time as RFC 3339 (2026-11-23T10:15:00+01:00)"
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
