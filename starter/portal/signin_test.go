package portal_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestLinks: a link works twice and only by its button; a forged, truncated or expired one opens nothing.
func TestLinks(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	claim, address := customerOf(c)
	entry := s.entry(t, claim, address)
	for range 2 {
		b := s.browser(t)
		page := b.get(entry)
		require.Equal(t, http.StatusOK, page.status)
		require.Empty(t, page.header.Values("Set-Cookie"), "a scanner that opens the link gets nothing")
		require.Equal(t, pages.CasePath(c.Dispute.ID), b.post(entry).location)
		require.Equal(t, http.StatusOK, b.get(pages.CasePath(c.Dispute.ID)).status)
		require.Equal(t, http.StatusSeeOther, b.post(pages.PathSignOut).status)
		require.Equal(t, http.StatusUnauthorized, b.get(pages.CasePath(c.Dispute.ID)).status)
	}
	stranger := s.browser(t)
	for name, path := range map[string]string{
		"truncated": entry[:len(entry)-1], "longer": entry + "A", "other": entry[:len(entry)-4] + "AAAA", "nothing": link.EntryPath + "x",
		"expired":       s.entry(t, link.Claim{Role: claim.Role, Dispute: claim.Dispute, Expires: time.Now().Add(-time.Minute)}, address),
		"to no address": s.entry(t, claim, ""), "absent": s.entry(t, link.Claim{Role: link.RoleCustomer, Dispute: "d-absent"}, address),
		"unknown merchant": s.entry(t, link.Claim{Role: link.RoleMerchant, Merchant: "m-absent"}, address),
	} {
		require.Equal(t, http.StatusNotFound, stranger.post(path).status, name)
	}
	require.Equal(t, http.StatusUnauthorized, stranger.get(pages.CasePath(c.Dispute.ID)).status)
}

// TestLinkWhileAway: who comes by a link that cannot be checked now is asked to come again; a merchant's can be.
func TestLinkWhileAway(t *testing.T) {
	t.Parallel()
	c := opened(t)
	s := serve(t, func(p *portal.Parts) { p.Disputes = away{p.Disputes} })
	claim, address := customerOf(c)
	require.Equal(t, http.StatusServiceUnavailable, s.browser(t).post(s.entry(t, claim, address)).status)
	claim, address = mailedTo(c)
	merchant := s.signedIn(t, claim, address)
	require.Equal(t, http.StatusOK, merchant.get(pages.CasePath(c.Dispute.ID)).status)
	require.Equal(t, http.StatusOK, s.merchant(t, c).get(pages.PathList).status)
}

// TestMailOpensOneDispute: a merchant's mail about one dispute opens that one, wherever it was forwarded to. The rest takes a
// link that goes to the merchant's address, and who has used that keeps it.
func TestMailOpensOneDispute(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	sibling := openedWith(t, c.Merchant)
	claim, address := mailedTo(c)
	entry := s.entry(t, claim, address)
	b := s.browser(t)
	require.Equal(t, pages.CasePath(c.Dispute.ID), b.post(entry).location)
	require.Equal(t, pages.CasePath(c.Dispute.ID), b.get("/").location)
	written := b.post(pages.ActPath(c.Dispute.ID, pages.ActRespond), pages.FieldMessage, "It left our warehouse.")
	require.Equal(t, http.StatusSeeOther, written.status)
	require.Equal(t, http.StatusNotFound, b.get(pages.CasePath(sibling.Dispute.ID)).status)
	for _, path := range []string{pages.PathList, pages.PathCSV, pages.PathSettings} {
		require.Equal(t, pages.PathSignIn, b.get(path).location, path)
	}
	page := b.get(pages.PathSignIn).body
	require.Contains(t, page, "nur den einen Streitfall")
	require.NotContains(t, page, c.Merchant.Email)
	require.NotContains(t, b.get(pages.CasePath(c.Dispute.ID)).body, c.Merchant.Email)
	for act := range portal.ChangesOf() {
		refused := b.post(pages.ActPath("", pages.Act(act)), pages.FieldEmail, "mine@evil.example", pages.FieldWebhook, "https://evil.example")
		require.Equal(t, http.StatusUnauthorized, refused.status, act)
	}
	m, err := shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.NoError(t, err)
	require.Empty(t, m.PendingEmail)
	require.Empty(t, m.Webhook.URL)

	require.Equal(t, http.StatusOK, b.post(pages.PathSignIn, pages.FieldEmail, c.Merchant.Email).status)
	require.Eventually(t, func() bool { return s.linkTo(c.Merchant.Email) != "" }, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, pages.PathList, b.post(s.linkTo(c.Merchant.Email)).location)
	require.Equal(t, http.StatusOK, b.get(pages.CasePath(sibling.Dispute.ID)).status)
	require.Equal(t, pages.CasePath(c.Dispute.ID), b.post(entry).location)
	require.Equal(t, http.StatusOK, b.get(pages.PathList).status, "signed in to all as before")

	forwarded := s.signedIn(t, claim, address)
	email := "other-" + c.Merchant.Email
	_, _, err = shared.Ledger.SetMerchant(t.Context(), c.Merchant.ID, dispute.Settings{Email: &email})
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, forwarded.get(pages.CasePath(c.Dispute.ID)).status, "the settings have another address")
	require.Equal(t, http.StatusNotFound, s.browser(t).post(entry).status)
}

