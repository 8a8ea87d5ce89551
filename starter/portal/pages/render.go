package pages

import (
	"io"
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
}

// Render writes a page.
func Render(w io.Writer, v Viewer, p Page) error {
	_, err := io.WriteString(w, p.template())
	return err
}
