package mail

import (
	"regexp"
	"strings"
)

// kind is the kind of a line. While a mail is written, it is a control character at the start of the line. Names and
// statements have no control characters (oneLine), so they cannot pass for our headings.
type kind rune

const (
	plainLine kind = 0
	heading   kind = '\x01'
	item      kind = '\x02'
	fact      kind = '\x03'
	quoted    kind = '\x04'
	command   kind = '\x05'
	button    kind = '\x08'
)

// Marks within a line, also control characters.
const (
	// strongBegins and strongEnds enclose emphasised words.
	strongBegins, strongEnds = "\x06", "\x07"
	// tiedSpace and tiedHyphen are a space and a hyphen at which a line must not break.
	tiedSpace, tiedHyphen = "\x0e", "\x0f"
)

// signs are the kinds as templates write them, at the start of a line.
var signs = map[string]kind{"#": heading, "-": item, "|": fact, "$": command, "@": button}

// marked matches the start of a line in a template: a sign, perhaps after actions.
var marked = regexp.MustCompile(`(?m)^((?:\{\{[^{}]*\}\})*)([#|$@-]) `)

// mark replaces the signs of a template by marks, and ties words.
func mark(source string) string {
	return marked.ReplaceAllStringFunc(tie(source), func(start string) string {
		parts := marked.FindStringSubmatch(start)
		return parts[1] + string(signs[parts[2]])
	})
}

var (
	// unbreakable matches words between which a line must not break: dates, "(21 days", "E-Mail".
	unbreakable = regexp.MustCompile(`\((?:\d+|\{\{\.\}\}) \p{L}+|\b\d{1,2}\.? \p{Lu}\p{L}+ \d{4}\b|\b[Ee]-[Mm]ail`)
	ties        = strings.NewReplacer(" ", tiedSpace, "-", tiedHyphen)
)

// tie replaces the spaces and hyphens at which a line must not break.
func tie(words string) string {
	return unbreakable.ReplaceAllStringFunc(words, ties.Replace)
}

// strong emphasises words in the HTML of a mail.
func strong(words string) string {
	return strongBegins + words + strongEnds
}

// line is one line of a mail, without its mark.
type line struct {
	kind kind
	text string
}

// parseBlocks splits a marked text at its empty lines into blocks of lines.
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
	switch first := kind(written[0]); first {
	case heading, item, fact, quoted, command, button:
		return line{kind: first, text: strings.TrimSpace(written[1:])}
	case plainLine:
	}
	return line{text: written}
}

var (
	// prefixes show the kind of a line in plain text.
	prefixes = map[kind]string{item: "- ", quoted: "> ", command: "    "}
	unmark   = strings.NewReplacer(strongBegins, "", strongEnds, "", tiedSpace, " ", tiedHyphen, "-")
)

// plainText writes the blocks as plain text.
func plainText(blocks [][]line) string {
	var out strings.Builder
	out.Grow(1 << 10) // about its final size
	for i, block := range blocks {
		if i > 0 {
			out.WriteString("\n")
		}
		for _, line := range block {
			if line.kind == button { // the address has a line of its own, so that mail programs find all of it
				line.text = strings.Replace(line.text, ": ", ":\n", 1)
			}
			out.WriteString(strings.TrimRight(prefixes[line.kind]+line.text, " "))
			out.WriteString("\n")
		}
	}
	return unmark.Replace(out.String())
}
