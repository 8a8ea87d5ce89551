package schema

import (
	"reflect"
	"slices"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// caseDocument returns the schema of a dispute.Case.
func caseDocument() (*jsonschema.Schema, error) { return read[dispute.Case](enumerations()) }

// statusDocument returns the schema of a dispute.View, which has no outcome before the decision.
func statusDocument() (*jsonschema.Schema, error) {
	types := enumerations()
	for _, of := range []reflect.Type{reflect.TypeFor[dispute.Outcome](), reflect.TypeFor[dispute.ClosingReason]()} {
		types[of].Enum = append(types[of].Enum, "")
	}
	return read[dispute.View](types)
}

// eventDocument returns the schema of an events.Event.
func eventDocument() (*jsonschema.Schema, error) {
	types := enumerations()
	types[reflect.TypeFor[events.Type]()] = enumeration(events.Types)
	return read[events.Event](types)
}

// read returns the schema of what programs read: a newer build may add members.
func read[T any](types map[reflect.Type]*jsonschema.Schema) (*jsonschema.Schema, error) {
	named := map[string]reflect.Type{
		"money": reflect.TypeFor[dispute.Money](), "file": reflect.TypeFor[dispute.File](), "party": reflect.TypeFor[dispute.Party](),
	}
	definitions := map[string]*jsonschema.Schema{}
	for name, of := range named {
		definition, err := jsonschema.ForType(of, &jsonschema.ForOptions{TypeSchemas: types})
		if err != nil {
			return nil, err
		}
		definitions[name] = open(definition)
	}
	for name, of := range named {
		types[of] = &jsonschema.Schema{Ref: "#/$defs/" + name}
	}
	whole, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		return nil, err
	}
	whole.Defs = used(definitions, open(whole))
	return whole, nil
}

// used returns the definitions to which a schema refers.
func used(definitions map[string]*jsonschema.Schema, in *jsonschema.Schema) map[string]*jsonschema.Schema {
	found := map[string]*jsonschema.Schema{}
	var visit func(*jsonschema.Schema)
	visit = func(s *jsonschema.Schema) {
		if s == nil {
			return
		}
		for name, definition := range definitions {
			if s.Ref == "#/$defs/"+name {
				found[name] = definition
			}
		}
		visit(s.Items)
		for _, property := range s.Properties {
			visit(property)
		}
	}
	visit(in)
	return found
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
// library allows for slices, and for pointers that our JSON leaves out.
func open(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	s.AdditionalProperties = nil
	setNotNull(s)
	open(s.Items)
	for name, property := range s.Properties {
		nullable := slices.Contains(s.Required, name) && !slices.Contains(property.Types, "array")
		types := property.Types
		if open(property); nullable && len(types) > 0 {
			property.Type, property.Types = "", types
		}
	}
	return s
}

func setNotNull(s *jsonschema.Schema) {
	for _, name := range s.Types {
		if name != "null" {
			s.Type = name
		}
	}
	s.Types = nil
}
