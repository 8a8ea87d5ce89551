package schema

import (
	"reflect"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/streitfall/streitfall/dispute"
)

// written returns the schema of a type that is decoded with package strict: no member may be there that it does not know, and
// one that is null counts as left out.
func written[T any]() (*jsonschema.Schema, error) {
	of := reflect.TypeFor[T]()
	made, err := jsonschema.ForType(of, &jsonschema.ForOptions{
		TypeSchemas: map[reflect.Type]*jsonschema.Schema{reflect.TypeFor[time.Time](): {Type: "string"}},
	})
	if err != nil {
		return nil, err
	}
	restrict(made, of)
	return made, nil
}

// importDocument returns the schema of a dispute.Import, whose lists can all be left out.
func importDocument() (*jsonschema.Schema, error) {
	whole := &jsonschema.Schema{
		Type: "object", Properties: map[string]*jsonschema.Schema{}, Defs: map[string]*jsonschema.Schema{}, AdditionalProperties: nothing(),
	}
	for _, list := range []struct {
		name, record string
		make         func() (*jsonschema.Schema, error)
	}{
		{"merchants", "merchant", written[dispute.ImportedMerchant]},
		{"invoices", "invoice", written[dispute.Invoice]},
		{"payments", "booking", written[dispute.Booking]},
		{"paymentReturns", "booking", written[dispute.Booking]},
		{"creditNotes", "booking", written[dispute.Booking]},
	} {
		record, err := list.make()
		if err != nil {
			return nil, err
		}
		whole.Defs[list.record] = record
		whole.PropertyOrder = append(whole.PropertyOrder, list.name)
		whole.Properties[list.name] = &jsonschema.Schema{Types: []string{"array", "null"}, Items: &jsonschema.Schema{Ref: "#/$defs/" + list.record}}
	}
	return whole, nil
}

// nothing is the schema that accepts nothing.
func nothing() *jsonschema.Schema { return &jsonschema.Schema{Not: &jsonschema.Schema{}} }

// restrict adds to the schema of a struct what its members and the whole may be.
func restrict(s *jsonschema.Schema, of reflect.Type) {
	s.Required = nil
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		property := s.Properties[name]
		if len(property.Types) > 0 {
			setNotNull(property)
		}
		inner := field.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			if property.Items != nil {
				restrict(property.Items, inner)
			} else {
				restrict(property, inner)
			}
		}
		rule := rules[of][name]
		if rule.set != nil {
			rule.set(property)
		}
		if rule.required {
			s.Required = append(s.Required, name)
		} else {
			allowNull(property)
		}
	}
	if whole := wholes[of]; whole != nil {
		whole(s)
	}
}

// allowNull allows null in place of a value.
func allowNull(s *jsonschema.Schema) {
	if s.Type != "" {
		s.Types, s.Type = []string{s.Type, "null"}, ""
	}
	if s.Enum != nil {
		s.Enum = append(s.Enum, nil)
	}
}
