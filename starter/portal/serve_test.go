package portal_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// freeAddr returns an address on which nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

// fetch asks for a page over plain http and returns its status and body.
func fetch(t *testing.T, method, address string, form url.Values) (status int, body string) {
	t.Helper()
	status, body, err := ask(t.Context(), method, address, form)
	require.NoError(t, err)
	return status, body
}

func ask(ctx context.Context, method, address string, form url.Values) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, string(content), errors.Join(err, response.Body.Close())
}

// held is a Temporal that does not answer before it is released.
type held struct {
	portal.Disputes
	began   func()
	release chan struct{}
}

func (h held) Case(ctx context.Context, id string) (dispute.Case, error) {
	h.began()
	<-h.release
	return h.Disputes.Case(ctx, id)
}

// slowMails do not send a mail before they are released.
type slowMails struct {
	portal.Mails
	began   func()
	release chan struct{}
	sent    chan struct{}
}

func (m slowMails) SendSignIn(context.Context, dispute.Merchant) error {
	m.began()
	<-m.release
	close(m.sent)
	return nil
}

// TestServe: the portal listens on both addresses; told to stop, it takes no new requests, answers what has begun and sends the
// mails that are on their way.
func TestServe(t *testing.T) {
	t.Parallel()
	c := opened(t)
	began, release, sent := make(chan struct{}, 2), make(chan struct{}), make(chan struct{})
	begins := func() { began <- struct{}{} }
	metrics := freeAddr(t)
	p := built(t, func(p *portal.Parts) {
		p.Config.Addr, p.Config.MetricsAddr = "127.0.0.1:0", metrics
		p.Disputes = held{p.Disputes, sync.OnceFunc(begins), release}
		p.Mails = slowMails{p.Mails, begins, release, sent}
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	addrs, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- p.Serve(ctx, func(addr net.Addr) { addrs <- addr }) }()
	addr := (<-addrs).String()
	for _, path := range []string{"http://" + addr + "/healthz", "http://" + addr + "/readyz", "http://" + metrics + "/healthz", "http://" + metrics + "/readyz", "http://" + metrics + "/metrics"} {
		status, body := fetch(t, http.MethodGet, path, nil)
		require.Equal(t, http.StatusOK, status, "%s: %s", path, body)
	}
	status, _ := fetch(t, http.MethodGet, "http://"+addr+"/metrics", nil)
	require.Equal(t, http.StatusNotFound, status, "metrics are not public")

	status, _ = fetch(t, http.MethodPost, "http://"+addr+pages.PathSignIn, url.Values{pages.FieldEmail: {c.Merchant.Email}})
	require.Equal(t, http.StatusOK, status)
	<-began
	claim, address := customerOf(c)
	entry := site{keys: p.Config.Keys}.entry(t, claim, address)
	answered := make(chan int, 1)
	go func() {
		status, _, _ := ask(t.Context(), http.MethodPost, "http://"+addr+entry, nil) // without an answer, the status is 0
		answered <- status
	}()
	<-began
	stop()
	for _, closed := range []string{addr, metrics} {
		require.Eventually(t, func() bool {
			connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", closed)
			if err == nil {
				_ = connection.Close()
			}
			return err != nil
		}, 10*time.Second, 10*time.Millisecond)
	}
	require.Empty(t, ended, "a request has begun")
	close(release)
	require.Equal(t, http.StatusSeeOther, <-answered)
	require.NoError(t, <-ended)
	select {
	case <-sent:
	default:
		t.Error("the mail was not sent")
	}
}

// TestServeTaken: an address that is taken is named with its variable, and the other one is free again.
func TestServeTaken(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close() //nolint:errcheck // the test is over
	taken, free := listener.Addr().String(), freeAddr(t)
	for variable, addrs := range map[string][2]string{"PORTAL_ADDR: ": {taken, free}, "METRICS_ADDR: ": {free, taken}} {
		p := built(t, func(p *portal.Parts) { p.Config.Addr, p.Config.MetricsAddr = addrs[0], addrs[1] })
		err := p.Serve(t.Context(), func(net.Addr) { t.Error("listens") })
		require.ErrorContains(t, err, variable)
		require.ErrorContains(t, err, taken)
		again, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", free)
		require.NoError(t, err)
		require.NoError(t, again.Close())
	}
}

// TestMetrics: requests are counted and logged by the pattern of their route, so that no link is in either, and what has not
// happened yet is counted as 0.
func TestMetrics(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := serve(t, func(p *portal.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	c := opened(t)
	claim, address := customerOf(c)
	entry := s.entry(t, claim, address)
	b := s.signedIn(t, claim, address)
	require.Equal(t, http.StatusOK, b.get(pages.CasePath(c.Dispute.ID)).status)
	require.Equal(t, http.StatusNotFound, b.get(pages.PathList).status)
	require.Equal(t, http.StatusNotFound, s.browser(t).post(entry[:len(entry)-1]).status)
	forged := b.do(http.MethodPost, pages.ActPath(c.Dispute.ID, pages.ActRespond), url.Values{}, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, forged.status)
	s.Close() // which waits until all is counted
	counted := httptest.NewRecorder()
	s.portal.Monitoring().ServeHTTP(counted, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, counted.Code)
	for _, want := range []string{
		`streitfall_portal_requests_total{route="GET /disputes/{id}",status="200"} 1`,
		`streitfall_portal_requests_total{route="GET /disputes",status="404"} 1`,
		`streitfall_portal_requests_total{route="POST /link/{token}",status="303"} 1`,
		`streitfall_portal_requests_total{route="POST /link/{token}",status="404"} 1`,
		`streitfall_portal_requests_total{route="cross-origin",status="403"} 1`,
		`streitfall_portal_requests_total{route="POST /disputes/{id}/{act}",status="503"} 0`,
		`streitfall_portal_request_seconds_count{route="GET /disputes/{id}"} 1`,
		`streitfall_portal_sign_ins_total{result="customer"} 1`, `streitfall_portal_sign_ins_total{result="refused"} 1`,
		`streitfall_portal_sign_ins_total{result="desk"} 0`, `streitfall_portal_uploads_refused_total{reason="damaged"} 0`, "go_goroutines ",
	} {
		require.Contains(t, counted.Body.String(), want)
	}
	token := strings.TrimPrefix(entry, "/link/")[:20]
	require.NotContains(t, counted.Body.String(), token)
	require.NotContains(t, counted.Body.String(), c.Dispute.ID)
	require.NotContains(t, log.String(), token)
	require.Contains(t, log.String(), "dispute="+c.Dispute.ID)
}

// TestGone: a request whose sender has gone, as after a second press on a button, is no fault of the portal, for which somebody
// would be called.
func TestGone(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := serve(t, func(p *portal.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	c := opened(t)
	b := s.merchant(t, c)
	ctx, leave := context.WithCancel(t.Context())
	form := url.Values{pages.FieldForm: {uuid.NewString()}, pages.FieldMessage: {"We ask the carrier."}}
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, s.URL+pages.ActPath(c.Dispute.ID, pages.ActRespond),
		io.MultiReader(strings.NewReader(form.Encode()), leaves(leave)))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, cookie := range b.client.Jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	s.portal.ServeHTTP(httptest.NewRecorder(), request)
	counted := httptest.NewRecorder()
	s.portal.Monitoring().ServeHTTP(counted, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Contains(t, counted.Body.String(), `streitfall_portal_requests_total{route="POST /disputes/{id}/{act}",status="499"} 1`)
	require.Contains(t, counted.Body.String(), `streitfall_portal_requests_total{route="POST /disputes/{id}/{act}",status="503"} 0`)
	require.NotContains(t, log.String(), "level=WARN")
	require.NotContains(t, log.String(), "level=ERROR")
}

// leaves is the end of a form after which its sender has gone.
type leaves func()

func (l leaves) Read([]byte) (int, error) {
	l()
	return 0, io.EOF
}

// TestReady: without its ledger the portal is not ready, and runs.
func TestReady(t *testing.T) {
	t.Parallel()
	books, err := ledger.Open(t.Context(), "sqlite:"+t.TempDir()+"/ledger.db")
	require.NoError(t, err)
	p := built(t, func(p *portal.Parts) { p.Ledger = books })
	for _, want := range []map[string]int{{"/readyz": http.StatusOK, "/healthz": http.StatusOK}, {"/readyz": http.StatusServiceUnavailable, "/healthz": http.StatusOK}} {
		for path, status := range want {
			got := httptest.NewRecorder()
			p.Monitoring().ServeHTTP(got, httptest.NewRequest(http.MethodGet, path, nil))
			require.Equal(t, status, got.Code, path)
		}
		_ = books.Close() // twice
	}
}
