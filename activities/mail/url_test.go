package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
)

func TestServerURLs(t *testing.T) {
	t.Parallel()
	for url, expected := range map[string][2]string{
		"smtp://mail.example.com":                   {"mail.example.com:587", "TLSOpportunistic"},
		"smtp://mail.example.com:2525/":             {"mail.example.com:2525", "TLSOpportunistic"},
		"smtp://u:p@mail.example.com?tls=required":  {"mail.example.com:587", "TLSMandatory"},
		"smtp://mailpit:1025?tls=none":              {"mailpit:1025", "NoTLS"},
		"smtps://u:p%2F@mail.example.com":           {"mail.example.com:465", "implicit"},
		"smtps://u%40example.com:p@[2001:db8::1]:1": {"[2001:db8::1]:1", "implicit"},
	} {
		channel, err := mail.NewSMTP(url, "", mail.Sender{From: from})
		require.NoError(t, err, url)
		address, security := channel.Server()
		require.Equal(t, expected, [2]string{address, security}, url)
	}
}

func TestBadServerURLsAreRefusedWithoutTheirPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "mail.example.com", "mail.example.com:25", "smtp://", "smtp://:25", "http://u:geheim@mail.example.com",
		"smtp://u:geheim@mail.example.com:0", "smtp://u:geheim@mail.example.com:70000", "smtp://u:geheim@mail.example.com:abc",
		"smtp://u:geheim@mail.example.com/inbox", "smtp://u:geheim@mail.example.com#geheim", "smtp://u:geheim@mail.example.com?tls=maybe",
		"smtp://u:geheim@mail.example.com?geheim=1", "smtps://u:geheim@mail.example.com?tls=none", "smtp://u@mail.example.com",
		"smtp://:geheim@mail.example.com", "smtp://u:geheim%@mail.example.com", "smtp://u:geheim /@mail.example.com",
	} {
		_, err := mail.NewSMTP(url, "", mail.Sender{From: from})
		require.ErrorContains(t, err, "smtp://[user:password@]host[:port]", url)
		require.ErrorContains(t, err, "smtps://")
		require.NotContains(t, err.Error(), "geheim")
	}
}

func TestBadSendersAreRefused(t *testing.T) {
	t.Parallel()
	for _, sender := range []string{"", "Streitfall", "disputes@", "a@example.com, b@example.com", "käthe@example.com", "a@example.com\r\nBcc: b@example.com"} {
		_, err := mail.NewSMTP("smtp://mail.example.com", "", mail.Sender{From: sender})
		require.ErrorContains(t, err, "Streitfall <disputes@example.com>", sender)
		_, err = mail.NewFolder(t.TempDir(), mail.Sender{From: sender})
		require.ErrorContains(t, err, "Streitfall <disputes@example.com>", sender)
	}
}
