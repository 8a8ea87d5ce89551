// Package plain makes the texts of others safe to show beside ours: without control characters, with which they could colour
// a screen or begin a line of their own, and without those that turn the direction of writing, with which they could show
// what they do not say (https://trojansource.codes). In a spreadsheet they are not computed.
package plain

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns a text as one line. Blanks take the place of line breaks and other control characters.
func Line(text string) string {
	return strings.Map(shown, text)
}

// Text returns a text with its line breaks and tabs, else as Line does.
func Text(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return shown(r)
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// shown returns the character that is shown for one of a text, or -1 for none.
func shown(r rune) rune {
	switch {
	case r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r):
		return -1
	case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return ' '
	}
	return r
}

// Cell returns a text for a cell of CSV. One that a spreadsheet would compute begins with an apostrophe.
func Cell(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}

// Writer returns a writer that passes texts on as Line does, but keeps line breaks and tabs. It is safe for concurrent use
// if each text is written as a whole, and out is.
func Writer(out io.Writer) io.Writer {
	return &writer{out: out}
}

type writer struct {
	out io.Writer
	// begun are the first bytes of a character whose others have not been written yet.
	begun []byte
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	text := p
	if len(w.begun) > 0 {
		text = append(w.begun, p...)
		w.begun = nil
	}
	if end := wholeCharacters(text); end < len(text) {
		w.begun = append(w.begun, text[end:]...)
		text = text[:end]
	}
	_, err := io.WriteString(w.out, strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return shown(r)
	}, string(text)))
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// wholeCharacters returns the length of a text without the character at its end that is not complete.
func wholeCharacters(text []byte) int {
	for start := len(text) - 1; start >= 0 && len(text)-start < utf8.UTFMax; start-- {
		if utf8.RuneStart(text[start]) {
			if utf8.FullRune(text[start:]) {
				break
			}
			return start
		}
	}
	return len(text)
}
