package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
)

// Viewer is whom a page is for.
type Viewer struct {
	Language language.Language
	// Locale formats amounts; by default that of the language.
	Locale string
	// Party is merchant, customer, desk or operator, and empty for nobody who is signed in. Name is shown beside the way out.
	Party dispute.Party
	Name  string
	// Provider is who decides disputes. Default "Klarna".
	Provider string
	Now      time.Time
	// Path is the path and query of this page, for the link to the other language; empty for a page that answers a form.
	Path string
	// Done is the act that has just taken effect, and empty for none: the page begins with a sentence about it.
	Done Act
}

// Page is a page that Render can write.
type Page interface {
	// template names the page's template.
	template() string
	// title is the page's heading, and what the browser's tab says.
	title(t teller) string
}

//go:embed templates
var templateFiles embed.FS

// site has what all pages are made of.
var site = loadSite()

type pageSet struct {
	texts map[string]sentences
	// templates are those of the pages, by language and name: "de/list".
	templates map[string]*template.Template
	err       error
}

// Check returns an error if the pages cannot be written at all: the fault is in the build.
func Check() error { return site.err }

func loadSite() (loaded pageSet) {
	loaded.templates = map[string]*template.Template{}
	if loaded.texts, loaded.err = loadSentences(); loaded.err != nil {
		return loaded
	}
	for _, l := range language.All {
		if loaded.err = loaded.load(l); loaded.err != nil {
			return loaded
		}
	}
	return loaded
}

const layoutFiles = "templates/layout/*.html"

func (s *pageSet) load(l language.Language) error {
	base, err := template.New("").Funcs(template.FuncMap{"say": s.texts[l.Name()].say}).ParseFS(templateFiles, layoutFiles)
	if err != nil {
		return err
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		parsed, err := base.Clone()
		if err == nil {
			parsed, err = parsed.ParseFS(templateFiles, name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.templates[l.Name()+"/"+strings.TrimSuffix(path.Base(name), ".html")] = parsed
	}
	return nil
}

// frame is what the templates get.
type frame struct {
	teller
	Page Page
}

// Render writes a page. It writes nothing if it fails.
func Render(w io.Writer, v Viewer, p Page) error {
	if site.err != nil {
		return site.err
	}
	found, known := site.templates[v.Language.Name()+"/"+p.template()]
	if !known {
		return fmt.Errorf("no template %s in %q", p.template(), v.Language.Name())
	}
	var out bytes.Buffer
	if err := found.ExecuteTemplate(&out, "layout", frame{teller: newTeller(v), Page: p}); err != nil {
		return fmt.Errorf("write page %s: %w", p.template(), err)
	}
	_, err := out.WriteTo(w)
	return err
}

// Title is the page's title, with a mark if a form on it was refused.
func (f frame) Title() string {
	title := f.Page.title(f.teller)
	if form, has := f.Page.(formPage); has && len(form.filledForm().Problems) > 0 {
		return f.say("app.error-title", "title", title)
	}
	return title
}

// Heading is the page's heading.
func (f frame) Heading() string { return f.Page.title(f.teller) }

// Done says what the last act did.
func (f frame) DoneText() string {
	if f.Done == "" {
		return ""
	}
	return f.perhaps("done." + string(f.Done))
}

// Say returns a text that may name the provider.
func (f frame) Say(key string, args ...any) string { return f.say(key, args...) }

// Nav are the sections that the viewer has.
func (f frame) Nav() []Link {
	of := map[dispute.Party][]Link{
		dispute.PartyMerchant: {{Href: PathList, Text: f.say("nav.list")}, {Href: PathSettings, Text: f.say("nav.settings")}},
		dispute.PartyDesk:     {{Href: PathQueue, Text: f.say("nav.queue")}},
		dispute.PartyOperator: {{Href: PathAttention, Text: f.say("nav.attention")}},
	}[f.Party]
	for i := range of {
		of[i].Here = f.Path == of[i].Href || strings.HasPrefix(f.Path, of[i].Href+"?")
	}
	return of
}

// OtherLanguage is the link to this page in the other language; nil where the page has no address.
func (f frame) OtherLanguage() *Link {
	address, err := url.Parse(f.Path)
	if f.Path == "" || err != nil {
		return nil
	}
	other := language.English
	if f.Language.Name() == other.Name() {
		other = language.German
	}
	query := address.Query()
	query.Set(FieldLanguage, other.Name())
	address.RawQuery = query.Encode()
	return &Link{Href: address.String(), Text: f.say("app.other-language"), Language: other.Name()}
}

// Link is a link, or a link that looks like a button.
type Link struct {
	Href, Text string
	// Hint is beside the link, Language the language of the page behind it.
	Hint, Language string
	// Here marks the page that is shown, Main the first of several.
	Here, Main bool
	Count      int
	// More means that there are more than Count.
	More bool
}
