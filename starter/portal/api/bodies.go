package api

import (
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/streitfall/streitfall/dispute/schema"
)

// schemaPrefix begins references to the schemas of the document.
const schemaPrefix = "#/components/schemas/"

// opening is the body that opens a dispute: the dispute, and beside its members the records of its merchant and its invoice.
const opening = "opening"

// bodyName names the schema of a body in the document: "answer-proposal" is AnswerProposal.
func bodyName(body string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(body, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

// addBodies adds the schemas of all bodies, which are those that package schema has: they accept what the decoders accept.
func addBodies(types huma.Registry) error {
	for _, o := range operations() {
		if o.body == "" {
			continue
		}
		members, err := bodySchema(o.body)
		if err != nil {
			return err
		}
		types.Map()[bodyName(o.body)] = &huma.Schema{Extensions: members}
	}
	return nil
}

// bodySchema returns the members of a schema.
func bodySchema(body string) (map[string]any, error) {
	if body == opening {
		return openingSchema()
	}
	made, err := schema.Of(body)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	for definition := range made.Defs { // which the document has for other operations
		text = []byte(strings.ReplaceAll(string(text), `"#/$defs/`+definition+`"`, `"`+schemaPrefix+bodyName(definition)+`"`))
	}
	var members map[string]any
	err = json.Unmarshal(text, &members)
	for _, name := range []string{"$schema", "$defs", "title"} {
		delete(members, name)
	}
	return members, err
}

func openingSchema() (map[string]any, error) {
	members, err := bodySchema("dispute")
	if err != nil {
		return nil, err
	}
	properties := members["properties"].(map[string]any) //nolint:forcetypeassert // a dispute is an object
	for _, record := range []string{"merchant", "invoice"} {
		properties[record] = map[string]any{"$ref": schemaPrefix + bodyName(record)}
	}
	members["description"] = "a dispute, with its merchant and its invoice for those who have not reported them before"
	return members, nil
}
