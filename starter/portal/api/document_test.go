package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal/api"
)

// documentOf reads the document of an API, which needs no token.
func documentOf(t *testing.T, c caller) []byte {
	t.Helper()
	got := c.do(http.MethodGet, "/openapi.json", nil, "Authorization", "")
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	return got.body
}

// TestDocument: the document is OpenAPI 3.1 by its meta schema, and has every operation with its body, its problems and its scopes.
func TestDocument(t *testing.T) {
	t.Parallel()
	document := documentOf(t, serve(t, []string{"shop read"})["shop"])
	parsed, err := libopenapi.NewDocument(document)
	require.NoError(t, err)
	checks, errs := validator.NewValidator(parsed)
	require.Empty(t, errs)
	valid, faults := checks.ValidateDocument()
	require.True(t, valid, "%v", faults)

	var read struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			RequestBody map[string]any
			Responses   map[string]any
			Description string
			Security    []map[string][]string
		}
		Components struct {
			Schemas map[string]struct{ Required []string }
		}
	}
	require.NoError(t, json.Unmarshal(document, &read))
	require.Equal(t, "3.1.0", read.OpenAPI)
	require.NotContains(t, read.Components.Schemas["Invoice"].Required, "paid", "the decoder does without")
	require.Contains(t, read.Components.Schemas["Invoice"].Required, "id")
	methods := map[string]string{http.MethodGet: "get", http.MethodPost: "post"}
	for _, o := range api.Operations() {
		described, known := read.Paths[o.Path][methods[o.Method]]
		require.True(t, known, o.ID)
		require.Equal(t, o.ID, described.OperationID)
		require.Equal(t, o.Body != "" || o.ID == "upload-file", described.RequestBody != nil, o.ID)
		require.Contains(t, described.Responses, "503", o.ID)
		if o.ID != "describe" {
			require.Contains(t, described.Responses, "401", o.ID)
			require.Contains(t, described.Description, "Needs the scope ", o.ID)
			require.NotEmpty(t, described.Security, o.ID)
		}
	}
}

// TestBodiesAreDescribed: the document describes bodies as narrowly as they are read.
func TestBodiesAreDescribed(t *testing.T) {
	t.Parallel()
	checks := answersOf(t, documentOf(t, serve(t, []string{"shop read"})["shop"]))
	long := strings.Repeat("x", 5001)
	for body, valid := range map[string]bool{
		`respond {"message": "m", "reportedBy": "merchant"}`:                                                          true,
		`respond {"message": "m", "reportedBy": "desk"}`:                                                              false,
		`respond {"message": "` + long + `", "reportedBy": "merchant"}`:                                               false,
		`respond {"message": "m", "reportedBy": "merchant", "colour": 1}`:                                             false,
		`propose {"terms": "merchant_refunds", "refund": {"amount": 1, "currency": "EUR"}, "proposedBy": "merchant"}`: true,
		`propose {"terms": "merchant_refunds", "refund": null, "proposedBy": "merchant"}`:                             false,
		`propose {"terms": "customer_pays", "refund": {"amount": 1, "currency": "EUR"}, "proposedBy": "merchant"}`:    false,
		`propose {"terms": "merchant_refunds", "refund": {"amount": 0, "currency": "EUR"}, "proposedBy": "merchant"}`: false,
		`submit-evidence {"files": [], "text": ""}`:                                                                   false,
		`retry-notification {"requestedBy": "otto"}`:                                                                  true,
	} {
		name, text, _ := strings.Cut(body, " ")
		request := httptest.NewRequest(http.MethodPost, api.Prefix+"/disputes/d-1/"+name, strings.NewReader(text))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer x")
		is, errs := checks.ValidateHttpRequest(request)
		require.Equal(t, valid, is, "%s: %v", body, errs)
	}
}

// answers checks answers against a document.
type answers struct{ validator.Validator }

func answersOf(t *testing.T, document []byte) answers {
	t.Helper()
	parsed, err := libopenapi.NewDocument(document)
	require.NoError(t, err)
	checks, errs := validator.NewValidator(parsed)
	require.Empty(t, errs)
	return answers{checks}
}

// fits returns what an answer has that the document does not say of it.
func (a answers) fits(request *http.Request, got answer) (faults []string) {
	response := &http.Response{StatusCode: got.status, Header: got.header, Body: io.NopCloser(bytes.NewReader(got.body)), Request: request}
	if valid, errs := a.ValidateHttpResponse(request, response); !valid {
		for _, err := range errs {
			faults = append(faults, err.Error())
		}
	}
	return faults
}
