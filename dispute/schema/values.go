package schema

import (
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// The patterns of texts, as strict.Line and strict.Text check them: one line that is not blank, lines with tabs, and what is not
// blank. ECMA-262 reads them with the flag u.
const (
	lineOfText  = `^[^\p{Cc}\p{Zl}\p{Zp}]*[^\p{Cc}\p{Z}][^\p{Cc}\p{Zl}\p{Zp}]*$`
	linesOfText = `^[\P{Cc}\t\r\n]*$`
	notBlank    = `[^\p{Cc}\p{Z}]`
)

var (
	anything     = rule{required: true}
	text         = rule{set: func(s *jsonschema.Schema) { s.MaxLength, s.Pattern = ptr(dispute.MaxText), linesOfText }}
	requiredText = rule{required: true, set: func(s *jsonschema.Schema) {
		text.set(s)
		s.AllOf = []*jsonschema.Schema{{Pattern: notBlank}}
	}}
	email   = rule{set: func(s *jsonschema.Schema) { s.MaxLength, s.Pattern = ptr(strict.MaxEmail), strict.EmailPattern }}
	locale  = orEmpty(rule{set: func(s *jsonschema.Schema) { s.Pattern = strict.LocalePattern }})
	instant = rule{set: func(s *jsonschema.Schema) { s.Format, s.Pattern = "date-time", strict.TimePattern }}
	day     = orEmpty(rule{set: func(s *jsonschema.Schema) { s.Format, s.Pattern = "date", `^\d{4}-\d\d-\d\d$` }})
	files   = rule{set: func(s *jsonschema.Schema) { s.MaxItems = ptr(dispute.MaxFiles) }}
)

// line is one line of text.
func line(limit int) rule {
	return rule{required: true, set: func(s *jsonschema.Schema) { s.MaxLength, s.Pattern = ptr(limit), lineOfText }}
}

// pattern is a text of a form.
func pattern(form string) rule {
	return rule{required: true, set: func(s *jsonschema.Schema) { s.Pattern = form }}
}

func oneOf[T ~string](values []T) rule {
	return rule{set: func(s *jsonschema.Schema) { s.Enum = enumeration(values).Enum }}
}

// by is the party that sends or reports something.
func by(parties ...dispute.Party) rule { return required(oneOf(parties)) }

// orEmpty allows the empty text, which counts as none.
func orEmpty(r rule) rule {
	return rule{set: func(s *jsonschema.Schema) {
		form := &jsonschema.Schema{}
		r.set(form)
		s.AnyOf = []*jsonschema.Schema{{Enum: []any{"", nil}}, form}
	}}
}

// between is a whole number.
func between(low, high float64) func(*jsonschema.Schema) {
	return func(s *jsonschema.Schema) { s.Minimum, s.Maximum = &low, &high }
}

func ptr(n int) *int { return &n }

// textOrFiles demands a text, files or both.
func textOrFiles(s *jsonschema.Schema) {
	s.AnyOf = []*jsonschema.Schema{
		{Required: []string{"text"}, Properties: map[string]*jsonschema.Schema{"text": {Type: "string", Pattern: notBlank}}},
		{Required: []string{"files"}, Properties: map[string]*jsonschema.Schema{"files": {Type: "array", MinItems: ptr(1)}}},
	}
}

// refundByTerms demands a refund with the terms that have one, and none with the others.
func refundByTerms(s *jsonschema.Schema) {
	s.OneOf = []*jsonschema.Schema{
		alternative("terms", dispute.MerchantRefunds, "refund", &jsonschema.Schema{Not: typed("null")}, "", nil),
		alternative("terms", dispute.CustomerPays, "", nil, "refund", typed("null")),
	}
}

// alternative is what an object must be whose member has a value: another member is required, and one that may be left out is
// limited.
func alternative[T ~string](
	member string, value T, needed string, is *jsonschema.Schema, optional string, only *jsonschema.Schema,
) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Required: []string{member}, Properties: map[string]*jsonschema.Schema{member: enum(string(value))}, PropertyOrder: []string{member},
	}
	if is != nil {
		s.Required, s.Properties[needed], s.PropertyOrder = append(s.Required, needed), is, append(s.PropertyOrder, needed)
	}
	if only != nil {
		s.Properties[optional], s.PropertyOrder = only, append(s.PropertyOrder, optional)
	}
	return s
}

func enum(values ...any) *jsonschema.Schema { return &jsonschema.Schema{Enum: values} }

func typed(name string) *jsonschema.Schema { return &jsonschema.Schema{Type: name} }