// linkIn finds the link of a mail.
var linkIn = regexp.MustCompile(`https://portal\.example(/link/\S+)`)

// TestLinkByMail: a merchant asks for a link with its address; the answer says nothing of addresses that are not known.
func TestLinkByMail(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	asked := s.browser(t).post(pages.PathSignIn, pages.FieldEmail, strings.ToUpper(c.Merchant.Email))
	require.Equal(t, http.StatusOK, asked.status)
	require.Equal(t, asked.body, s.browser(t).post(pages.PathSignIn, pages.FieldEmail, "nobody@nowhere.example").body)
	require.Equal(t, http.StatusUnprocessableEntity, s.browser(t).post(pages.PathSignIn, pages.FieldEmail, "nobody").status)
	b := s.browser(t)
	require.Eventually(t, func() bool { return s.linkTo(c.Merchant.Email) != "" }, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, pages.PathList, b.post(s.linkTo(c.Merchant.Email)).location)
}

// linkTo returns the path of the link in the last mail about access to an address.
func (s site) linkTo(address string) (path string) {
	for _, mail := range shared.mails.Mails() {
		if found := linkIn.FindStringSubmatch(mail.Text); len(found) > 0 && mail.To == address {
			path = found[1]
		}
	}
	return path
}

// TestSettings: a merchant changes its settings, and its address once the new one has confirmed.
func TestSettings(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.merchant(t, c)
	require.Equal(t, http.StatusSeeOther, b.post(pages.ActPath("", pages.ActSettings), pages.FieldEmailOnDispute, "on", pages.FieldLocale, "en").status)
	require.Contains(t, b.get(pages.PathSettings).body, "Your settings are saved.")
	m, err := shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.NoError(t, err)
	require.True(t, m.EmailOnDispute)
	require.False(t, m.PortalActive)
	require.Equal(t, "en", m.Locale)

	refused := b.post(pages.ActPath("", pages.ActWebhook), pages.FieldWebhook, "ftp://shop.example")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.body, "ftp://shop.example")
	secret := b.post(pages.ActPath("", pages.ActWebhook), pages.FieldWebhook, "https://shop.example/disputes")
	require.Contains(t, secret.body, "whsec_")
	require.NotContains(t, b.get(pages.PathSettings).body, "whsec_", "shown once")

	newAddress := "new-" + c.Merchant.Email
	require.Equal(t, http.StatusSeeOther, b.post(pages.ActPath("", pages.ActEmail), pages.FieldEmail, newAddress).status)
	require.Contains(t, b.get(pages.PathSettings).body, newAddress)
	require.NotEmpty(t, shared.mails.To(c.Merchant.Email, "address"), "the present address is told")
	entry := s.linkTo(newAddress)
	require.NotEmpty(t, entry)
	require.Equal(t, http.StatusOK, s.browser(t).get(entry).status)
	pressed := s.browser(t).post(entry)
	require.Equal(t, http.StatusUnprocessableEntity, pressed.status, "scanners press buttons")
	require.Contains(t, pressed.body, `id="confirmed-problem"`)
	m, _ = shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.Equal(t, c.Merchant.Email, m.Email, "opened and pressed, and not confirmed")
	require.Equal(t, pages.PathSignIn, s.browser(t).post(entry, pages.FieldConfirmed, pages.FieldValueOn).location)
	m, _ = shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.Equal(t, newAddress, m.Email)
	require.Equal(t, http.StatusUnauthorized, b.get(pages.PathList).status)
}

