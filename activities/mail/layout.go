package mail

import (
	"html/template"
	"regexp"
	"strings"
)

// layouts are the HTML around the words: of a mail, and of the preview's index.
var layouts = template.Must(template.ParseFS(templates, "templates/*.html"))

// layout is what mail.html prints.
type layout struct {
	Language, Subject string
	// Salutation comes first, then Lead: what to do, and until when. Greeting comes last, then the small print.
	Salutation, Lead, Parts, Greeting, Note []part
}

// part is a run of lines of one kind.
type part struct {
	Kind string
	Rows []row
}

// row is one line. A fact has its name apart from the words.
type row struct {
	Name  string
	Words []span
}

// span is a run of words that look the same.
type span struct {
	Text   string
	Strong bool
}

var kinds = map[kind]string{plainLine: "text", heading: "heading", item: "list", fact: "facts", quoted: "quote"}

// apart are places at which a line must not end: within a date, after a number in brackets, and in "E-Mail".
var apart = regexp.MustCompile(`\(\d+ \p{L}+|\b\d{1,2}\.? \p{Lu}\p{L}+ \d{4}\b|\b[Ee]-[Mm]ail`)

// glue joins words at which a line must not end.
var glue = strings.NewReplacer(" ", "\u00a0", "-", "\u2011")

// together keeps apart together.
func together(words string) string {
	if !strings.ContainsAny(words, "0123456789-") {
		return words
	}
	return apart.ReplaceAllStringFunc(words, glue.Replace)
}

// layOut puts HTML around a mail. All templates begin with salutation and lead and end with greeting
// and small print.
func layOut(written text, blocks [][]line) (string, error) {
	page := layout{Language: written.language, Subject: written.subject}
	for i, block := range blocks {
		switch i {
		case 0:
			page.Salutation = parts(block)
		case 1:
			page.Lead = parts(block)
		case len(blocks) - 2:
			page.Greeting = parts(block)
		case len(blocks) - 1:
			page.Note = parts(block)
		default:
			page.Parts = append(page.Parts, parts(block)...)
		}
	}
	var out strings.Builder
	err := layouts.ExecuteTemplate(&out, "mail.html", page)
	return out.String(), err
}

// parts joins neighbouring lines of a block that are of one kind.
func parts(block []line) (joined []part) {
	for i, line := range block {
		if i == 0 || line.kind != block[i-1].kind {
			joined = append(joined, part{Kind: kinds[line.kind]})
		}
		last := &joined[len(joined)-1]
		last.Rows = append(last.Rows, newRow(line))
	}
	return joined
}

func newRow(l line) row {
	if l.kind == fact {
		if name, value, ok := strings.Cut(l.text, ": "); ok {
			return row{Name: name, Words: spans(value)}
		}
	}
	return row{Words: spans(l.text)}
}

// spans takes apart what stands out and what does not.
func spans(words string) (found []span) {
	for words != "" {
		before, rest, strong := strings.Cut(words, strongBegins)
		if before != "" {
			found = append(found, span{Text: together(before)})
		}
		if !strong {
			break
		}
		var inside string
		inside, words, _ = strings.Cut(rest, strongEnds)
		found = append(found, span{Text: together(inside), Strong: true})
	}
	return found
}
