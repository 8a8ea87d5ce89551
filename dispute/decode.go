package dispute

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
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
	var raw json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&raw); err != nil {
		faults.Add("", "is not JSON: %v", err)
		return faults
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		faults.Add("", "has something after the JSON object")
		return faults
	}
	into(raw, names, "", reflect.ValueOf(target).Elem(), &faults)
	return faults
}

// into decodes one value: structs and slices member by member, all else as encoding/json does.
func into(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
	if string(raw) == "null" { // as if it were left out
		return
	}
	switch {
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
			into(item, names, path+"["+strconv.Itoa(i)+"]", target.Index(i), f)
		}
	default:
		if json.Unmarshal(raw, target.Addr().Interface()) != nil {
			f.Add(path, "must be %s", want(target))
		}
	}
}

func intoStruct(raw json.RawMessage, names Names, path string, target reflect.Value, f *Faults) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		f.Add(path, "must be a JSON object")
		return
	}
	var known []string
	for i := range target.NumField() {
		name, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
		known = append(known, name)
		if member, ok := members[name]; ok {
			into(member, names, join(path, name), target.Field(i), f)
		}
	}
	if names == TolerateUnknownNames {
		return
	}
	var unknown []string
	for name := range members {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		f.Add(join(path, name), "is unknown here; allowed are %s", list(known))
	}
}

// want says in words what a member of this type must be.
func want(target reflect.Value) string {
	switch target.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
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
