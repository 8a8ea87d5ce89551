package portal

import (
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
		err = q.ParseMultipartForm(maxForm - reservedForValues) // which leaves no memory for files
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

// texts reads the form of a POST without its files, of which nothing is kept: who sends them is not known.
func (q *request) texts() url.Values {
	if !hasFile(q.Request) {
		form, _ := q.form() // nothing, if it cannot be read
		return form
	}
	form := url.Values{}
	parts, err := q.MultipartReader()
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
	return err == nil && media == "multipart/form-data"
}

// ofOneDispute reports whether somebody has come by a merchant's mail about one dispute, and sees no other.
func (q *request) ofOneDispute() bool {
	return q.who.Party == dispute.PartyMerchant && q.who.Dispute != ""
}

// redirect answers a POST that has had its effect.
func (q *request) redirect(path string) error {
	http.Redirect(q.w, q.Request, path, http.StatusSeeOther)
	return nil
}

// pathOfPage is the path and query of a page that was asked for by GET, for a link to it in the other language.
func (q *request) pathOfPage() string {
	if q.Method != http.MethodGet || q.route.path == pages.PathLink {
		return ""
	}
	return q.URL.RequestURI()
}

// keep returns the form of somebody whose session has ended, so that no text is lost.
func (q *request) keep() pages.Filled {
	if q.Method != http.MethodPost {
		return pages.Filled{}
	}
	return pages.Filled{Act: pages.Act(q.PathValue("act")), Values: q.texts(), Problems: []pages.Problem{{Kind: pages.ProblemSignedOut}}}
}
