package plain_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/plain"
)

// TestLine: a mail server's answer can neither colour the screen, nor turn its text around, nor begin a line of ours.
func TestLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"550 \x1b[31mno\tgröße":                "550  [31mno größe",
		"\u202etxt.exe\u2028line\r\ntwo\u2066": "txt.exe line  two",
		"a\xffb\u0085\u2029\x7f\u009b":         "ab    ",
		"👩\u200d🔧 می\u200cخواهم":               "👩\u200d🔧 می\u200cخواهم",
		"":                                     "",
	} {
		require.Equal(t, want, plain.Line(text))
	}
	for _, bidi := range "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		require.Empty(t, plain.Line(string(bidi)), "%U", bidi)
	}
}

// TestWriter: it does the same to whatever is written, in whatever portions, and keeps line breaks and tabs.
func TestWriter(t *testing.T) {
	t.Parallel()
	text := "state\topen\x1b[2J\nmerchant\tKäthes\u202e Öfen 👩\u200d🔧\xff\n"
	const want = "state\topen [2J\nmerchant\tKäthes Öfen 👩\u200d🔧\n"
	for portion := range len(text) {
		var out bytes.Buffer
		writer := plain.Writer(&out)
		for rest := text; rest != ""; {
			now := rest[:min(portion+1, len(rest))]
			n, err := fmt.Fprint(writer, now)
			require.NoError(t, err)
			require.Equal(t, len(now), n)
			rest = rest[len(now):]
		}
		require.Equal(t, want, out.String(), "in portions of %d", portion+1)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "one\n\ttwo  three", plain.Text("one\r\n\ttwo\r \u202ethree\xff"))
}

func TestCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "i-1": "i-1", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@sum": "'@sum", "\t=1": "'\t=1", "a=1": "a=1", "'x": "'x",
	} {
		require.Equal(t, want, plain.Cell(text), text)
	}
}