// TestOIDC: the desk signs in with its identity provider, by the groups that it has there, and no more by links.
func TestOIDC(t *testing.T) {
	t.Parallel()
	provider, err := mockoidc.Run()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, provider.Shutdown()) })
	s := serve(t, func(p *portal.Parts) {
		p.Config.OIDC = portal.OIDC{
			Issuer: provider.Issuer(), ClientID: provider.ClientID, ClientSecret: provider.ClientSecret, Claim: "groups",
			Roles: []portal.OIDCRole{{Value: "ops", Party: dispute.PartyOperator}, {Value: "desk", Party: dispute.PartyDesk}},
		}
	})
	erika := mockoidc.MockUser{Subject: "1", PreferredUsername: "erika", Email: "erika@desk.example"}
	enterAs := func(user mockoidc.MockUser, groups ...string) (browser, answer) {
		user.Groups = groups
		provider.QueueUser(&user)
		b := s.browser(t)
		asked := b.get(pages.PathDesk)
		require.Contains(t, asked.location, "code_challenge_method=S256")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, asked.location, nil)
		require.NoError(t, err)
		sent, err := b.client.Do(request)
		require.NoError(t, err)
		require.NoError(t, sent.Body.Close())
		back := strings.TrimPrefix(sent.Header.Get("Location"), "https://portal.example")
		require.Equal(t, http.StatusNotFound, s.browser(t).get(back).status, "another browser")
		return b, b.get(back)
	}
	enter := func(groups ...string) (browser, answer) { return enterAs(erika, groups...) }
	b, entered := enter("staff", "desk")
	require.Equal(t, pages.PathQueue, entered.location)
	require.Contains(t, b.get(pages.PathQueue).body, "erika")
	require.NotContains(t, b.get(pages.PathQueue).body, "erika@desk.example")
	b, _ = enterAs(mockoidc.MockUser{Subject: "1", Email: "otto@desk.example"}, "desk")
	require.Contains(t, b.get(pages.PathQueue).body, "otto@desk.example")
	_, entered = enter("ops")
	require.Equal(t, pages.PathAttention, entered.location)
	_, entered = enter("staff")
	require.Equal(t, http.StatusNotFound, entered.status)
	require.Equal(t, http.StatusNotFound, s.browser(t).post(s.entry(t, link.Claim{Role: link.RoleDesk, Login: "erika"}, "")).status)
}

// TestLogin: a person acts under its login, else its address, else the provider's id.
func TestLogin(t *testing.T) {
	t.Parallel()
	for want, claims := range map[string]map[string]any{
		"erika":             {"preferred_username": "erika", "email": "erika@klarna.example", "sub": "7f3a"},
		"otto@desk.example": {"preferred_username": " ", "email": "otto@desk.example", "sub": "7f3a"},
		"7f3a":              {"preferred_username": 7, "email": "", "sub": "7f3a"},
		"":                  {"name": "Erika Muster"},
	} {
		require.Equal(t, want, portal.LoginOf(claims))
	}
}

// TestConfig: every fault is named at once, and no key is repeated.
func TestConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		variables map[string]string
		want      []string
	}{
		"nothing":    {nil, []string{"PORTAL_URL is required", "PORTAL_KEYS is required"}},
		"plain http": {map[string]string{"PORTAL_URL": "http://portal.example", "PORTAL_KEYS": keys}, []string{"PORTAL_URL must be"}},
		"all wrong": {
			map[string]string{
				"PORTAL_URL": "https://portal.example", "PORTAL_KEYS": "k1:geheim", "PORTAL_ADDR": "8090", "METRICS_ADDR": "x", "TEMPORAL_UI_URL": "x",
				"OIDC_ISSUER": "https://id.example", "OIDC_ROLES": "groups:desk",
			},
			[]string{"PORTAL_KEYS: key 1 ", "PORTAL_ADDR is ", "METRICS_ADDR is ", "TEMPORAL_UI_URL must", "OIDC_CLIENT_ID is ", "OIDC_ROLES must", "FILES_URL is required"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := portal.ConfigFromEnv(func(variable string) string { return c.variables[variable] })
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "geheim")
		})
	}
	config, err := portal.ConfigFromEnv(func(variable string) string {
		return map[string]string{
			"PORTAL_URL": "http://localhost:8090", "PORTAL_KEYS": keys, "LEDGER_URL": "sqlite:/tmp/ledger.db", "OIDC_ISSUER": "https://id.example",
			"OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "s", "OIDC_ROLES": "groups:ops=operator, desk=desk",
		}[variable]
	})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8090", config.Addr)
	require.Equal(t, "file:/tmp/files", config.FilesURL)
	require.Equal(t, []portal.OIDCRole{{Value: "ops", Party: dispute.PartyOperator}, {Value: "desk", Party: dispute.PartyDesk}}, config.OIDC.Roles)
}
