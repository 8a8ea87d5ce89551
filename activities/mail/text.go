package mail

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
)

//go:embed templates
var templates embed.FS

// shared is the name of the file with the parts that all other templates of a language use.
const shared = "shared.tmpl"

// texts has the parsed templates by language and file name without its extension: "de/opened".
type texts map[string]*template.Template

// text is the content of a mail.
type text struct {
	language, subject string
	// body is plain text, html the same words with a layout.
	body, html string
}

func loadTexts() (texts, error) {
	loaded := texts{}
	for _, in := range language.All {
		if err := loaded.load(in); err != nil {
			return nil, fmt.Errorf("read the mail templates: %w", err)
		}
	}
	return loaded, nil
}

func (t texts) load(in language.Language) error {
	folder := path.Join("templates", in.Name())
	helpers := template.FuncMap{
		"line": oneLine, "quote": quote, "words": words, "strong": strong,
		"reason": func(reason string) string { return oneLine(in.Reason(dispute.Reason(reason))) },
		"kind":   func(kind string) string { return oneLine(in.Kind(kind)) },
	}
	base := template.New(shared).Funcs(helpers)
	if err := add(base, path.Join(folder, shared)); err != nil {
		return err
	}
	files, err := templates.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		parsed, err := base.Clone()
		if err != nil {
			return err
		}
		parsed = parsed.New(file.Name())
		if err := add(parsed, path.Join(folder, file.Name())); err != nil {
			return err
		}
		t[in.Name()+"/"+strings.TrimSuffix(file.Name(), ".tmpl")] = parsed
	}
	return nil
}

// add parses a file into a template.
func add(to *template.Template, file string) error {
	source, err := templates.ReadFile(file)
	if err == nil {
		_, err = to.Parse(mark(string(source)))
	}
	return err
}

// find returns the template for this recipient, else the one for all recipients. A copy has that of its original.
func (t texts) find(in language.Language, key dispute.NoticeKey) (*template.Template, error) {
	occasion := key.Occasion.Original()
	for _, name := range []string{fmt.Sprintf("%s/%s-%s", in.Name(), occasion, key.Recipient), fmt.Sprintf("%s/%s", in.Name(), occasion)} {
		if found, ok := t[name]; ok {
			return found, nil
		}
	}
	return nil, fmt.Errorf("no mail template for %s to the %s in %q", key.Occasion, key.Recipient, in.Name())
}

// render writes the mail for a notice in the reader's language. The desk reads English. An error is a fault in the
// templates, never a refusal.
func (t texts) render(notice dispute.Notice, from sender) (text, error) {
	in := language.For(notice.To.Locale)
	if notice.Key.Recipient == dispute.PartyDesk {
		in = language.English
	}
	found, err := t.find(in, notice.Key)
	if err != nil {
		return text{}, err
	}
	link, err := from.portal.link(notice)
	if err != nil {
		return text{}, err
	}
	return write(found, newPage(notice, in, from, link), in, from)
}

// write fills in a template.
func write(found *template.Template, p page, in language.Language, from sender) (written text, err error) {
	var out strings.Builder
	out.Grow(1 << 10) // about its final size
	if err := found.Execute(&out, p); err != nil {
		return text{}, fmt.Errorf("write the mail: %w", err)
	}
	head, body, _ := strings.Cut(out.String(), "\n\n")
	written = text{language: in.Name(), subject: oneLine(unmark.Replace(strings.TrimPrefix(head, "Subject: ")))}
	blocks := parseBlocks(body)
	written.body = plainText(slices.Concat(blocks, from.imprint))
	if written.html, err = layOut(written, blocks, from.imprint); err != nil {
		return text{}, fmt.Errorf("lay out the mail: %w", err)
	}
	return written, nil
}
