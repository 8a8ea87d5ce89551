package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// portalURL is the public address of the portals of the tests.
const portalURL = "http://localhost:8090"

// withPortal gives a shell the configuration of a portal.
func (s shell) withPortal(variables map[string]string) shell {
	s.env = maps.Clone(s.env)
	maps.Copy(s.env, map[string]string{
		"PORTAL_URL": portalURL, "PORTAL_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "PORTAL_ADDR": "127.0.0.1:0",
		"FILES_URL": "file:" + s.TempDir(), "SMTP_URL": shared.mails.URL(),
	})
	maps.Copy(s.env, variables)
	return s
}

// servesPortal serves the portal until the test ends, and returns its address.
func (s shell) servesPortal() string {
	s.Helper()
	return s.servesPortalWith(io.Discard)
}

// servesPortalWith serves the portal with this output of its log.
func (s shell) servesPortalWith(log io.Writer) string {
	s.Helper()
	ctx, stop := context.WithCancel(s.Context())
	app := &app{streams: streams{in: strings.NewReader(""), out: io.Discard, err: log}, raw: io.Discard, getenv: s.getenv}
	addrs, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- app.servePortal(ctx, func(addr net.Addr) { addrs <- addr }) }()
	s.Cleanup(func() {
		stop()
		require.NoError(s, <-ended)
		app.close()
	})
	select {
	case addr := <-addrs:
		return "http://" + addr.String()
	case err := <-ended:
		ended <- nil
		require.NoError(s, err)
		return ""
	}
}

// TestPortalLink: the link of each kind signs in to what it says.
func TestPortalLink(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	s := h.withPortal(nil)
	address := s.servesPortal()
	id := h.dispute.ID
	for _, c := range []struct {
		args  []string
		leads string
	}{
		{[]string{"--merchant", h.merchant.ID}, pages.PathList},
		{[]string{"--dispute", id, "--as", "merchant"}, pages.CasePath(id)},
		{[]string{"--dispute", id, "--as", "customer"}, pages.CasePath(id)},
		{[]string{"--desk", "erika.muster"}, pages.PathQueue},
		{[]string{"--operator", "otto"}, pages.PathAttention},
	} {
		printed := strings.TrimSuffix(s.does(append([]string{"portal", "link"}, c.args...)...), "\n")
		path, ours := strings.CutPrefix(printed, portalURL)
		require.True(t, ours, printed)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+path, http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusSeeOther, response.StatusCode, c.args)
		require.Equal(t, c.leads, response.Header.Get("Location"), c.args)
	}
}

// TestPortalLinkRefuses: a link to nobody is not printed.
func TestPortalLinkRefuses(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	s := h.withPortal(nil)
	link := func(args ...string) []string { return append([]string{"portal", "link"}, args...) }
	for want, args := range map[string][]string{
		"one of --merchant, --dispute, --desk and --operator is required": link(),
		"--dispute and --as belong together":                              link("--dispute", "kd-1"),
		"--as is \"desk\"; allowed are customer and merchant":             link("--dispute", "kd-1", "--as", "desk"),
	} {
		got := s.run(args...)
		require.Equal(t, exitUsage, got.code, want)
		require.Contains(t, got.err, want)
	}
	two := s.run(link("--merchant", h.merchant.ID, "--desk", "erika")...)
	require.Equal(t, exitUsage, two.code)
	s.fails(link("--merchant", "m-absent"), "m-absent")
	s.fails(link("--dispute", "kd-absent", "--as", "customer"), "kd-absent")
	h.fails(link("--desk", "erika"), "PORTAL_URL is required", "PORTAL_KEYS is required")
}

