package portal

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/streitfall/streitfall/activities/ledger"
	webhooks "github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/starter/portal/api"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// Disputes are the disputes in Temporal: a workflows.Client.
type Disputes = api.Disputes

// Unseal decrypts the content of an archived case: encryption.Keys.Open.
type Unseal func(keyID string, content []byte, disputeID string) ([]byte, error)

// Parts are what a portal is made of.
type Parts struct {
	Config   Config
	Ledger   *ledger.Ledger
	Disputes Disputes
	Files    *files.Files
	// Mails reach merchants about their access, and Webhooks test their endpoints.
	Mails    Mails
	Webhooks *webhooks.Webhooks
	// Attention lists the disputes that need an operator. It asks Temporal.
	Attention func(context.Context) ([]pages.AttentionRow, error)
	// Temporal returns why Temporal does not answer; nil while it does.
	Temporal func(context.Context) error
	// Namespace is that of the disputes in Temporal, for links to its Web UI.
	Namespace string
	Unseal    Unseal
	Log       *slog.Logger
}

// Portal answers the requests of the web application.
type Portal struct {
	Parts
	sessions *scs.SessionManager
	limits   limits
	metrics  metrics
	provider provider
	// answerTimeout is how long a page waits for Temporal.
	answerTimeout time.Duration
	// handlerTimeout is how long a page may take.
	handlerTimeout time.Duration
	// exportPage is how many disputes an export reads at once; exporting are the sessions that have one.
	exportPage int
	exporting  sync.Map
	// sending are the mails on their way.
	sending sync.WaitGroup
	pages   http.Handler
	api     *api.API
}

// lifetime is how long somebody stays signed in. The link in the mail signs in again.
const lifetime = 12 * time.Hour

// New returns a portal.
func New(parts Parts) (*Portal, error) {
	if parts.Ledger == nil || parts.Disputes == nil || parts.Files == nil || parts.Mails == nil || parts.Webhooks == nil || parts.Attention == nil || parts.Temporal == nil || parts.Unseal == nil || parts.Log == nil {
		return nil, errors.New("a part of the portal is missing")
	}
	if err := pages.Check(); err != nil {
		return nil, err
	}
	p := &Portal{Parts: parts, sessions: scs.New(), limits: newLimits(), metrics: newMetrics(), answerTimeout: answerTimeout, exportPage: exportPage}
	p.handlerTimeout = handlerTimeout
	p.provider.timeout = providerTimeout
	p.sessions.Store = parts.Ledger.Sessions()
	p.sessions.HashTokenInStore = true
	p.sessions.Lifetime = lifetime
	p.sessions.Cookie.Name = "__Host-session"
	p.sessions.Cookie.Secure = true
	p.sessions.Cookie.SameSite = http.SameSiteLaxMode
	p.sessions.ErrorFunc = p.sessionFailed
	p.pages = p.guard(p.routes())
	var err error
	p.api, err = p.newAPI()
	return p, err
}

// unavailable is what somebody sees if a page cannot be written.
const unavailable = "The portal is not available at the moment. Nothing is lost; please try again in a minute."

// ServeHTTP implements http.Handler. The API comes before all that is for browsers.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == api.Prefix || strings.HasPrefix(r.URL.Path, api.Prefix+"/") {
		p.api.ServeHTTP(w, r)
		return
	}
	timeout := p.handlerTimeout
	if r.URL.Path == pages.PathCSV {
		timeout = exportTimeout
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	p.pages.ServeHTTP(w, r.WithContext(ctx))
}
