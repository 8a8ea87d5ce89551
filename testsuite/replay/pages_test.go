package replay_test

import (
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

var casePages = map[dispute.Party]func(dispute.Case, pages.Viewer, pages.CaseContext) pages.Page{
	dispute.PartyMerchant: pages.MerchantCase, dispute.PartyCustomer: pages.CustomerCase, dispute.PartyDesk: pages.DeskCase, dispute.PartyOperator: pages.OperatorCase,
}

// ourWord is the name of a rule of the arbiter's, and a word of the pages' own.
const ourWord = "stated"

// TestNoPageLeaks: over every recorded history, no page of the portal shows an audience what is the other party's, the desk's
// or an operator's. Every page is written, in both languages.
func TestNoPageLeaks(t *testing.T) {
	t.Parallel()
	hidden := 0
	for version := range recorded {
		for _, name := range kept(t, version) {
			_, history := read(t, filepath.Join(histories, version, name+suffix))
			var run asking
			require.NoError(t, replay(t, history, &run))
			full, err := run.ask()
			require.NoError(t, err)
			for audience, page := range casePages {
				for _, l := range language.All {
					v := pages.Viewer{Language: l, Party: audience, Now: time.Now()}
					context := pages.CaseContext{FileURL: func(f dispute.File) string { return f.Location }}
					var out strings.Builder
					require.NoError(t, pages.Render(&out, v, page(full, v, context)), name)
					if audience == dispute.PartyOperator { // sees all
						continue
					}
					for _, secret := range secrets(full, audience) {
						if secret == "" || secret == ourWord {
							continue
						}
						require.False(t, shows(out.String(), secret), "%s: the %s sees %s", name, audience, secret)
						hidden++
					}
				}
			}
		}
	}
	require.Greater(t, hidden, 500, "there was something to hide")
}

// shows reports whether a page has a text that is not part of longer words.
func shows(page, text string) bool {
	const noWord = `(^|[^\w.-])`
	return regexp.MustCompile(noWord + regexp.QuoteMeta(strings.TrimSpace(text)) + `($|[^\w.-])`).MatchString(html.UnescapeString(page))
}
