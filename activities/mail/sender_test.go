package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

func TestSenderName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sender          mail.Sender
		from, signature string
	}{
		"Default":        {mail.Sender{From: from}, `"Streitfall" <disputes@example.com>`, "Streitfall, im Auftrag von Klarna"},
		"NameInFrom":     {mail.Sender{From: "Nordpay <disputes@example.com>"}, `"Nordpay" <disputes@example.com>`, "Nordpay, im Auftrag von Klarna"},
		"Name":           {mail.Sender{From: "X <disputes@example.com>", Name: "Nordpay"}, `"Nordpay" <disputes@example.com>`, "Nordpay, im Auftrag von Klarna"},
		"Provider":       {mail.Sender{From: from, Name: "Disputes", Provider: "Nordpay"}, `"Disputes" <disputes@example.com>`, "Disputes, im Auftrag von Nordpay"},
		"ProviderItself": {mail.Sender{From: from, Name: "nordpay", Provider: "Nordpay"}, `"nordpay" <disputes@example.com>`, "nordpay"},
		"LineBreaks": {
			mail.Sender{From: from, Name: "Nord\r\nBcc: x@example.com", Provider: "A\n\nB"},
			`"Nord Bcc: x@example.com" <disputes@example.com>`, "Nord Bcc: x@example.com, im Auftrag von A B",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := mail.Compose(c.sender, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
			require.NoError(t, err)
			got := parse(t, data)
			require.Equal(t, c.from, got.header.Get("From"))
			require.Contains(t, got.body, "\r\nViele Grüße\r\n"+c.signature+"\r\n")
			require.Contains(t, got.html, c.signature)
		})
	}
}

// TestProviderName: no mail names a provider other than the configured one.
func TestProviderName(t *testing.T) {
	t.Parallel()
	for _, entry := range catalogue {
		for _, locale := range []string{german, english} {
			subject, body, err := mail.Render(mail.Sender{From: from, Provider: "Nordpay"}, sample(t, entry.occasion, entry.to, locale))
			require.NoError(t, err)
			require.NotContains(t, subject+body, "Klarna")
			require.Contains(t, body, "Nordpay")
		}
	}
	templates, err := filepath.Glob("templates/*/*.tmpl")
	require.NoError(t, err)
	require.NotEmpty(t, templates)
	for _, file := range templates {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotContains(t, string(source), "Klarna", file)
	}
}

// TestImprint: it is at the foot of every mail, in its own lines, and none of them becomes a heading or a quote.
func TestImprint(t *testing.T) {
	t.Parallel()
	sender := mail.Sender{From: from, Imprint: "Nordpay GmbH, Musterstraße 1 <Berlin>\r\n\x01HRB 123456\n\n# Support: +49 30 1\n"}
	for _, entry := range catalogue {
		data, err := mail.Compose(sender, sample(t, entry.occasion, entry.to, english))
		require.NoError(t, err)
		got := parse(t, data)
		require.True(t, strings.HasSuffix(got.body,
			"A person will read your reply.\r\n\r\nNordpay GmbH, Musterstraße 1 <Berlin>\r\nHRB 123456\r\n\r\n# Support: +49 30 1\r\n"), got.body)
		_, foot, _ := strings.Cut(got.html, "A person will read your reply.")
		require.Contains(t, foot, "Nordpay GmbH, Musterstraße 1 &lt;Berlin&gt;<br>\r\nHRB 123456</p>\r\n<p style=\"margin:0 0 12px;\">\r\n# Support: +49 30 1</p>")
	}
}
