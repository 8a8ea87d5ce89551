package mail_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

func TestPreviewHasEveryMail(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "preview")
	for range 2 { // the second one replaces the first
		require.NoError(t, mail.Preview(dir, link.Site{}))
	}
	index := string(read(t, dir, "index.html"))
	linked := map[string]bool{"index.html": true}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(index, -1) {
		require.NotEmpty(t, read(t, dir, link[1]))
		linked[link[1]] = true
	}
	require.Len(t, files(t, dir), len(linked), "every file is linked")
	for _, entry := range catalogue {
		for _, language := range []string{"de", "en"} {
			require.Regexp(t, string(entry.occasion)+`(-[a-z_]+)?-`+string(entry.to)+"-"+language+`\.html`, index)
		}
	}
	for _, reason := range dispute.ClosingReasons {
		require.Contains(t, index, "closed-"+string(reason)+"-customer-de.html")
	}
	require.Contains(t, index, "ruling-asked-justification-desk-en.html")
	require.Contains(t, index, "deadline-moved-for-the-information-merchant-de.html")
	require.Contains(t, index, "closed-fully-paid-customer-en.html")
	require.Contains(t, string(read(t, dir, "ruling-asked-decision-desk-en.txt")), "    starter rule d-2026-17 --stage decision ")
	for file := range linked {
		require.Equal(t, file != "index.html", strings.Contains(string(read(t, dir, file)), "Beispiel Zahlungen GmbH"), file)
	}
	require.Contains(t, index, "Bitte bis 21. Dezember 2026 reagieren: Streitfall d-2026-17 über 1.234,50 €")
}

func TestPreviewNotWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, mail.Preview(file, link.Site{}), "make the preview's folder")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "index.html"), 0o750))
	require.ErrorContains(t, mail.Preview(dir, link.Site{}), "index.html")
}

// TestUnbreakableWords: in HTML no line breaks within a date, "(21 days" or "E-Mail". Plain text has plain spaces.
func TestUnbreakableWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, mail.Preview(dir, link.Site{}))
	opened, asked := "opened-merchant-de", "reason-asked-customer-de"
	for tied, name := range map[string]string{"21.\u00a0Dezember\u00a02026": opened, "(21\u00a0Geschäftstage)": opened, "E\u2011Mail": asked} {
		plain := strings.NewReplacer("\u00a0", " ", "\u2011", "-").Replace(tied)
		require.Contains(t, string(read(t, dir, name+".html")), tied)
		require.Contains(t, string(read(t, dir, name+".txt")), plain)
	}
}

// TestAlternativesHaveTheSameWords: HTML and plain text of each mail say the same. The HTML has addresses in its buttons only.
func TestAlternativesHaveTheSameWords(t *testing.T) {
	t.Parallel()
	for _, site := range []link.Site{{}, portal(t).Site} {
		dir := t.TempDir()
		require.NoError(t, mail.Preview(dir, site))
		for _, file := range files(t, dir) {
			if name, isText := strings.CutSuffix(file, ".txt"); isText {
				requireSameWords(t, name, string(read(t, dir, name+".html")), string(read(t, dir, file)))
			}
		}
	}
}

func requireSameWords(t *testing.T, name, html, text string) {
	t.Helper()
	tags, blanks := regexp.MustCompile(`(?s)<head>.*</head>|<[^>]*>`), regexp.MustCompile(`[\s>:]+|- `)
	address := regexp.MustCompile(`https://disputes\.example\.com/\S+`)
	entity := strings.NewReplacer("\u2011", "-", "\u00a0", " ", "&#39;", "'", "&#34;", `"`, "&amp;", "&", "&gt;", ">", "&lt;", "<")
	squeeze := func(text string) string { return blanks.ReplaceAllString(text, "") }
	said := func(html string) string { return squeeze(entity.Replace(tags.ReplaceAllString(html, ""))) }
	for _, link := range address.FindAllString(text, -1) {
		require.Contains(t, html, `href="`+link+`"`, name)
	}
	text = entity.Replace(address.ReplaceAllString(text, ""))
	require.Equal(t, squeeze(text), said(html), name)
	_, lead, _ := strings.Cut(html, `<div class="lead"`)
	lead, _, _ = strings.Cut(lead, "</div>")
	require.Equal(t, squeeze(strings.Split(text, "\n\n")[1]), said("<div"+lead), "what to do stands out")
	require.Less(t, len(html), 100<<10, "some mail programs truncate longer mails")
}
