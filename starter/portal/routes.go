package portal

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// route is a row of the table of routes.
type route struct {
	method, path string
	// who may ask for it; empty for everybody, also who is not signed in.
	who    []dispute.Party
	handle func(*Portal, *request) error
}

// The audiences of routes and acts.
var (
	anybody  []dispute.Party
	merchant = []dispute.Party{dispute.PartyMerchant}
	customer = []dispute.Party{dispute.PartyCustomer}
	parties  = []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} // who write to each other
	desk     = []dispute.Party{dispute.PartyDesk}
	operator = []dispute.Party{dispute.PartyOperator}
	signedIn = []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator}
)

// routes is the table of all that the portal answers but its static files and health.
var routes = []route{
	{http.MethodGet, "/{$}", anybody, (*Portal).home},
	{http.MethodGet, pages.PathSignIn, anybody, (*Portal).signInPage},
	{http.MethodGet, pages.PathLink, anybody, (*Portal).linkPage},
	{http.MethodPost, pages.PathLink, anybody, (*Portal).useLink},
	{http.MethodPost, pages.PathSignIn, anybody, (*Portal).sendLink},
	{http.MethodGet, pages.PathDesk, anybody, (*Portal).deskSignIn},
	{http.MethodGet, pathDeskReturn, anybody, (*Portal).deskReturn},
	{http.MethodPost, pages.PathSignOut, anybody, (*Portal).signOut},

	{http.MethodGet, pages.PathList, merchant, ofAccount((*Portal).list)},
	{http.MethodGet, pages.PathCSV, merchant, ofAccount((*Portal).csv)},
	{http.MethodGet, pages.PathSettings, merchant, ofAccount((*Portal).settings)},
	{http.MethodPost, pages.PathSettings + "/{act}", merchant, ofAccount((*Portal).changeSettings)},
	{http.MethodGet, pages.PathQueue, desk, (*Portal).queue},
	{http.MethodGet, pages.PathAttention, operator, (*Portal).attention},

	{http.MethodGet, pages.PathCase, signedIn, ofCase((*Portal).showCase)},
	{http.MethodGet, pages.PathFile, signedIn, ofCase((*Portal).download)},
	{http.MethodGet, pages.PathAct, signedIn, ofCase((*Portal).showAct)},
	{http.MethodPost, pages.PathAct, signedIn, ofCase((*Portal).act)},
}

// routes returns the handler of the table, of what pages refer to, and of health.
func (p *Portal) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.Handle(r.method+" "+r.path, p.sessions.LoadAndSave(p.answers(r)))
	}
	mux.Handle("/", p.sessions.LoadAndSave(p.answers(route{handle: func(*Portal, *request) error { return errNotFound }})))
	for _, asset := range pages.Assets() {
		mux.Handle("GET "+asset.Path, static(asset))
	}
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", p.ready)
	return mux
}

// answers returns the handler of a route: for those who may ask for it, else the page to sign in, or not found.
func (p *Portal) answers(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		in.Body = http.MaxBytesReader(w, in.Body, r.bodyLimit(in))
		q := &request{Request: in, w: &answer{ResponseWriter: w}, route: r}
		err := p.serve(q)
		cut := errors.Is(err, errCut)
		switch {
		case cut:
			p.Log.ErrorContext(q.Context(), "an export was cut", "error", err) //nolint:contextcheck // the request has it
		case err != nil:
			p.fail(q, err) //nolint:contextcheck // the request has it
		}
		if in.MultipartForm != nil {
			_ = in.MultipartForm.RemoveAll() // the system removes what is left
		}
		p.observe(q) //nolint:contextcheck // the request has it
		if cut {
			panic(http.ErrAbortHandler) //nolint:forbidigo // nothing else aborts a connection of every kind
		}
	})
}

func (p *Portal) serve(q *request) (err error) {
	q.began = time.Now()
	if q.who, q.merchant, err = p.identity(q.Request); err != nil {
		return err
	}
	switch {
	case !p.limits.allow(q.who, addressOfPeer(q.Request)):
		return errTooMany
	case len(q.route.who) > 0 && q.who.Party == "":
		return errSignedOut
	case len(q.route.who) > 0 && !slices.Contains(q.route.who, q.who.Party):
		return errNotFound
	default:
		return q.route.handle(p, q)
	}
}

// ofAccount returns a handler for a merchant that has signed in to all its disputes. Who has come by a mail about one of them
// is led to the page where a link to all can be asked for, which goes to the merchant's address.
func ofAccount(handle func(*Portal, *request) error) func(*Portal, *request) error {
	return func(p *Portal, q *request) error {
		switch {
		case !q.ofOneDispute():
			return handle(p, q)
		case q.Method == http.MethodGet:
			return q.redirect(pages.PathSignIn)
		default:
			return errSignedOut // which keeps what was entered
		}
	}
}

// ofCase returns a handler that gets the case of the path's id as the session may see it. It is the only way to a case. A session
// of an address that was corrected ends: without Temporal, nobody could say any more that it is one.
func ofCase(handle func(*Portal, *request, Case) error) func(*Portal, *request) error {
	return func(p *Portal, q *request) error {
		q.disputeID = q.PathValue("id")
		c, err := p.open(q.Context(), q.who, q.disputeID)
		if errors.Is(err, errMoved) {
			err = errors.Join(err, p.sessions.Destroy(q.Context()))
		}
		if err != nil {
			return err
		}
		return handle(p, q, c)
	}
}

// static serves what pages refer to. Its path has the hash of its content.
func static(asset pages.Asset) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", asset.Type)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(asset.Content))
	})
}
