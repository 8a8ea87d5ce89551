package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// request is a request with what is known of it.
type request struct {
	*http.Request
	w     *answer
	body  *body
	route route
	began time.Time
	who   identity
	// merchant has the settings of the merchant that has signed in.
	merchant dispute.Merchant
	// complainant is the customer who sees the own case.
	complainant dispute.Complainant
	// disputeID is the id in the path, for the log.
	disputeID string
}

// received returns a request to a route, with at most the bytes that the route takes.
func received(w http.ResponseWriter, in *http.Request, r route) *request {
	kept := &body{ReadCloser: http.MaxBytesReader(w, in.Body, r.bodyLimit(in))}
	in.Body = kept
	return &request{Request: in, w: &answer{ResponseWriter: w}, body: kept, route: r, began: time.Now()}
}

// gone reports whether nobody waits for the answer any more, as after a second press on the same button.
func (q *request) gone() bool { return errors.Is(q.Context().Err(), context.Canceled) }

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

// maxForm is the largest form in bytes: several texts of the longest kind, in which each character is at most 12 bytes.
const maxForm = 256 << 10

// reservedForValues is what http.Request.ParseMultipartForm adds to its limit for what is no file.
const reservedForValues = 10 << 20

// maxUpload is the largest file in bytes that is received at all: one that is larger than allowed, as photos are, is refused
// with its reason, and beside the texts that came with it.
const maxUpload = 2 * files.MaxSize

// What a request fails with beside refusals of a dispute and errors of the ledger.
var (
	errNotFound     = errors.New("not found")
	errMoved        = fmt.Errorf("%w: the messages go to another address now", errNotFound)
	errSignedOut    = errors.New("not signed in")
	errTooMany      = errors.New("too many requests")
	errTooLarge     = errors.New("the form is too large")
	errFileTooLarge = errors.New("the file is too large")
	errBadForm      = errors.New("the form cannot be read")
	errDeadLink     = errors.New("the link is not valid")
	errUnchecked    = errors.New("the link cannot be checked now")
)

// form reads the form of a POST, with line breaks as people count them: browsers send two characters for each. The file of a
// form is kept on the disk until the request is answered.
func (q *request) form() (url.Values, error) {
	err := q.ParseForm()
	if err == nil && hasFile(q.Request) {
		err = q.ParseMultipartForm(maxForm - reservedForValues) //nolint:gosec // received bounds the body; this leaves no memory for files
	}
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case large && q.route.bodyLimit(q.Request) > maxForm:
		return nil, errFileTooLarge
	case large || errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, errBadForm
	}
	return lines(q.PostForm), nil
}

// lines makes the line breaks of a form those that people count.
func lines(form url.Values) url.Values {
	for _, values := range form {
		for i := range values {
			values[i] = strings.ReplaceAll(values[i], "\r\n", "\n")
		}
	}
	return form
}

// texts returns the form of a POST without its files, of which nothing is kept: who sends them may not be known. Of a form that
// was read and is too large, it is what came first.
func (q *request) texts() url.Values {
	media, parameters, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil || media != multipartForm || q.MultipartForm != nil {
		_, _ = q.form() // nothing, if it cannot be read
		return lines(q.PostForm)
	}
	form := url.Values{}
	parts := multipart.NewReader(q.body.again(), parameters["boundary"])
	for left := int64(maxForm); err == nil && left > 0; {
		var part *multipart.Part
		if part, err = parts.NextPart(); err != nil || part.FileName() != "" {
			continue
		}
		var value []byte
		value, err = io.ReadAll(io.LimitReader(part, left))
		left -= int64(len(value)) + valueOverhead
		form.Add(part.FormName(), string(value))
	}
	return lines(form)
}

// body is the body of a request. It keeps its beginning, in which browsers send what is entered before a file.
type body struct {
	io.ReadCloser
	beginning []byte
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.beginning = append(b.beginning, p[:min(n, maxForm-len(b.beginning))]...)
	return n, err
}

// again returns the beginning of a body that was read, else the body.
func (b *body) again() io.Reader {
	if len(b.beginning) > 0 {
		return bytes.NewReader(b.beginning)
	}
	return b
}

// valueOverhead is what a value of a form takes beside its text.
const valueOverhead = 200

// bodyLimit is how many bytes a request may have: those of a form, and of a file where a form can have one.
func (r route) bodyLimit(in *http.Request) int64 {
	if r.path == pages.PathAct && hasFile(in) {
		return maxUpload + maxForm
	}
	return maxForm
}

// hasFile reports whether the form of a request can have a file.
func hasFile(in *http.Request) bool {
	media, _, err := mime.ParseMediaType(in.Header.Get("Content-Type"))
	return err == nil && media == multipartForm
}

// multipartForm is the type of forms that can have files.
const multipartForm = "multipart/form-data"

// ofOneDispute reports whether somebody has come by a merchant's mail about one dispute, and sees no other.
func (q *request) ofOneDispute() bool {
	return q.who.Party == dispute.PartyMerchant && q.who.Dispute != ""
}

// redirect answers a POST that has had its effect.
func (q *request) redirect(path string) error {
	http.Redirect(q.w, q.Request, path, http.StatusSeeOther) //nolint:gosec // to a page of the portal, or to the identity provider
	return nil
}

// pathOfPage is the path and query of a page that was asked for by GET, for a link to it in the other language.
func (q *request) pathOfPage() string {
	if q.Method != http.MethodGet || q.route.path == pages.PathLink {
		return ""
	}
	return q.URL.RequestURI()
}

// keep returns the form of a request that is not taken, so that no text is lost.
func (q *request) keep(problem pages.Problem) pages.Filled {
	if q.Method != http.MethodPost {
		return pages.Filled{}
	}
	return pages.Filled{Act: pages.Act(q.PathValue("act")), Values: q.texts(), Problems: []pages.Problem{problem}}
}

// keepText is keep for a page that says what is wrong by itself if no text came with the request.
func (q *request) keepText(problem pages.Problem) pages.Filled {
	if kept := q.keep(problem); kept.HasText() {
		return kept
	}
	return pages.Filled{}
}
