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

// longestPause is the longest that an endpoint can put a message off at a time: a merchant who says "in a
// year" would keep the invoice of the customer paused for as long.
const longestPause = time.Hour

// passing are the 4xx that say nothing about the message: too slow, too early, too many.
var passing = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}

// verdict says what an answer means for the message.
func (w *Webhooks) verdict(response *http.Response, host, words string) (answer string, err error) {
	answer = strings.TrimSuffix(fmt.Sprintf("%s from %s: %s", status(response), host, words), ": ")
	switch code := response.StatusCode; {
	case code/100 == 2:
		return answer, nil
	case code < 500 && !slices.Contains(passing, code):
		return "", dispute.Refuse(dispute.CodeMessageRefused, "the webhook answers %s%s", answer, redirect(code))
	}
	trouble := errors.New("the webhook answers " + answer)
	if pause := w.pause(response.Header.Get("Retry-After")); pause > 0 {
		return "", &activities.RetryAfterError{After: pause, Err: trouble}
	}
	return "", trouble
}

func redirect(code int) string {
	if code/100 == 3 {
		return "; redirects are not followed"
	}
	return ""
}

// status is the code with its usual name; the endpoint's own words for it can be anything.
func status(response *http.Response) string {
	return strings.TrimSpace(strconv.Itoa(response.StatusCode) + " " + http.StatusText(response.StatusCode))
}

// pause is how long a Retry-After asks us to wait, in seconds or until a date (RFC 9110, section 10.2.3).
func (w *Webhooks) pause(retryAfter string) time.Duration {
	if seconds, err := strconv.ParseUint(retryAfter, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, longestPause)
	}
	if at, err := http.ParseTime(retryAfter); err == nil {
		return min(max(at.Sub(w.now()), 0), longestPause)
	}
	return 0
}

const (
	// maxRead is how much of an answer is read, maxWords how many characters of it are kept.
	maxRead  = 1 << 10
	maxWords = 200
	// readTime is how long an answer may take after its head, which has decided everything.
	readTime = time.Second
)

// words are the first words of an answer, in one line and without addresses: they go into failure messages
// and timelines, which have nothing personal. Pages for people say nothing to an operator and are left out.
func words(response *http.Response, cancel context.CancelFunc) string {
	stop := time.AfterFunc(readTime, cancel)
	defer stop.Stop()
	content, _ := io.ReadAll(io.LimitReader(response.Body, maxRead)) // what has come is enough
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	if !slices.Contains(spoken, strings.ToLower(strings.TrimSpace(kind))) {
		return ""
	}
	return gist(string(content))
}

// spoken are the kinds of answers that are kept.
var spoken = []string{"text/plain", "application/json", "application/problem+json"}

// gist makes a line of what an endpoint says.
func gist(content string) string {
	unseen := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	said := strings.FieldsFunc(strings.ToValidUTF8(content, ""), unseen)
	for i, word := range said {
		if strings.Contains(word, "@") {
			said[i] = "[address]"
		}
	}
	line := strings.Join(said, " ")
	if runes := []rune(line); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return line
}
