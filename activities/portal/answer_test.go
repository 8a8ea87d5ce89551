package portal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/portal"
)

// TestAnswerIsSummarized: plain text and JSON in one line of limited length, without e-mail addresses.
func TestAnswerIsSummarized(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, body, want string }{
		"text":       {"text/plain; charset=utf-8", "Queued as\r\n 17\x00 ✓\n", ": Queued as 17 ✓"},
		"JSON":       {"application/json", `{"ticket": 4711}`, `: {"ticket": 4711}`},
		"problem":    {"Application/Problem+JSON", `{"title": "no"}`, `: {"title": "no"}`},
		"address":    {"text/plain", "ask <jonas@example.de>, or us", ": ask [address] or us"},
		"turned":     {"text/plain", "a\u202eb\u2028c", ": a b c"},
		"not UTF-8":  {"text/plain", "Gr\xfc\xdfe", ": Gre"},
		"page":       {"text/html", "<h1>Thank you</h1>", ""},
		"nothing":    {"text/plain", "", ""},
		"unknown":    {"", "x", ""},
		"long":       {"text/plain", strings.Repeat("ä", 900), ": " + strings.Repeat("ä", portal.MaxWords) + "…"},
		"much of it": {"text/plain", strings.Repeat(" ", portal.MaxRead) + "unread", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.kind}
				fmt.Fprint(w, test.body)
			})
			answer, err := webhooks(r).Send(t.Context(), opened(r.URL))
			require.NoError(t, err)
			require.Equal(t, "200 OK from "+strings.TrimPrefix(r.URL, "https://")+test.want, answer)
		})
	}
}

// FuzzSummarize: every answer becomes one short line of printable characters.
func FuzzSummarize(f *testing.F) {
	f.Add("Queued\r\n\x1b[31m\u202e jonas@example.de \xff")
	f.Fuzz(func(t *testing.T, content string) {
		got := portal.Summarize(content)
		require.True(t, utf8.ValidString(got))
		require.LessOrEqual(t, utf8.RuneCountInString(got), portal.MaxWords+1)
		require.NotContains(t, got, "@")
		require.False(t, strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", got)
	})
}
