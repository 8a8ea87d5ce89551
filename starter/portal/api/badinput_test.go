package api_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/workflows"
)

// TestBadInput: what cannot be a request is answered with the problem that it has, and nothing changes.
func TestBadInput(t *testing.T) {
	t.Parallel()
	all := serve(t, []string{"all accounts disputes:open read events as:operator as:merchant"})["all"]
	c := opened(t)
	before := caseOf(t, c)
	path := "/disputes/" + c.Dispute.ID + "/respond"
	hello := dispute.Response{Message: "Hello.", ReportedBy: dispute.PartyMerchant}
	for _, header := range []string{"", "Bearer", "Bearer x", "Basic " + all.secret, all.secret, "Bearer " + all.secret + "x"} {
		p := all.post(path, hello, "Authorization", header)
		require.Equal(t, `Bearer realm="streitfall"`, p.header.Get("WWW-Authenticate"))
		p.problem(http.StatusUnauthorized, "unknown_token")
	}
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json/x", "application/problem+json"} {
		all.post(path, hello, "Content-Type", media).problem(http.StatusUnsupportedMediaType, "wrong_content_type")
	}
	all.post(path, hello, "Content-Encoding", "gzip").problem(http.StatusUnsupportedMediaType, "wrong_content_type")
	all.post(path, strings.Repeat(" ", 256<<10+1)).problem(http.StatusRequestEntityTooLarge, "body_too_large")
	all.post("/import", strings.Repeat(" ", 16<<20+1)).problem(http.StatusRequestEntityTooLarge, "body_too_large")
	p := all.post(path, `{"message": "", "reportedBy": "me", "colour": "red"}`).problem(http.StatusUnprocessableEntity, "invalid_message")
	require.Equal(t, []string{"colour", "message", "reportedBy"}, []string{p.Errors[0].Path, p.Errors[1].Path, p.Errors[2].Path})
	for query, path := range map[string]string{
		"colour=red": "query.colour", "limit=0": "query.limit", "limit=1001": "query.limit", "limit=x": "query.limit", "state=LOST": "query.state",
		"waitingFor=pause": "query.waitingFor", "open=yes": "query.open", "after=x": "query.after", "dueBefore=today": "query.dueBefore",
		"order=": "query.order", "order=a&order=b": "query.order", "search=%00": "query.search",
	} {
		p := all.get("/disputes?"+query).problem(http.StatusUnprocessableEntity, "invalid_request")
		require.Equal(t, path, p.Errors[0].Path, query)
	}
	all.get("/disputes?a=%zz").problem(http.StatusUnprocessableEntity, "invalid_request")
	all.get("/events?after=-1").problem(http.StatusUnprocessableEntity, "invalid_request")
	all.get("/events?after=9007199254740991").problem(http.StatusNotFound, "unknown_event")
	all.get("/nothing").problem(http.StatusNotFound, "not_found")
	all.get("/disputes/a%2Fb").problem(http.StatusNotFound, "unknown_dispute")
	wrong := all.do(http.MethodPut, "/disputes", "{}")
	wrong.problem(http.StatusMethodNotAllowed, "method_not_allowed")
	require.Equal(t, "GET, POST", wrong.header.Get("Allow"))
	require.Equal(t, before, caseOf(t, c), "nothing has changed")
}

// TestRateLimit: a token that sends too much is asked to wait, and another one is not.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"fast accounts", "slow accounts"})
	limited := make(chan answer, 2000)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 100 {
				if got := clients["fast"].post("/merchants", "[]"); got.status == http.StatusTooManyRequests {
					limited <- got
				}
			}
		})
	}
	all.Wait()
	require.NotEmpty(t, limited)
	got := <-limited
	require.Equal(t, "1", got.header.Get("Retry-After"))
	got.problem(http.StatusTooManyRequests, "too_many_requests")
	require.Equal(t, http.StatusUnprocessableEntity, clients["slow"].post("/merchants", "[]").status)
}

// awayDisputes are a Temporal that does not answer.
type awayDisputes struct{ portal.Disputes }

var errAway = errors.New("connection refused by 10.0.0.1")

func (awayDisputes) Open(context.Context, dispute.Dispute) (dispute.View, error) {
	return dispute.View{}, errAway
}

