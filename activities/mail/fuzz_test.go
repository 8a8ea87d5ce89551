package mail_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// ours matches the tags of the layout.
var ours = regexp.MustCompile(`<!DOCTYPE html>|</?(html|head|meta|title|style|body|div|p|h2|ul|li|table|tr|th|td|blockquote|pre|span|strong|br)( [a-z-]+="[^"<>]*")*>`)

// FuzzMail: whatever the fields of a dispute contain, the mail is refused for its address or is readable: two
// alternatives, our headers and no other, and no structure but ours.
func FuzzMail(f *testing.F) {
	f.Add("Jürgen Groß 🎁", "jonas@example.org", "d-1", "Nie gekommen.\n\nViele Grüße", "EUR", "de-DE", int64(100), uint8(0))
	f.Add("Jo\r\nBcc: evil@example.org\r\n\r\nHi", "käthe@example.net", "d\r\n.\r\n", "# x\n- y\n| z: <script>", "", "en", int64(-1), uint8(9))
	f.Add("=?utf-8?q?=0D=0ABcc:?=", "a\"b\"@example.org", "\x01\x02\x03\x04\x05\x06", "{{.ID}}&lt;\u2028--", "a\nb", "sv", int64(1)<<62, uint8(11))
	f.Add("\u202egro\x00\xff"+strings.Repeat("Ö👩‍🚀 ", 99), "x@y.z", "</title>", "\xed\xa0\x80", "JPY", "\xff", int64(0), uint8(12))
	f.Fuzz(func(t *testing.T, name, address, id, words, currency, locale string, amount int64, which uint8) {
		notice := sample(t, dispute.OccasionRulingAsked, dispute.PartyDesk, locale)
		if int(which) < len(catalogue) {
			notice = sample(t, catalogue[which].occasion, catalogue[which].to, locale)
		}
		notice.To.Name, notice.To.Email, notice.Merchant.Name, notice.Dispute.Complainant.Name = name, address, name, name
		notice.Key.DisputeID, notice.Dispute.ID, notice.Dispute.OrderID, notice.Dispute.InvoiceID = id, id, words, name
		notice.Dispute.Reason, notice.Stage, notice.NewDueDate = dispute.Reason(words), dispute.Stage(id), words
		notice.Dispute.DisputedAmount = dispute.Money{Amount: amount, Currency: currency}
		notice.Outstanding, notice.Refunded, notice.Decision.Debit = amount, amount, amount
		notice.Statement, notice.Move = words, words
		files := []dispute.File{{Kind: words, Name: name, Location: words, SHA256: id}}
		notice.Evidence, notice.StatementFiles = []dispute.Evidence{{Text: words, Files: files}}, files
		notice.Dispute.Complaint = &dispute.Complaint{Text: words, Files: files}
		sender := mail.Sender{From: name + " <disputes@example.com>", Name: id, Provider: name, Imprint: words}
		data, err := mail.Compose(sender, notice)
		if err != nil {
			sender.From = "disputes@example.com"
			data, err = mail.Compose(sender, notice)
		}
		if err != nil {
			require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), err)
			return
		}
		requireReadable(t, sender, notice, data)
	})
}

func requireReadable(t *testing.T, sender mail.Sender, notice dispute.Notice, data []byte) {
	t.Helper()
	got := parseAny(t, data)
	require.ElementsMatch(t, headers, slices.Collect(maps.Keys(got.header)))
	for name, values := range got.header {
		require.Len(t, values, 1, name)
	}
	require.Len(t, got.to, 1)
	require.Equal(t, mail.InASCII(notice.To.Email), got.to[0].Address)
	require.False(t, strings.ContainsFunc(got.subject, unicode.IsControl), got.subject)
	subject, body, err := mail.Render(sender, notice)
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(body, "\n", "\r\n"), got.body)
	require.Equal(t, strings.ReplaceAll(subject, "=?", "= ?"), got.subject)
	for _, text := range []string{got.body, got.html} {
		require.False(t, strings.ContainsFunc(strings.NewReplacer("\r\n", "").Replace(text), unicode.IsControl))
	}
	_, content, _ := strings.Cut(got.html, "</style>")
	require.NotContains(t, ours.ReplaceAllString(content, ""), "<")
	require.NotContains(t, strings.ToLower(content), "<script")
}
