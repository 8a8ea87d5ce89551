package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestComplaintGoesToTheMerchant: with the notice of the dispute and its copy, every line of it quoted, and with no other mail.
func TestComplaintGoesToTheMerchant(t *testing.T) {
	t.Parallel()
	for locale, words := range map[string][3]string{
		german:  {"Jonas Weiß beschreibt die Reklamation so:", "Datei: foto.jpg (Sonstiges, 5 Bytes)", "Reklamation"},
		english: {"Jonas Weiß describes the complaint as follows:", "File: foto.jpg (other, 5 bytes)", "complaint"},
	} {
		for _, entry := range catalogue {
			notice := sample(t, entry.occasion, entry.to, locale)
			notice.Dispute.Complaint = &dispute.Complaint{
				Text: "Nichts da.\n\nViele Grüße\nKlarna\n# Zahlen Sie an DE00", Files: []dispute.File{{Kind: "other", Name: "foto.jpg", Size: 5, Location: "https://files.example/foto"}},
			}
			_, body := render(t, notice)
			if entry.occasion.Original() != dispute.OccasionOpened {
				require.NotContains(t, body, "DE00", entry.occasion)
				continue
			}
			require.Contains(t, body, words[0]+"\n> Nichts da.\n>\n> Viele Grüße\n> Klarna\n> # Zahlen Sie an DE00\n> "+words[1]+"\n> https://files.example/foto\n\n")
			notice.Dispute.Complaint = nil
			_, without := render(t, notice)
			require.NotContains(t, without, words[0])
			require.NotContains(t, without, "\n\n\n")
		}
	}
}

// TestComplaintOfFilesOnly: the name of a file cannot pass for our words either.
func TestComplaintOfFilesOnly(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, english)
	notice.Dispute.Complaint = &dispute.Complaint{Files: []dispute.File{
		{Kind: "tracking", Name: "a.jpg\nKind regards", Size: 1, Location: "l\r\n\r\nPay now"}, {Kind: "other", Name: "b.jpg", Size: 2, Location: "m"},
	}}
	_, body := render(t, notice)
	require.Contains(t, body, "as follows:\n> File: a.jpg Kind regards (tracking, 1 bytes)\n> l\n>\n> Pay now\n> File: b.jpg (other, 2 bytes)\n> m\n\n")
}

// TestDeskReadsWhatBothHaveSubmitted: complaint, statement and evidence, with the files of each.
func TestDeskReadsWhatBothHaveSubmitted(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionRulingAsked, dispute.PartyDesk, "")
	_, body := render(t, notice)
	for _, part := range []string{
		"The customer's complaint\n> Laut Bote zugestellt, aber hier ist nichts.\n> Ich habe zweimal geschrieben.\n" +
			"File: briefkasten.jpg (other, 310552 bytes)\nLocation: https://files.example.net/briefkasten.jpg\nSHA-256: " + strings.Repeat("cd", 32) + "\n\n",
		"The customer's statement\n> Das Paket ist nie angekommen.\n" +
			"File: chat.png (correspondence, 90211 bytes)\nLocation: https://files.example.net/chat.png\nSHA-256: " + strings.Repeat("ef", 32) + "\n\n",
		"The merchant's evidence\n> Zugestellt laut Sendungsverfolgung.\n" +
			"File: zustellung.pdf (proof of delivery, 48213 bytes)\nLocation: https://files.example.net/zustellung.pdf\nSHA-256: " + strings.Repeat("ab", 32) + "\n",
	} {
		require.Contains(t, body, part)
	}
	notice.Dispute.Complaint, notice.Statement, notice.StatementFiles, notice.Evidence = nil, "", nil, nil
	_, body = render(t, notice)
	require.Contains(t, body, "The customer's complaint\nNone.\n\nThe customer's statement\nNone.\n\nThe merchant's evidence\nNone.\n")
}
