package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// pageSize is how many disputes a page lists.
const pageSize = 50

// list shows the disputes of a merchant: those of a tab, or what a search has found in all tabs.
func (p *Portal) list(q *request) error {
	in := pages.ListInput{Tab: tabOf(q), Search: searchOf(q)}
	var err error
	if in.Counts, err = p.Ledger.CountCasesUpTo(q.Context(), ledger.CaseFilter{MerchantID: q.who.Merchant}, pages.MaxCount+1); err != nil {
		return err
	}
	after, err := placeIn(q)
	if err != nil {
		return errNotFound
	}
	cases, err := p.selected(q.Context(), q.who.Merchant, in, after, pageSize+1)
	if err != nil {
		return err
	}
	if len(cases) > pageSize {
		cases = cases[:pageSize]
		in.Next = pathOfList(in, place(in, cases[pageSize-1]))
	}
	if after != (ledger.CaseKey{}) {
		in.First = pathOfList(in, ledger.CaseKey{})
	}
	in.Cases = cases
	return p.render(q, http.StatusOK, func(v pages.Viewer) pages.Page { return pages.MerchantList(v, in) })
}

// selected lists the disputes of a merchant in a tab, or what is searched: the nearest deadline first, and of those that are closed
// the last one.
func (p *Portal) selected(ctx context.Context, merchant string, in pages.ListInput, after ledger.CaseKey, limit int) ([]ledger.CaseSummary, error) {
	filter := ledger.CaseFilter{MerchantID: merchant}
	switch {
	case in.Search != "":
		filter.Search = in.Search
	case in.Tab == pages.TabClosed:
		return p.Ledger.ClosedCases(ctx, merchant, ledger.ClosedKey{ClosedAt: after.Deadline, DisputeID: after.DisputeID}, limit)
	default:
		filter.Groups = in.Tab.Groups()
	}
	return p.Ledger.Cases(ctx, filter, after, limit)
}

// place returns the place of a dispute in the list that selected makes.
func place(in pages.ListInput, c ledger.CaseSummary) ledger.CaseKey {
	if in.Search == "" && in.Tab == pages.TabClosed {
		return ledger.CaseKey{Deadline: c.UpdatedAt, DisputeID: c.DisputeID}
	}
	return c.Key()
}

func tabOf(q *request) pages.Tab {
	tab := pages.Tab(q.URL.Query().Get(pages.FieldTab))
	if !slices.Contains(pages.Tabs, tab) {
		return pages.TabAct
	}
	return tab
}

func searchOf(q *request) string {
	printed := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) { // PostgreSQL takes no NUL, and no id has any
			return -1
		}
		return r
	}, q.URL.Query().Get(pages.FieldSearch))
	return strings.ToValidUTF8(strings.TrimSpace(printed), "")
}

func pathOfList(in pages.ListInput, after ledger.CaseKey) string {
	query := url.Values{}
	if in.Search != "" {
		query.Set(pages.FieldSearch, in.Search)
	} else {
		query.Set(pages.FieldTab, string(in.Tab))
	}
	if after != (ledger.CaseKey{}) {
		query.Set(pages.FieldAfter, after.String())
	}
	return pages.PathList + "?" + query.Encode()
}

// placeIn reads the place of a list after which a request continues; the beginning without one.
func placeIn(q *request) (ledger.CaseKey, error) {
	text := q.URL.Query().Get(pages.FieldAfter)
	if text == "" {
		return ledger.CaseKey{}, nil
	}
	return ledger.ParseCaseKey(text)
}