func (awayDisputes) Case(context.Context, string) (dispute.Case, error) {
	return dispute.Case{}, errAway
}

func (awayDisputes) Status(context.Context, string) (dispute.View, error) {
	return dispute.View{}, errAway
}

func (awayDisputes) Respond(context.Context, string, dispute.Response, ...workflows.UpdateOption) (dispute.View, error) {
	return dispute.View{}, errAway
}

func (awayDisputes) Withdraw(context.Context, string, dispute.Withdrawal) error { return nil }

// TestAway: while Temporal or the ledger is away, the caller is asked to repeat the request, and learns nothing of our systems. A
// signal is kept by Temporal also while no worker sees it.
func TestAway(t *testing.T) {
	t.Parallel()
	c := opened(t)
	path := "/disputes/" + c.Dispute.ID
	scopes := []string{"all accounts disputes:open read events as:operator as:merchant"}
	all := serve(t, scopes, func(p *portal.Parts) { p.Disputes = awayDisputes{p.Disputes} })["all"]
	for _, got := range []answer{
		all.get(path), all.post(path+"/respond", dispute.Response{Message: "m", ReportedBy: dispute.PartyMerchant}), all.post("/disputes", c.Dispute),
	} {
		require.Equal(t, "5", got.header.Get("Retry-After"))
		require.NotContains(t, got.problem(http.StatusServiceUnavailable, "unavailable").Detail, "10.0.0.1")
	}
	require.Equal(t, http.StatusAccepted, all.post(path+"/withdrawal", dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}).status)
	require.Equal(t, http.StatusOK, all.get("/disputes").status, "lists need the ledger alone")

	without := serve(t, scopes, func(p *portal.Parts) { p.Ledger = closedLedger(t) })["all"]
	for _, got := range []answer{
		without.get(path), without.get("/disputes"), without.get("/events"), without.post("/merchants", members{"id": "m", "name": "n", "email": "a@b.example"}),
		without.post(path+"/respond", dispute.Response{Message: "m", ReportedBy: dispute.PartyMerchant}, "Idempotency-Key", "k"),
	} {
		got.problem(http.StatusServiceUnavailable, "unavailable")
	}
	require.Empty(t, caseOf(t, c).Conversation, "what needs a key is not sent without its record")
}

// logged is a log that several write to.
type logged struct {
	sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(line)
}

// TestLog: the log has route, status, token and dispute of each request, and neither secrets nor bodies.
func TestLog(t *testing.T) {
	t.Parallel()
	log := &logged{}
	shop := serve(t, []string{"shop as:merchant read"}, func(p *portal.Parts) { p.Log = slog.New(slog.NewTextHandler(log, nil)) })["shop"]
	c := opened(t)
	hello := dispute.Response{Message: "geheim", ReportedBy: dispute.PartyMerchant}
	shop.post("/disputes/"+c.Dispute.ID+"/respond", hello, "Idempotency-Key", "geheim").view()
	shop.post("/disputes/"+c.Dispute.ID+"/respond", `{"geheim": "geheim"}`).problem(http.StatusUnprocessableEntity, "invalid_message")
	shop.get("/disputes?search=geheim")
	shop.get("/geheim").problem(http.StatusNotFound, "not_found")
	shop.do(http.MethodGet, "/disputes", nil, "Authorization", "Bearer geheim").problem(http.StatusUnauthorized, "unknown_token")
	log.Lock()
	defer log.Unlock()
	require.Contains(t, log.String(), `route="POST /api/v1/disputes/{id}/respond" status=200`)
	require.Contains(t, log.String(), "token=shop")
	require.Contains(t, log.String(), "dispute="+c.Dispute.ID)
	require.NotContains(t, log.String(), "geheim")
	require.NotContains(t, log.String(), shop.secret)
}

// TestNoCookies: the API sets no cookies and heeds none, and a browser's form from another site reaches nothing.
func TestNoCookies(t *testing.T) {
	t.Parallel()
	shop := serve(t, []string{"shop read"})["shop"]
	got := shop.do(http.MethodGet, "/disputes", nil, "Authorization", "", "Cookie", "__Host-session="+shop.secret)
	got.problem(http.StatusUnauthorized, "unknown_token")
	require.Empty(t, got.header.Values("Set-Cookie"))
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	require.Empty(t, got.header.Get("Access-Control-Allow-Origin"))
}
