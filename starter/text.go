package main

import (
	"strings"
	"unicode/utf8"
)

// columns is how wide a screen is at least.
const columns = 100

// widest is the number of characters in the longest line, less the blanks at its end.
func widest(text string) int {
	width := 0
	for line := range strings.Lines(text) {
		width = max(width, utf8.RuneCountInString(strings.TrimRight(line, " \n")))
	}
	return width
}

func words[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}

// choices lists values for the help of a flag, in lines that fit beside its name.
func choices[T ~string](values []T) string {
	return strings.Join(wrap(strings.Join(words(values), ", "), 72), "\n")
}

// wrap breaks a text between words into lines of at most so many characters; longer words stay whole.
func wrap(text string, width int) []string {
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

// excerpt cuts a text of the parties to what a case file on a screen has room for.
func excerpt(text string) string {
	const longest = 300
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
