// Package schema has JSON schemas (2020-12) of what programs in other languages read. They are made from the Go types.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/streitfall/streitfall/dispute"
)

// Case returns the JSON schema of a dispute.Case, for people to read: small objects are in one line.
func Case() (string, error) {
	named := map[string]reflect.Type{
		"money": reflect.TypeFor[dispute.Money](), "file": reflect.TypeFor[dispute.File](), "party": reflect.TypeFor[dispute.Party](),
	}
	types := enumerations()
	definitions := map[string]*jsonschema.Schema{}
	for name, of := range named {
		definition, err := jsonschema.ForType(of, &jsonschema.ForOptions{TypeSchemas: types})
		if err != nil {
			return "", fmt.Errorf("make the schema of %s: %w", name, err)
		}
		definitions[name] = open(definition)
	}
	for name, of := range named {
		types[of] = &jsonschema.Schema{Ref: "#/$defs/" + name}
	}
	whole, err := jsonschema.For[dispute.Case](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		return "", fmt.Errorf("make the schema of a case: %w", err)
	}
	open(whole).Schema, whole.Defs = "https://json-schema.org/draft/2020-12/schema", definitions
	text, err := json.MarshalIndent(whole, "", "  ")
	return compact(string(text)), err
}

// enumerations are the schemas of types that the library does not know.
func enumerations() map[reflect.Type]*jsonschema.Schema {
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Time]():             {Type: "string", Format: "date-time"},
		reflect.TypeFor[dispute.Party]():         enumeration(dispute.Parties),
		reflect.TypeFor[dispute.State]():         enumeration(dispute.States),
		reflect.TypeFor[dispute.Wait]():          enumeration(append(dispute.Waits[:len(dispute.Waits):len(dispute.Waits)], "")),
		reflect.TypeFor[dispute.Reason]():        enumeration(dispute.Reasons),
		reflect.TypeFor[dispute.Cause]():         enumeration(dispute.Causes),
		reflect.TypeFor[dispute.Terms]():         enumeration(dispute.AllTerms),
		reflect.TypeFor[dispute.ProposalState](): enumeration(dispute.ProposalStates),
		reflect.TypeFor[dispute.Stage]():         enumeration(dispute.Stages),
		reflect.TypeFor[dispute.Channel]():       enumeration(dispute.Channels),
		reflect.TypeFor[dispute.SendResult]():    enumeration(dispute.SendResults),
		reflect.TypeFor[dispute.Outcome]():       enumeration(dispute.Outcomes),
		reflect.TypeFor[dispute.ClosingReason](): enumeration(dispute.ClosingReasons),
	}
}

func enumeration[T ~string](values []T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, value := range values {
		s.Enum = append(s.Enum, string(value))
	}
	return s
}

// open allows further members everywhere below a schema, because a newer build may add some. It takes away the null that the
// library allows for pointers and slices: our JSON leaves them out.
func open(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	s.AdditionalProperties = nil
	for _, name := range s.Types {
		if name != "null" {
			s.Type = name
		}
	}
	s.Types = nil
	open(s.Items)
	for _, property := range s.Properties {
		open(property)
	}
	return s
}

var (
	// innermost matches an object or a list over several lines in which no other one is.
	innermost = regexp.MustCompile(`[{\[]\n(?:[^{}\[\]\n]|\n\s|\[[^{}\[\]\n]*\])*\n\s*[}\]]`)
	// breaks matches the breaks in it.
	breaks = regexp.MustCompile(`\s*\n\s*`)
)

// compact puts the innermost objects and lists into a line each, and the objects of those.
func compact(text string) string {
	for range 2 {
		text = innermost.ReplaceAllStringFunc(text, func(object string) string {
			inner := breaks.ReplaceAllString(object, " ")
			return inner[:1] + inner[2:len(inner)-2] + inner[len(inner)-1:]
		})
	}
	return text
}
