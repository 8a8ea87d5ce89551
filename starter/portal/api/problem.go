package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// Problem is why a request was not taken, as problem details (RFC 9457).
type Problem struct {
	// Type names the kind of problem: urn:streitfall: and the code.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Code is that of the refusal (dispute.Code), or one of the API's own.
	Code   string `json:"code"`
	Detail string `json:"detail"`
	// Allowed are the messages that the dispute accepts now, where it has not accepted one.
	Allowed []string `json:"allowed,omitempty"`
	// Errors are what is wrong with single fields, by their JSON paths.
	Errors []strict.Fault `json:"errors,omitempty"`
}

// The codes of the API itself. Those of refusals are dispute.Codes.
const (
	codeUnknownToken     = "unknown_token"
	codeScopeMissing     = "scope_missing"
	codeNotFound         = "not_found"
	codeWrongMethod      = "method_not_allowed"
	codeUnknownEvent     = "unknown_event"
	codeErased           = "erased"
	codeTooLarge         = "body_too_large"
	codeWrongContentType = "wrong_content_type"
	codeInvalidRequest   = "invalid_request"
	codeKeyReused        = "idempotency_key_reused"
	codeFileRefused      = "file_refused"
	codeTooMany          = "too_many_requests"
	codeUnavailable      = "unavailable"
)

// statuses are the statuses of all codes.
var statuses = map[string]int{
	codeUnknownToken: http.StatusUnauthorized, codeScopeMissing: http.StatusForbidden, codeNotFound: http.StatusNotFound, codeUnknownEvent: http.StatusNotFound,
	codeWrongMethod: http.StatusMethodNotAllowed, codeErased: http.StatusGone, codeTooLarge: http.StatusRequestEntityTooLarge,
	codeWrongContentType: http.StatusUnsupportedMediaType, codeInvalidRequest: http.StatusUnprocessableEntity,
	codeKeyReused: http.StatusUnprocessableEntity, codeFileRefused: http.StatusUnprocessableEntity,
	codeTooMany: http.StatusTooManyRequests, codeUnavailable: http.StatusServiceUnavailable,

	string(dispute.CodeUnknownDispute):  http.StatusNotFound,
	string(dispute.CodeUnknownInvoice):  http.StatusNotFound,
	string(dispute.CodeUnknownMerchant): http.StatusNotFound,
	string(dispute.CodeDisputeRefused):  http.StatusConflict,
	string(dispute.CodeDisputeDiffers):  http.StatusConflict,
	string(dispute.CodeDisputeClosed):   http.StatusConflict,
	string(dispute.CodeNotAccepted):     http.StatusConflict,
	string(dispute.CodeLimitReached):    http.StatusConflict,
	string(dispute.CodeMessageConflict): http.StatusConflict,
}

// failure is an error that becomes a Problem.
type failure struct {
	code, detail string
	allowed      []string
	faults       dispute.Faults
	// cause is the error behind it, for the log.
	cause error
}

func (f *failure) Error() string { return f.code + ": " + f.detail }

func (f *failure) Unwrap() error { return f.cause }

// failureOf returns what an error says to the caller. An error that is no refusal is one of our own systems: its text is for the
// log alone.
func failureOf(err error) *failure {
	if known, is := errors.AsType[*failure](err); is {
		return known
	}
	if refused, is := errors.AsType[*files.Refusal](err); is {
		return &failure{code: codeFileRefused, detail: refused.Error() + " (" + string(refused.Reason) + ")"}
	}
	if refused, is := errors.AsType[*dispute.Refusal](err); is {
		return &failure{code: string(refused.Code), detail: refused.Message, faults: refused.Faults}
	}
	return &failure{
		code: codeUnavailable, cause: err,
		detail: "a system behind the API does not answer at the moment; the request may have taken effect: repeat it as it was, with the same Idempotency-Key",
	}
}

// retryAfter is how long a caller is asked to wait when a system is away.
const retryAfter = 5 * time.Second

// write writes the problem.
func (f *failure) write(w http.ResponseWriter) {
	status := cmp.Or(statuses[f.code], http.StatusUnprocessableEntity)
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="streitfall"`)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	writeJSON(w, status, "application/problem+json", Problem{
		Type: "urn:streitfall:" + f.code, Title: http.StatusText(status), Status: status, Code: f.code, Detail: f.detail,
		Allowed: f.allowed, Errors: f.faults,
	})
}

func writeJSON(w http.ResponseWriter, status int, mediaType string, value any) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a reader that has gone learns nothing
}
