package mail_test

import (
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

func TestHeadersTakeAnyName(t *testing.T) {
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
		require.Len(t, got.header, 10, "%v", got.header)
		require.NotContains(t, got.header, "Bcc")
	}
}

func TestAddressesThatCannotBeOnesAreRefused(t *testing.T) {
	t.Parallel()
	folder, err := mail.NewFolder(t.TempDir(), from)
	require.NoError(t, err)
	for _, address := range []string{"", "jonas", "Jonas <jonas@example.org>", "a@example.org, b@example.org", "jonas@example.org\r\nBcc: x@example.org"} {
		notice := sample(t, dispute.OccasionReceived, dispute.PartyCustomer, german)
		notice.To.Email = address
		_, err := folder.Send(t.Context(), notice)
		require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), address)
		require.EqualError(t, err, "the e-mail address of the customer cannot be one")
	}
}

func TestWithholdTakesAddressesOut(t *testing.T) {
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

// parsed is a mail as its reader's program understands it.
type parsed struct {
	header        netmail.Header
	to            []*netmail.Address
	subject, body string
}

func parse(t *testing.T, data []byte) parsed {
	t.Helper()
	for line := range strings.SplitSeq(string(data), "\r\n") {
		require.LessOrEqual(t, len(line), 998)
		require.NotContains(t, line, "\n")
		require.False(t, strings.ContainsFunc(line, func(r rune) bool { return r > '~' }))
	}
	message, err := netmail.ReadMessage(strings.NewReader(string(data)))
	require.NoError(t, err)
	to, err := message.Header.AddressList("To")
	require.NoError(t, err)
	subject, err := (&mime.WordDecoder{}).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	require.NoError(t, err)
	return parsed{header: message.Header, to: to, subject: subject, body: string(body)}
}

// written gives a mail as a folder has it.
func written(t *testing.T, notice dispute.Notice) parsed {
	t.Helper()
	dir := t.TempDir()
	folder, err := mail.NewFolder(dir, from)
	require.NoError(t, err)
	_, err = folder.Send(t.Context(), notice)
	require.NoError(t, err)
	return parse(t, read(t, dir, files(t, dir)[0]))
}
