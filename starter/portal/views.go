package portal

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// render writes a page for who asks for it.
func (p *Portal) render(q *request, status int, page func(pages.Viewer) pages.Page) error {
	v := p.viewer(q)
	var out bytes.Buffer
	if err := pages.Render(&out, v, page(v)); err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.WriteHeader(status)
	_, _ = q.w.Write(out.Bytes()) // a reader that has gone learns nothing
	return nil
}

// only returns a page that is the same for every viewer.
func only(page pages.Page) func(pages.Viewer) pages.Page {
	return func(pages.Viewer) pages.Page { return page }
}

// languageCookie has the language that somebody has chosen.
const languageCookie = "__Host-language"

// viewer describes who sees the page of a request.
func (p *Portal) viewer(q *request) pages.Viewer {
	v := pages.Viewer{
		Party: q.who.Party, Name: cmp.Or(q.merchant.Name, q.who.Login, q.complainant.Name), Locale: cmp.Or(q.merchant.Locale, q.complainant.Locale),
		Provider: p.Config.Provider, Now: time.Now(), Path: q.pathOfPage(), Done: q.done(),
	}
	chosen := q.URL.Query().Get(pages.FieldLanguage)
	if cookie, err := q.Cookie(languageCookie); chosen == "" && err == nil {
		chosen = cookie.Value
	}
	if chosen != "" {
		http.SetCookie(q.w, &http.Cookie{
			Name: languageCookie, Value: language.For(chosen).Name(), Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	accepted, _, _ := strings.Cut(q.Header.Get("Accept-Language"), ",")
	accepted, _, _ = strings.Cut(accepted, ";")
	v.Language = language.For(cmp.Or(chosen, v.Locale, accepted))
	return v
}

// showCase shows a case.
func (p *Portal) showCase(q *request, c Case) error {
	return p.renderCase(q, http.StatusOK, c, pages.Filled{})
}

// renderCase shows a case to its audience, with a form that was not taken.
func (p *Portal) renderCase(q *request, status int, c Case, filled pages.Filled) error {
	switch c.source {
	case erased:
		return p.render(q, status, only(pages.Erased{DisputeID: c.id, At: c.erasedAt, Case: c.row, Filled: filled}))
	case fromNowhere:
		name, err := p.merchantName(q, c.row.MerchantID)
		if err != nil {
			return err
		}
		return p.render(q, status, func(v pages.Viewer) pages.Page {
			return pages.Unavailable(c.row, v, pages.CaseContext{Merchant: name, Filled: filled})
		})
	case fromTemporal, fromArchive:
	}
	x, err := p.caseContext(q, c, filled)
	if err != nil {
		return err
	}
	return p.render(q, status, func(v pages.Viewer) pages.Page {
		switch c.who.Party { //nolint:exhaustive // nobody else sees a case
		case dispute.PartyMerchant:
			return pages.MerchantCase(c.seen, v, x)
		case dispute.PartyCustomer:
			return pages.CustomerCase(c.seen, v, x)
		case dispute.PartyDesk:
			return pages.DeskCase(c.seen, v, x)
		default:
			return pages.OperatorCase(c.seen, v, x)
		}
	})
}

// confirm asks to confirm what cannot be undone, again if the box was not ticked.
func (p *Portal) confirm(q *request, c Case, filled pages.Filled) error {
	x, err := p.caseContext(q, c, filled)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(filled.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.render(q, status, func(v pages.Viewer) pages.Page { return pages.Confirm(c.seen, v, x) })
}

func (p *Portal) caseContext(q *request, c Case, filled pages.Filled) (pages.CaseContext, error) {
	x := pages.CaseContext{NewID: uuid.NewString, Turn: c.row.Turn, Filled: filled, FileURL: c.fileURL}
	for _, draft := range c.drafts() {
		x.Drafts = append(x.Drafts, pages.Draft{ID: strconv.FormatInt(draft.ID, 10), Name: draft.Name, Kind: draft.Kind, Size: draft.Size})
	}
	if c.who.Party == dispute.PartyCustomer {
		q.complainant = c.seen.Dispute.Complainant
	}
	if c.who.Party == dispute.PartyOperator {
		x.WebUI = p.webUI(c.id)
	}
	var err error
	x.Merchant, err = p.merchantName(q, c.seen.Dispute.MerchantID)
	return x, err
}

// merchantName returns the name of a case's merchant; empty for a merchant that the ledger does not have.
func (p *Portal) merchantName(q *request, id string) (string, error) {
	if q.merchant.Name != "" {
		return q.merchant.Name, nil
	}
	found, err := p.Ledger.Merchant(q.Context(), id)
	if err != nil && dispute.CodeOf(err) == "" {
		return "", err
	}
	return found.Name, nil
}

// fail answers a request that failed.
func (p *Portal) fail(q *request, err error) {
	status, page := http.StatusServiceUnavailable, pages.Page(pages.Failed{})
	switch {
	case q.gone():
		return
	case errors.Is(err, errNotFound):
		status, page = http.StatusNotFound, pages.NotFound{}
	case errors.Is(err, errDeadLink):
		status, page = http.StatusNotFound, pages.LinkExpired{}
	case errors.Is(err, errSignedOut):
		status, page = http.StatusUnauthorized, p.signInView(q, q.keep())
	case errors.Is(err, errTooMany):
		status, page = http.StatusTooManyRequests, pages.Refused{Kind: pages.ProblemTooMany}
	case errors.Is(err, errTooLarge):
		status, page = http.StatusRequestEntityTooLarge, pages.Refused{Kind: pages.ProblemTooLong, Limit: strconv.Itoa(dispute.MaxText)}
	case errors.Is(err, errFileTooLarge):
		status, page = http.StatusRequestEntityTooLarge, pages.Refused{Kind: pages.ProblemFileLarge, Limit: uploadLimits[files.ReasonTooLarge]}
	case errors.Is(err, errBadForm):
		status, page = http.StatusBadRequest, pages.Refused{Kind: pages.ProblemChoice}
	case errors.Is(err, errUnchecked):
		page = pages.Refused{Kind: pages.ProblemAway}
	default:
		p.Log.ErrorContext(q.Context(), "a request has failed", "route", q.Pattern, "dispute", q.disputeID, "error", err)
	}
	if err := p.render(q, status, only(page)); err != nil {
		p.Log.ErrorContext(q.Context(), "a page cannot be rendered", "route", q.Pattern, "error", err)
		http.Error(q.w, unavailable, http.StatusInternalServerError)
	}
}
