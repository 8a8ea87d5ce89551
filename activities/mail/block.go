package mail

import (
	"regexp"
	"strings"
)

// kind is what a line of a mail is. While a mail is written, it is a control character at the line's start:
// no name and no statement can bring one along (oneLine), so nobody else's words pass for our headings.
type kind rune

const (
	plainLine kind = 0
	heading   kind = '\x01'
	item      kind = '\x02'
	fact      kind = '\x03'
	quoted    kind = '\x04'
)

// Marks within words, which no one else can write either.
const (
	// strongBegins and strongEnds enclose words that stand out.
	strongBegins, strongEnds = "\x05", "\x06"
	// tiedSpace and tiedHyphen are a space and a hyphen at which a line must not end.
	tiedSpace, tiedHyphen = "\x0e", "\x0f"
)

// signs are how the templates write the kinds, at the start of a line.
var signs = map[string]kind{"#": heading, "-": item, "|": fact}

// marked is the start of a line in a template, after actions that print nothing there.
var marked = regexp.MustCompile(`(?m)^((?:\{\{[^{}]*\}\})*)([#|-]) `)

// mark turns the signs of a template into marks, and ties words.
func mark(source string) string {
	return marked.ReplaceAllStringFunc(tie(source), func(start string) string {
		parts := marked.FindStringSubmatch(start)
		return parts[1] + string(signs[parts[2]])
	})
}

var (
	// apart are the places at which a line must not end: within a date, after a number in brackets, and in "E-Mail".
	apart = regexp.MustCompile(`\((?:\d+|\{\{\.\}\}) \p{L}+|\b\d{1,2}\.? \p{Lu}\p{L}+ \d{4}\b|\b[Ee]-[Mm]ail`)
	ties  = strings.NewReplacer(" ", tiedSpace, "-", tiedHyphen)
)

// tie keeps together what is apart, in a template or in what it prints.
func tie(words string) string {
	return apart.ReplaceAllStringFunc(words, ties.Replace)
}

// strong makes words stand out, where there is a layout.
func strong(words string) string {
	return strongBegins + words + strongEnds
}

// line is one line of a mail, without its mark.
type line struct {
	kind kind
	text string
}

// parseBlocks takes a marked text apart: into what stands between empty lines, and that into lines.
func parseBlocks(marked string) (blocks [][]line) {
	var block []line
	for written := range strings.SplitSeq(marked+"\n", "\n") {
		if written = strings.TrimSpace(written); written != "" {
			block = append(block, parseLine(written))
		} else if block != nil {
			blocks, block = append(blocks, block), nil
		}
	}
	return blocks
}

func parseLine(written string) line {
	if first := kind(written[0]); first >= heading && first <= quoted {
		return line{kind: first, text: strings.TrimSpace(written[1:])}
	}
	return line{text: written}
}

var (
	// prefixes are how a text without a layout shows what a line is.
	prefixes = map[kind]string{item: "- ", quoted: "> "}
	unmark   = strings.NewReplacer(strongBegins, "", strongEnds, "", tiedSpace, " ", tiedHyphen, "-")
)

// plain is the text of a mail without a layout.
func plain(blocks [][]line) string {
	var out strings.Builder
	out.Grow(1 << 10) // about what it will be
	for i, block := range blocks {
		if i > 0 {
			out.WriteString("\n")
		}
		for _, line := range block {
			out.WriteString(strings.TrimSpace(prefixes[line.kind] + line.text))
			out.WriteString("\n")
		}
	}
	return unmark.Replace(out.String())
}
