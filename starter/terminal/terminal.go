// Package terminal knows what a person can read on a screen: how wide a line may be, and in which colours.
package terminal

import (
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Columns is the width, in characters, that every line of ours fits into.
const Columns = 100

// Is reports whether a stream is a terminal.
func Is(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Colour is an ANSI colour of a text.
type Colour string

// The colours.
const (
	Red     Colour = "31"
	Green   Colour = "32"
	Yellow  Colour = "33"
	Blue    Colour = "34"
	Magenta Colour = "35"
	Cyan    Colour = "36"
)

// Paint returns a text in a colour.
func Paint(text string, c Colour) string {
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// Coloured reports whether texts on a stream may be painted: it is a terminal that knows colours, and nobody has set
// NO_COLOR (https://no-color.org).
func Coloured(stream any, getenv func(string) string) bool {
	return Is(stream) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// Wrap breaks a text between words into lines of at most width characters; longer words stay whole.
func Wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
