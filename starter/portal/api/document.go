package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/streitfall/streitfall/dispute"
)

const about = `Payment disputes, for the systems of a payment provider. A dispute pauses its invoice; merchant and customer then have
14 to 21 business days to agree, and otherwise the provider decides.

Each request has a token (Authorization: Bearer SECRET), whose scopes say what it may do and for whom it may speak. What is refused is answered
with problem details (RFC 9457): code says why for programs, errors lists every fault by its JSON path, and allowed what the dispute accepts now.

Opening a dispute, records, cancellation and the messages agreement and withdrawal are idempotent by their content: repeat them after any error
that is not a refusal. Give the other messages an Idempotency-Key, under which they take effect once.`

// description describes the API as a whole. Whatever is served is in the table of operations: the library adds no routes.
func description() (huma.Config, error) {
	config := huma.DefaultConfig("Streitfall", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // which would add $schema to all bodies
	config.Components.Schemas = huma.NewMapRegistry(schemaPrefix, schemaName)
	config.Info.Description = about
	config.Info.License = &huma.License{Name: "MIT", Identifier: "MIT"}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "The secret of a token, as starter portal token has printed it."},
	}
	for _, known := range enumerations() {
		config.Components.Schemas.RegisterTypeAlias(known.of, known.alias)
	}
	return config, addBodies(config.Components.Schemas)
}

// describe serves the document.
func (a *API) describe(_ *call) (any, error) { return json.RawMessage(a.document), nil }

// document adds the operation to a document.
func (o operation) document(to *huma.OpenAPI) {
	types := to.Components.Schemas
	out := &huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{o.tag()},
		Responses: map[string]*huma.Response{"200": {Description: "Done", Content: content("application/json", schemaOf(types, o.result))}},
	}
	if o.id == "download-file" {
		out.Responses["200"].Content = content("application/octet-stream", &huma.Schema{})
	}
	if o.accepts {
		out.Responses["202"] = &huma.Response{Description: "Kept by Temporal; no worker has seen it yet"}
	}
	if !o.public {
		out.Security = []map[string][]string{{"token": {}}}
		out.Description = "Needs the scope " + either(o.scopes) + "."
		if o.id == "open" {
			out.Description += " A merchant or an invoice with it also needs accounts."
		}
	}
	out.Parameters = o.documentedParameters()
	if o.body != "" {
		out.RequestBody = &huma.RequestBody{Required: true, Content: content("application/json", &huma.Schema{Ref: schemaPrefix + bodyName(o.body)})}
	}
	if o.id == "upload-file" {
		out.RequestBody = &huma.RequestBody{Required: true, Content: content("application/octet-stream", &huma.Schema{})}
	}
	problem := content("application/problem+json", schemaOf(types, of[Problem]()))
	for status, codes := range o.problems() {
		out.Responses[strconv.Itoa(status)] = &huma.Response{Description: strings.Join(codes, ", "), Content: problem}
	}
	to.AddOperation(out)
}

func content(mediaType string, schema *huma.Schema) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{mediaType: {Schema: schema}}
}

func schemaOf(types huma.Registry, of reflect.Type) *huma.Schema {
	if of == nil {
		return &huma.Schema{Type: "object"}
	}
	return types.Schema(of, true, "")
}

// tag groups the operations.
func (o operation) tag() string {
	switch {
	case slices.Contains(o.scopes, ScopeAccounts):
		return "accounts"
	case strings.Contains(o.path, "/files"):
		return "files"
	case strings.HasPrefix(o.path, "/disputes"):
		return "disputes"
	}
	return "api"
}

func (o operation) documentedParameters() (all []*huma.Param) {
	for _, name := range []string{"id", "file"} {
		if strings.Contains(o.path, "{"+name+"}") {
			all = append(all, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
		}
	}
	for _, p := range o.parameters {
		schema := &huma.Schema{Type: "string"}
		for _, value := range p.values {
			schema.Enum = append(schema.Enum, value)
		}
		all = append(all, &huma.Param{
			Name: p.name, In: "query", Description: p.description, Schema: schema, Required: strings.HasSuffix(p.description, "Required."),
		})
	}
	if o.repeatable() {
		longest := maxKey
		all = append(all, &huma.Param{
			Name: headerKey, In: "header", Description: "A key of the caller's own, under which the request takes effect once.",
			Schema: &huma.Schema{Type: "string", MaxLength: &longest},
		})
	}
	return all
}

// repeatable reports whether the operation heeds an Idempotency-Key.
func (o operation) repeatable() bool { return o.method == http.MethodPost && o.id != "upload-file" }

// problems are the codes of the problems of an operation, by status.
func (o operation) problems() map[int][]string {
	codes := []string{codeInvalidRequest, codeUnavailable}
	if !o.public {
		codes = append(codes, codeUnknownToken, codeScopeMissing, codeTooMany)
	}
	if o.body != "" {
		codes = append(codes, codeWrongContentType)
	}
	if o.method == http.MethodPost {
		codes = append(codes, codeTooLarge)
	}
	if o.repeatable() {
		codes = append(codes, codeKeyReused)
	}
	if o.id == "upload-file" {
		codes = append(codes, codeFileRefused, codeErased, string(dispute.CodeNotAccepted), string(dispute.CodeLimitReached))
	}
	if o.method == http.MethodGet && strings.Contains(o.path, "{id}") {
		codes = append(codes, codeErased)
	}
	switch o.id {
	case "download-file":
		codes = append(codes, codeNotFound)
	case "events":
		codes = append(codes, codeUnknownEvent)
	}
	for _, code := range o.refuses {
		codes = append(codes, string(code))
	}
	all := map[int][]string{}
	for _, code := range codes {
		status := cmp.Or(statuses[code], http.StatusUnprocessableEntity)
		if !slices.Contains(all[status], code) {
			all[status] = append(all[status], code)
		}
	}
	return all
}
