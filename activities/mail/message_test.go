package mail_test

import (
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// headers lists all headers of a mail.
var headers = []string{
	"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To",
}

func TestNamesInHeaders(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]string{
		"":                                      "",
		"Jürgen Groß 🎁":                         "Jürgen Groß 🎁",
		`Jo "the shop" \ <evil@example.org>, x`: `Jo "the shop" \ <evil@example.org>, x`,
		"Jo\r\nBcc: evil@example.org\r\n\r\nHi": "Jo Bcc: evil@example.org Hi",
		"\u202egro.elpmaxe\u2028\x00\x1b":       "gro.elpmaxe",
		"=?utf-8?q?=0D=0ABcc:?=":                "=?utf-8?q?=0D=0ABcc:?=",
		strings.Repeat("Ö👩‍🚀 ", 100):            strings.TrimSpace(strings.Repeat("Ö👩‍🚀 ", 100)),
	} {
		notice := sample(t, dispute.OccasionReceived, dispute.PartyCustomer, german)
		notice.To.Name, notice.Merchant.Name = name, name
		got := written(t, notice)
		require.Equal(t, []*netmail.Address{{Name: expected, Address: "jonas@example.org"}}, got.to, name)
		require.Equal(t, strings.TrimSpace("Ihre Rechnung ist pausiert: Streitfall d-2026-17 mit "+strings.ReplaceAll(expected, "=?", "= ?")), got.subject)
		require.ElementsMatch(t, headers, slices.Collect(maps.Keys(got.header)))
	}
}

func TestBackslashInName(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]string{`Käthe \ Söhne`: "Käthe / Söhne", `Kathe \ Sohne`: `Kathe \ Sohne`} {
		notice := sample(t, dispute.OccasionReceived, dispute.PartyCustomer, german)
		notice.To.Name = name
		require.Equal(t, []*netmail.Address{{Name: expected, Address: "jonas@example.org"}}, written(t, notice).to)
	}
}

func TestInvalidAddressesAreRefused(t *testing.T) {
	t.Parallel()
	folder, err := mail.NewFolder(t.TempDir(), mail.Sender{From: from})
	require.NoError(t, err)
	for _, address := range []string{"", "jonas", "Jonas <jonas@example.org>", "a@example.org, b@example.org", "jonas@example.org\r\nBcc: x@example.org"} {
		notice := sample(t, dispute.OccasionReceived, dispute.PartyCustomer, german)
		notice.To.Email = address
		_, err := folder.Send(t.Context(), notice)
		require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), address)
		require.EqualError(t, err, "the e-mail address of the customer is invalid")
	}
}

func TestWithholdAddresses(t *testing.T) {
	t.Parallel()
	for words, expected := range map[string]string{
		"<Jonas.W@example.org>: no such user":          "<[address]>: no such user",
		"No such user jonas.w here, ask a@example.com": "No such user [address] here, ask [address]",
		"line one\nline two\r\n\x1bthree":              "line one line two three",
		"jonas.welt is fine":                           "jonas.welt is fine",
		strings.Repeat("ä", 400):                       strings.Repeat("ä", 300) + "…",
	} {
		require.Equal(t, expected, mail.Withhold(words, "jonas.w@example.org"))
	}
	require.Equal(t, "no such user", mail.Withhold("no such user", ""))
}

// parsed is a mail as a mail program understands it.
type parsed struct {
	header              netmail.Header
	to                  []*netmail.Address
	subject, body, html string
}

func parse(t *testing.T, data []byte) parsed {
	t.Helper()
	require.False(t, strings.ContainsFunc(string(data), func(r rune) bool { return r > '~' }))
	return parseAny(t, data)
}

// parseAny also reads mails to an address that is not in ASCII.
func parseAny(t *testing.T, data []byte) parsed {
	t.Helper()
	for line := range strings.SplitSeq(string(data), "\r\n") {
		require.LessOrEqual(t, len(line), 998)
		require.NotContains(t, line, "\n")
	}
	message, err := netmail.ReadMessage(strings.NewReader(string(data)))
	require.NoError(t, err)
	to, err := message.Header.AddressList("To")
	require.NoError(t, err)
	subject, err := (&mime.WordDecoder{}).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	got := parsed{header: message.Header, to: to, subject: subject, body: part(t, parts, "text/plain"), html: part(t, parts, "text/html")}
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
	return got
}

// part reads the next alternative of a mail.
func part(t *testing.T, parts *multipart.Reader, kind string) string {
	t.Helper()
	next, err := parts.NextRawPart()
	require.NoError(t, err)
	require.Equal(t, textproto.MIMEHeader{
		"Content-Type": {kind + "; charset=UTF-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	}, next.Header)
	content, err := io.ReadAll(quotedprintable.NewReader(next))
	require.NoError(t, err)
	require.True(t, utf8.Valid(content))
	return string(content)
}

// written returns a mail as a Folder writes it.
func written(t *testing.T, notice dispute.Notice) parsed {
	t.Helper()
	dir := t.TempDir()
	folder, err := mail.NewFolder(dir, mail.Sender{From: from})
	require.NoError(t, err)
	_, err = folder.Send(t.Context(), notice)
	require.NoError(t, err)
	return parse(t, read(t, dir, files(t, dir)[0]))
}
