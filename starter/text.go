package main

import (
	"strings"
	"unicode/utf8"

	"github.com/streitfall/streitfall/starter/terminal"
)

// widest returns the number of characters in the longest line, without trailing blanks.
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

// choices returns the values of a flag for its help, in lines that fit beside its name.
func choices[T ~string](values []T) string {
	return strings.Join(terminal.Wrap(strings.Join(words(values), ", "), 72), "\n")
}

// excerpt cuts a text to a length that a terminal has room for.
func excerpt(text string) string {
	const longest = 300
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
