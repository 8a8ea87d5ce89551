package portal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	webhooks "github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// toLoopback lets webhooks reach this machine.
func toLoopback(p *portal.Parts) {
	p.Webhooks = webhooks.New(nil, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, link.Site{})
}

// TestPlainWebhook: a webhook with http:// is saved if it leads to a private network that is allowed, else it is refused beside
// its field.
func TestPlainWebhook(t *testing.T) {
	t.Parallel()
	c := opened(t)
	save := func(s site, url string) answer {
		return s.merchant(t, c).post(pages.ActPath("", pages.ActWebhook), pages.FieldWebhook, url)
	}
	public, private := serve(t), serve(t, toLoopback)
	for url, s := range map[string]site{
		"http://93.184.215.14/disputes": private, "http://10.1.2.3/": private, "http://shop.invalid/": private, "http://127.0.0.1:8080/": public,
	} {
		refused := save(s, url)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, url)
		require.Contains(t, refused.body, `id="webhook-webhook-problem">Bitte geben Sie eine Adresse an, die mit https:// beginnt`, url)
		require.Contains(t, refused.body, url, "what was entered stays")
	}
	m, err := shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.NoError(t, err)
	require.Empty(t, m.Webhook.URL)
	require.Equal(t, http.StatusOK, save(private, "http://127.0.0.1:8080/").status)
}

// TestTestMessageFails: a test message that is not taken is explained, without what is within the provider's network.
func TestTestMessageFails(t *testing.T) {
	t.Parallel()
	sick := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(sick.Close)
	plain := httptest.NewServer(sick.Config.Handler)
	t.Cleanup(plain.Close)
	c, s := opened(t), serve(t, toLoopback)
	b := s.merchant(t, c)
	closed := "http://" + freeAddr(t)
	for url, want := range map[string][]string{
		"https://shop.invalid/": {"Den Namen Ihres Systems gibt es nicht", "the name of your system is not known"},
		closed:                  {"kam keine Verbindung zustande", "there was no connection"},
		sick.URL:                {"TLS-Zertifikat Ihres Systems wurde nicht anerkannt", "TLS certificate of your system was not accepted"},
		plain.URL:               {"mit dem Status 502 Bad Gateway geantwortet", "answered with status 502 Bad Gateway"},
		"https://10.1.2.3/":     {"Adressen, die öffentlich erreichbar sind", "addresses that can be reached publicly"},
	} {
		_, _, err := shared.Ledger.ChangeSettings(t.Context(), c.Merchant.ID, dispute.Settings{Webhook: &url})
		require.NoError(t, err)
		for i, language := range []string{"de", "en"} {
			got := b.post(pages.ActPath("", pages.ActTestWebhook) + "?" + pages.FieldLanguage + "=" + language)
			require.Equal(t, http.StatusOK, got.status, url)
			require.Contains(t, got.body, want[i], url)
			require.NotContains(t, got.body, "dial tcp", url)
		}
	}
}

// TestTestMessageInTime: an endpoint that takes a connection and does not answer is told from one that cannot be reached.
func TestTestMessageInTime(t *testing.T) {
	t.Parallel()
	late := fmt.Errorf("webhook at shop.example: %w", context.DeadlineExceeded)
	require.Equal(t, pages.TestTimeout, portal.TestOf(webhooks.PhaseConnect, late).Failed)
	require.Equal(t, pages.TestConnect, portal.TestOf(webhooks.PhaseConnect, errors.New("refused")).Failed)
	require.Empty(t, portal.TestOf("", nil).Failed)
}