// TestPortalConfiguration: each fault of the configuration is named, once and all at a time, and no secret is repeated.
func TestPortalConfiguration(t *testing.T) {
	t.Parallel()
	s := starter(t)
	s.fails([]string{"portal"}, "the configuration is invalid", "PORTAL_URL is required", "PORTAL_KEYS is required")
	bad := s.withPortal(map[string]string{
		"PORTAL_URL": "http://portal.example", "PORTAL_KEYS": "k1:geheim", "PORTAL_ADDR": "8090", "METRICS_ADDR": "x", "TEMPORAL_UI_URL": "x",
		"FILES_URL": "", "LEDGER_URL": "postgres://db/streitfall", "OIDC_ISSUER": "https://id.example", "OIDC_ROLES": "groups:desk",
		"LOG_LEVEL": "loud", "LOG_FORMAT": "xml", "PAYLOAD_KEYS": "p1:geheim", "SMTP_URL": "http://geheim@mail.example",
	})
	faults := []string{
		"PORTAL_URL must be", "PORTAL_KEYS: ", "PORTAL_ADDR is ", "METRICS_ADDR is ", "TEMPORAL_UI_URL must", "FILES_URL is required", "OIDC_CLIENT_ID is ",
		"OIDC_ROLES must", "LOG_LEVEL is ", "LOG_FORMAT is ", "PAYLOAD_KEYS: ", "SMTP_URL: ",
	}
	why := bad.fails([]string{"portal"}, faults...)
	require.NotContains(t, why, "geheim")
	for _, fault := range faults {
		require.Equal(t, 1, strings.Count("\n"+why, "\n"+fault), "%s\n%s", fault, why)
	}
	for variable, value := range map[string]string{"LEDGER_URL": "", "FILES_URL": "ftp://x"} {
		s.withPortal(map[string]string{variable: value}).fails([]string{"portal"}, variable)
	}
	var used bytes.Buffer
	require.Equal(t, exitUsage, run(t.Context(), []string{"portal", "now"}, streams{in: &used, out: &used, err: &used}, s.getenv))
}

// comes is an address at which Temporal comes later: connections are refused until then.
func comes(t *testing.T) (address string, come func()) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address = listener.Addr().String()
	require.NoError(t, listener.Close())
	return address, func() {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		go forward(t.Context(), listener)
	}
}

// forward connects who comes to Temporal, until the listener is closed.
func forward(ctx context.Context, listener net.Listener) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		to, err := (&net.Dialer{}).DialContext(ctx, "tcp", os.Getenv("TEMPORAL_ADDRESS"))
		if err != nil {
			_ = from.Close()
			continue
		}
		for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
			go func() {
				_, _ = io.Copy(pair[0], pair[1])
				_ = errors.Join(from.Close(), to.Close())
			}()
		}
	}
}

// TestPortalBeforeTemporal: the portal starts without Temporal, serves its lists and says that live details are missing; when
// Temporal comes, all is there without a restart.
func TestPortalBeforeTemporal(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	temporal, come := comes(t)
	var log lines
	s := h.withPortal(map[string]string{"TEMPORAL_ADDRESS": temporal})
	address := s.servesPortalWith(&log)
	printed := strings.TrimSpace(h.withPortal(nil).does("portal", "link", "--merchant", h.merchant.ID))
	b := newVisitor(t, address)
	b.signIn(strings.TrimPrefix(printed, portalURL))
	path := pages.CasePath(h.dispute.ID)
	require.Contains(t, b.get("/readyz"), "ready without Temporal")
	require.Contains(t, b.get(pages.PathList), path)
	require.Contains(t, b.get(path), "Einzelheiten sind gerade nicht verfügbar")
	require.NotContains(t, b.get(path), pages.ActPath(h.dispute.ID, pages.ActRespond))

	come()
	require.Eventually(t, func() bool {
		return strings.Contains(b.get(path), pages.ActPath(h.dispute.ID, pages.ActRespond))
	}, 30*time.Second, 100*time.Millisecond)
	require.Equal(t, "ready\n", b.get("/readyz"))
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "Temporal answers") }, 30*time.Second, 100*time.Millisecond)
	require.Equal(t, 1, strings.Count(log.String(), "the portal runs without Temporal"))
	require.Contains(t, log.String(), "temporal cannot be reached at "+temporal)
}

// visitor keeps what a portal has set.
type visitor struct {
	*testing.T
	address string
	cookies map[string]*http.Cookie
}

func newVisitor(t *testing.T, address string) visitor {
	t.Helper()
	return visitor{t, address, map[string]*http.Cookie{}}
}

func (v visitor) signIn(path string) {
	v.Helper()
	status, _ := v.do(http.MethodPost, path)
	require.Equal(v, http.StatusSeeOther, status)
}

func (v visitor) get(path string) (body string) {
	v.Helper()
	status, body := v.do(http.MethodGet, path)
	require.Equal(v, http.StatusOK, status, "%s: %s", path, body)
	return body
}

func (v visitor) do(method, path string) (status int, body string) {
	v.Helper()
	request, err := http.NewRequestWithContext(v.Context(), method, v.address+path, http.NoBody)
	require.NoError(v, err)
	for _, cookie := range v.cookies {
		request.AddCookie(cookie)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(v, err)
	content, err := io.ReadAll(response.Body)
	require.NoError(v, errors.Join(err, response.Body.Close()))
	for _, cookie := range response.Cookies() {
		v.cookies[cookie.Name] = cookie
	}
	return response.StatusCode, string(content)
}

// lines is an output that can be read while it is written.
type lines struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *lines) Write(text []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(text)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}
