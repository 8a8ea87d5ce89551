package portal_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// keys sign the links of all tests.
const keys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// site is a portal that is served over TLS on the shared ledger and Temporal.
type site struct {
	*httptest.Server
	keys link.Keys
	// portal is what is served.
	portal *portal.Portal
}

func serve(t *testing.T, change ...func(*portal.Parts)) site {
	t.Helper()
	served := built(t, change...)
	server := httptest.NewTLSServer(served)
	t.Cleanup(server.Close)
	return site{Server: server, keys: served.Config.Keys, portal: served}
}

// built returns a portal on the shared ledger and Temporal.
func built(t *testing.T, change ...func(*portal.Parts)) *portal.Portal {
	t.Helper()
	config, err := portal.ConfigFromEnv(func(name string) string {
		return map[string]string{"PORTAL_URL": "https://portal.example", "PORTAL_KEYS": keys, "FILES_URL": "file:" + t.TempDir()}[name]
	})
	require.NoError(t, err)
	store, err := files.Open(t.Context(), config.FilesURL)
	require.NoError(t, err)
	reach, err := assembly.ReachFromEnv(func(name string) string {
		return map[string]string{"PORTAL_URL": "https://portal.example", "PORTAL_KEYS": keys, "SMTP_URL": shared.mails.URL()}[name]
	})
	require.NoError(t, err)
	parts := portal.Parts{
		Config: config, Ledger: shared.Ledger, Disputes: shared.Disputes, Files: files.New(shared.Ledger, store), Mails: reach.Mails, Webhooks: reach.Webhooks,
		Namespace: "default", Unseal: encryption.Keys{}.Open,
		Attention: func(context.Context) ([]pages.AttentionRow, error) { return nil, nil },
		Temporal:  func(context.Context) error { return nil },
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, change := range change {
		change(&parts)
	}
	served, err := portal.New(parts)
	require.NoError(t, err)
	served.WaitLonger(time.Minute)
	return served
}

// browser keeps cookies as a browser does, and follows no redirect.
type browser struct {
	*testing.T
	site   site
	client *http.Client
	// address is that of this browser alone, because requests are limited by address.
	address string
}

var browsers atomic.Uint32

func (s site) browser(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := *s.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	n := browsers.Add(1)
	return browser{t, s, &client, netip.AddrFrom4([4]byte{198, 51, byte(n >> 8), byte(n)}).String()}
}

// answer is what a browser got.
type answer struct {
	path     string
	status   int
	location string
	header   http.Header
	body     string
}

func (b browser) do(method, path string, form url.Values, headers ...string) answer {
	b.Helper()
	if form == nil {
		return b.send(method, path, nil, headers...)
	}
	own := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", b.site.URL, "Sec-Fetch-Site", "same-origin"}
	return b.send(method, path, strings.NewReader(form.Encode()), append(own, headers...)...)
}

func (b browser) send(method, path string, body io.Reader, headers ...string) answer {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), method, b.site.URL+path, body)
	require.NoError(b, err)
	request.Header.Set("X-Forwarded-For", b.address)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(request)
	require.NoError(b, err)
	defer response.Body.Close() //nolint:errcheck // it was read
	content, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	return answer{path, response.StatusCode, response.Header.Get("Location"), response.Header, string(content)}
}

func (b browser) get(path string) answer {
	b.Helper()
	return b.do(http.MethodGet, path, nil)
}

// post sends a form, with a new id where it has none.
func (b browser) post(path string, fields ...string) answer {
	b.Helper()
	form := url.Values{pages.FieldForm: {uuid.NewString()}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

// signedIn returns a browser that has used a link.
func (s site) signedIn(t *testing.T, claim link.Claim, address string) browser {
	t.Helper()
	b := s.browser(t)
	entered := b.post(s.entry(t, claim, address))
	require.Equal(t, http.StatusSeeOther, entered.status, entered.body)
	return b
}

// entry returns the path of a link.
func (s site) entry(t *testing.T, claim link.Claim, address string) string {
	t.Helper()
	if claim.Expires.IsZero() {
		claim.Expires = time.Now().Add(time.Hour)
	}
	token, err := s.keys.Sign(claim, address)
	require.NoError(t, err)
	return link.EntryPath + token
}

// opened opens a dispute, which then waits for an agreement.
func opened(t *testing.T) parties.Case {
	t.Helper()
	return openedWith(t, dispute.Merchant{})
}

// openedWith opens a dispute with a merchant, which then waits for an agreement. The zero merchant is replaced by a new one.
func openedWith(t *testing.T, merchant dispute.Merchant) parties.Case {
	t.Helper()
	c := parties.NewCase("d-"+uuid.NewString(), 0, parties.PathTo(dispute.ClosedByWithdrawal))
	if merchant.ID != "" {
		c.Merchant, c.Invoice.MerchantID, c.Dispute.MerchantID = merchant, merchant.ID, merchant.ID
	}
	c.Dispute.OpenedAt = time.Now()
	_, err := shared.Ledger.Import(t.Context(), parties.Import([]parties.Case{c}))
	require.NoError(t, err)
	_, err = shared.Disputes.Open(t.Context(), c.Dispute)
	require.NoError(t, err)
	eventually(t, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitAgreement }, c.Dispute.ID)
	return c
}

// eventually waits until a case is as it should be.
func eventually(t *testing.T, is func(dispute.Case) bool, id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		found, err := shared.Disputes.Case(t.Context(), id)
		return err == nil && is(found)
	}, 20*time.Second, 20*time.Millisecond)
}

func merchantOf(c parties.Case) (link.Claim, string) {
	return link.Claim{Role: link.RoleMerchant, Merchant: c.Merchant.ID}, c.Merchant.Email
}

// mailedTo is the claim of a mail to the merchant about the dispute.
func mailedTo(c parties.Case) (link.Claim, string) {
	return link.Claim{Role: link.RoleMerchant, Dispute: c.Dispute.ID}, c.Merchant.Email
}

func customerOf(c parties.Case) (link.Claim, string) {
	return link.Claim{Role: link.RoleCustomer, Dispute: c.Dispute.ID}, c.Dispute.Complainant.Email
}

// merchant returns the browser of a merchant who has signed in, and customer that of the complainant.
func (s site) merchant(t *testing.T, c parties.Case) browser {
	t.Helper()
	claim, address := merchantOf(c)
	return s.signedIn(t, claim, address)
}

func (s site) customer(t *testing.T, c parties.Case) browser {
	t.Helper()
	claim, address := customerOf(c)
	return s.signedIn(t, claim, address)
}

func caseOf(t *testing.T, id string) dispute.Case {
	t.Helper()
	found, err := shared.Disputes.Case(t.Context(), id)
	require.NoError(t, err)
	return found
}
