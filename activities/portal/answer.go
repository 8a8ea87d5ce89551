package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// maxRetryAfter bounds Retry-After: a merchant who answers "in a year" would keep the customer's invoice paused for as
// long.
const maxRetryAfter = time.Hour

// transientCodes are the 4xx that say nothing about the message: too slow, too early, too many.
var transientCodes = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}

// verdict returns the endpoint's answer, a refusal or a transient error.
func (w *Webhooks) verdict(response *http.Response, host, words string) (answer string, err error) {
	answer = strings.TrimSuffix(fmt.Sprintf("%s from %s: %s", status(response), host, words), ": ")
	switch code := response.StatusCode; {
	case code/100 == 2:
		return answer, nil
	case code < 500 && !slices.Contains(transientCodes, code):
		return "", dispute.Refuse(dispute.CodeMessageRefused, "the webhook answers %s%s", answer, redirect(code))
	}
	err = errors.New("the webhook answers " + answer)
	if delay := w.retryAfter(response.Header.Get("Retry-After")); delay > 0 {
		return "", &activities.RetryAfterError{After: delay, Err: err}
	}
	return "", err
}

func redirect(code int) string {
	if code/100 == 3 {
		return "; redirects are not followed"
	}
	return ""
}

// status returns the code with its standard name; an endpoint can send any words instead.
func status(response *http.Response) string {
	return strings.TrimSpace(strconv.Itoa(response.StatusCode) + " " + http.StatusText(response.StatusCode))
}

// retryAfter parses a Retry-After, which has seconds or a date (RFC 9110, section 10.2.3). It returns 0 for any other value.
func (w *Webhooks) retryAfter(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(w.now()), 0), maxRetryAfter)
	}
	return 0
}

const (
	// maxRead is how many bytes of an answer's body are read, maxWords how many characters of it are kept.
	maxRead  = 1 << 10
	maxWords = 200
	// bodyTimeout bounds the body of an answer. The status has decided everything, so a slow body is cut off.
	bodyTimeout = time.Second
)

// words returns the beginning of an answer's body in one line and without e-mail addresses: it goes into failure messages
// and timelines, which hold no personal data. HTML is left out, since it tells an operator nothing.
func words(response *http.Response, cancel context.CancelFunc) string {
	stop := time.AfterFunc(bodyTimeout, cancel)
	defer stop.Stop()
	content, _ := io.ReadAll(io.LimitReader(response.Body, maxRead)) // a part of the body is enough
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	if !slices.Contains(textTypes, strings.ToLower(strings.TrimSpace(kind))) {
		return ""
	}
	return summarize(string(content))
}

// textTypes are the media types of the answers that are kept.
var textTypes = []string{"text/plain", "application/json", "application/problem+json"}

// summarize makes one line of printable characters.
func summarize(content string) string {
	separator := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	fields := strings.FieldsFunc(strings.ToValidUTF8(content, ""), separator)
	for i, field := range fields {
		if strings.Contains(field, "@") {
			fields[i] = "[address]"
		}
	}
	line := strings.Join(fields, " ")
	if runes := []rune(line); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return line
}
