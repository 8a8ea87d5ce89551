package mail

import (
	"html/template"
	"regexp"
	"strings"
)

// layouts has the HTML of a mail and of the preview's index.
var layouts = template.Must(template.ParseFS(templates, "templates/*.html"))

// layout is the data of mail.html.
type layout struct {
	Language, Subject string
	// Salutation comes first, then Lead: what to do, and until when. Greeting, the small print and the imprint come last.
	Salutation, Lead, Parts, Greeting, Note, Imprint []part
}

// part is a run of lines of one kind: all but one of its fields are empty.
type part struct {
	Text, Headings, List, Facts, Quote, Commands, Buttons []row
}

// rows returns the field for a kind.
func (p *part) rows(of kind) *[]row {
	switch of {
	case heading:
		return &p.Headings
	case item:
		return &p.List
	case fact:
		return &p.Facts
	case quoted:
		return &p.Quote
	case command:
		return &p.Commands
	case button:
		return &p.Buttons
	case plainLine:
	}
	return &p.Text
}

// row is one line. A fact has a name beside its words, a button the address that it opens.
type row struct {
	Name, Words template.HTML
	URL         string
}

// layOut renders a mail as HTML. All templates begin with salutation and lead and end with greeting and small print.
func layOut(written text, blocks, imprint [][]line) (string, error) {
	page := layout{Language: written.language, Subject: written.subject}
	for _, block := range imprint {
		page.Imprint = append(page.Imprint, parts(block)...)
	}
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
	out.Grow(6 << 10) // about its final size
	err := layouts.ExecuteTemplate(&out, "mail.html", page)
	return out.String(), err
}

// parts joins neighbouring lines of the same kind.
func parts(block []line) (joined []part) {
	for i, line := range block {
		if i == 0 || line.kind != block[i-1].kind {
			joined = append(joined, part{})
		}
		rows := joined[len(joined)-1].rows(line.kind)
		*rows = append(*rows, newRow(line))
	}
	return joined
}

func newRow(l line) row {
	if l.kind == fact {
		if name, value, ok := strings.Cut(l.text, ": "); ok {
			return row{Name: inHTML(name), Words: inHTML(value)}
		}
	}
	if l.kind == button {
		name, url, _ := strings.Cut(l.text, ": ")
		return row{Words: inHTML(name), URL: url}
	}
	words := inHTML(l.text)
	if l.kind == command {
		words = template.HTML(option.ReplaceAllString(string(words), `<span style="white-space:nowrap">$0</span>`)) //nolint:gosec // escaped by inHTML
	}
	return row{Words: words}
}

// option matches an option of a command, within which a line must not break. A non-breaking hyphen would be copied along.
var option = regexp.MustCompile(`--[a-z-]+`)

// tags replaces the marks within a line by HTML.
var tags = strings.NewReplacer(strongBegins, "<strong>", strongEnds, "</strong>", tiedSpace, "\u00a0", tiedHyphen, "\u2011")

// inHTML escapes words. Nothing but our own marks becomes a tag.
func inHTML(words string) template.HTML {
	return template.HTML(tags.Replace(template.HTMLEscapeString(words))) //nolint:gosec // see above
}
