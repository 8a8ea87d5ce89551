package api

import (
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// schemaName names the schema of a type. Those of events have names of their own: a dispute has a proposal too.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == reflect.TypeFor[events.Event]().PkgPath() && name != "Event" {
		return "Event" + name
	}
	return name
}

// openAnswers lets the objects of answers have further members, because a newer build may add some. The lists of answers are never null.
func openAnswers(types huma.Registry, operations []operation) {
	var open func(*huma.Schema)
	open = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if s.Ref != "" {
			named := types.SchemaFromRef(s.Ref)
			if named.AdditionalProperties == nil {
				return
			}
			s = named
		}
		s.AdditionalProperties, s.Nullable = nil, s.Nullable && s.Type != huma.TypeArray
		open(s.Items)
		for _, member := range s.Properties {
			open(member)
		}
	}
	for _, o := range operations {
		if o.result != nil {
			open(types.Schema(o.result, true, ""))
		}
	}
	open(types.Schema(of[Problem](), true, ""))
}

// enumerated is a type of which all values are known.
type enumerated struct {
	of, alias reflect.Type
	values    []string
}

func enumerate[T ~string](values []T) enumerated {
	return enumerated{of: reflect.TypeFor[T](), alias: reflect.TypeFor[enumeration[T]](), values: words(values)}
}

// enumerations lists these types.
func enumerations() []enumerated {
	return []enumerated{
		enumerate(dispute.Parties), enumerate(dispute.States), enumerate(append(slices.Clone(dispute.Waits), "")), enumerate(dispute.Reasons),
		enumerate(dispute.Causes), enumerate(dispute.AllTerms), enumerate(dispute.ProposalStates), enumerate(dispute.Stages),
		enumerate(dispute.Occasions), enumerate(dispute.Channels), enumerate(dispute.SendResults), enumerate(append(slices.Clone(dispute.Outcomes), "")),
		enumerate(append(slices.Clone(dispute.ClosingReasons), "")), enumerate(ledger.ImportResults), enumerate(ledger.FilePurposes), enumerate(events.Types),
	}
}

// enumeration stands for a type in schemas: the library knows no values of a type.
type enumeration[T ~string] struct{}

// Schema implements huma.SchemaProvider.
func (enumeration[T]) Schema(huma.Registry) *huma.Schema {
	schema := &huma.Schema{Type: "string"}
	for _, known := range enumerations() {
		if known.of == reflect.TypeFor[T]() {
			for _, value := range known.values {
				schema.Enum = append(schema.Enum, value)
			}
		}
	}
	return schema
}

func words[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}
