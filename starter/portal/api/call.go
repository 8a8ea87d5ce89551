package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// call is a request with what is known of it.
type call struct {
	*http.Request
	w     *answer
	began time.Time
	token Token
	// disputeID is the dispute that the request is about, if any.
	disputeID string
	body      []byte
	// updateID makes the update of the request the same one whenever it is repeated; empty without an Idempotency-Key.
	updateID string
}

// answer is the answer to a request, with its status for the log.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find what the answer wraps.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// readBody reads the body of an operation that has one. Of the others an upload reads its own, and nothing else may be sent one: what
// is ignored in silence would look as if it had been heeded.
func (q *call) readBody(o operation) error {
	if o.body != "" {
		return q.readJSON(o.limit())
	}
	if q.Method != http.MethodPost || o.id == "upload-file" {
		return nil
	}
	sent, err := io.ReadAll(http.MaxBytesReader(q.w, q.Body, maxBody))
	if err != nil {
		return badBody(err, maxBody)
	}
	if text := strings.TrimSpace(string(sent)); text != "" && text != "{}" {
		return &failure{code: codeInvalidRequest, detail: "this takes no body, or {}"}
	}
	return nil
}

// readJSON reads the body of a request, which must be JSON of at most so many bytes. Whether it is what it must be, the decoder of
// the message decides.
func (q *call) readJSON(limit int64) (err error) {
	media, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	encoding := q.Header.Get("Content-Encoding")
	if err != nil || media != "application/json" || encoding != "" && !strings.EqualFold(encoding, "identity") {
		return &failure{code: codeWrongContentType, detail: "the body must be sent as application/json, without a Content-Encoding"}
	}
	q.body, err = io.ReadAll(http.MaxBytesReader(q.w, q.Body, limit))
	if err != nil {
		return badBody(err, limit)
	}
	return nil
}

func badBody(err error, limit int64) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &failure{code: codeTooLarge, detail: fmt.Sprintf("the body has more than the %d bytes that are allowed here", limit)}
	}
	return &failure{code: codeInvalidRequest, detail: "the body has not arrived as a whole", cause: err}
}

// query reads the parameters of a query, and collects what is wrong with them.
type query struct {
	values map[string][]string
	faults dispute.Faults
}

// checkQuery refuses parameters that an operation does not have: a misspelt filter must not be ignored in silence.
func (q *call) checkQuery(known []parameter) error {
	values, err := url.ParseQuery(q.URL.RawQuery)
	if err != nil {
		return &failure{code: codeInvalidRequest, detail: "the query cannot be read"}
	}
	var faults dispute.Faults
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.name
	}
	for name, given := range values {
		switch {
		case !slices.Contains(names, name):
			faults.Add("query."+printable(name), "is unknown here; known are %s", strict.List(names))
		case len(given) > 1:
			faults.Add("query."+name, "appears more than once")
		default:
			strict.Line(&faults, "query."+name, given[0], maxParameter)
		}
	}
	return invalidRequest(faults)
}

func invalidRequest(faults dispute.Faults) error {
	if len(faults) == 0 {
		return nil
	}
	return &failure{code: codeInvalidRequest, detail: "the request is not valid", faults: faults}
}

// maxParameter is the longest parameter, in characters.
const maxParameter = 500

func (q *call) query() *query { return &query{values: q.URL.Query()} }

func (q *query) fault(name, format string, args ...any) { q.faults.Add("query."+name, format, args...) }

func (q *query) text(name string) string {
	if len(q.values[name]) == 0 {
		return ""
	}
	return q.values[name][0]
}

// number reads a whole number from least to most; without one it is otherwise.
func (q *query) number(name string, otherwise, least, most int) int {
	text := q.text(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		q.fault(name, "must be a whole number from %d to %d", least, most)
	}
	return n
}

// flag reads true or false; without it, it is false.
func (q *query) flag(name string) bool {
	switch q.text(name) {
	case "", "false":
		return false
	case "true":
		return true
	}
	q.fault(name, "must be true or false")
	return false
}

// oneOf reads one of some values, or nothing.
func oneOf[T ~string](q *query, name string, allowed []T) T {
	value := T(q.text(name))
	if value != "" {
		strict.OneOf(&q.faults, "query."+name, value, allowed)
	}
	return value
}

// printable makes an unknown name short, and keeps it in one line.
func printable(name string) string {
	quoted := strconv.Quote(name)
	return quoted[1 : len(quoted)-1][:min(64, len(quoted)-2)]
}
