package files_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
	"github.com/streitfall/streitfall/starter/portal/files"
)

func TestCleanName(t *testing.T) {
	t.Parallel()
	family := "👨\u200d👩\u200d👧"
	for name, want := range map[string]string{
		"Beleg.pdf": "Beleg.pdf", "": "file", ".pdf": "file.pdf", "..": "file", "../..": "file", "/": "file", ".htaccess": "file.htaccess",
		"../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", `C:\a\b.pdf`: "b.pdf", "a/b\\c.pdf": "c.pdf", "a.pdf/": "file",
		"a\x00b.pdf": "ab.pdf", "a.pdf\x00.exe": "a.pdf.exe", "a\r\nSet-Cookie: x.pdf": "a Set-Cookie_ x.pdf", "a\tb.pdf": "a b.pdf",
		"a\u202egpj.exe": "agpj.exe", "\u2066a\u2069.pdf": "a.pdf", "a\ufeff.pdf": "a.pdf", "\xff\xfea.pdf": "a.pdf",
		"CON": "_CON", "con.pdf": "_con.pdf", "nul.tar.pdf": "_nul.tar.pdf", "Lpt9.png": "_Lpt9.png", "console.pdf": "console.pdf",
		"a.pdf.": "a.pdf", "a.pdf . .": "a.pdf", "  a   b  .pdf": "a b.pdf", `a<b>"c"|d?*.pdf`: "a_b__c__d__.pdf",
		"📦 Paket.pdf": "📦 Paket.pdf", family + ".png": family + ".png", "Straße №5.docx": "Straße №5.docx",
		"v1.2 of the offer": "v1.2 of the offer", "a." + strings.Repeat("b", 30): "a." + strings.Repeat("b", 30),
		strings.Repeat("a", 300) + ".pdf":  strings.Repeat("a", 195) + ".pdf",
		strings.Repeat("ü", 300) + ".docx": strings.Repeat("ü", 97) + ".docx",
		strings.Repeat("📦", 300) + ".pdf":  strings.Repeat("📦", 48) + ".pdf",
	} {
		require.Equal(t, want, files.CleanName(name), "%q", name)
	}
}

// FuzzCleanName: whatever a browser sends, the name fits a message, a header and every file system, and cleaning it again
// changes nothing.
func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"a.pdf", "../a", "\x00", "con.\u200d", "a. .b", ".\u200d.pdf", "x.\u202e", strings.Repeat("📦", 99), "_.con", "a:.b*", " . "} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		cleaned := files.CleanName(name)
		var faults dispute.Faults
		strict.Line(&faults, "name", cleaned, dispute.MaxLine)
		require.Empty(t, faults, "%q", cleaned)
		require.LessOrEqual(t, len(cleaned), 200)
		require.True(t, utf8.ValidString(cleaned))
		require.False(t, strings.ContainsAny(cleaned, "/\\<>:\"|?*\x00"), "%q", cleaned)
		require.False(t, strings.ContainsFunc(cleaned, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) }), "%q", cleaned)
		require.False(t, strings.HasPrefix(cleaned, ".") || strings.HasSuffix(cleaned, ".") || strings.TrimSpace(cleaned) != cleaned, "%q", cleaned)
		require.Equal(t, cleaned, files.CleanName(cleaned), "%q", name)
	})
}
