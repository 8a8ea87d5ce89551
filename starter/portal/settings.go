package portal

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/streitfall/streitfall/starter/portal/pages"
)

// settings shows the settings of a merchant.
func (p *Portal) settings(q *request) error {
	return p.renderSettings(q, http.StatusOK, pages.SettingsInput{})
}

func (p *Portal) renderSettings(q *request, status int, in pages.SettingsInput) error {
	if q.who.Dispute != "" {
		return errNotFound
	}
	in.Merchant, in.NewID = q.merchant, uuid.NewString
	return p.render(q, status, func(v pages.Viewer) pages.Page { return pages.Settings(v, in) })
}

func (p *Portal) changeSettings(q *request) error { return errNotFound }
