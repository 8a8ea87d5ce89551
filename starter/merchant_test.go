package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

var secretPattern = regexp.MustCompile(`whsec_[A-Za-z0-9+/]{43}=`)

// TestMerchantSet changes one setting after the other; the rest stays.
func TestMerchantSet(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	shown := func() map[string]any {
		var merchant map[string]any
		require.NoError(t, json.Unmarshal([]byte(h.does("merchant", "show", h.merchant.ID, "--json")), &merchant))
		return merchant
	}
	want := map[string]any{
		"id": h.merchant.ID, "name": h.merchant.Name, "email": h.merchant.Email, "locale": h.merchant.Locale,
		"portalActive": false, "emailOnDispute": true, "emailOnDeadlines": true,
	}
	require.Equal(t, want, shown())
	for _, step := range []struct {
		args   []string
		member string
		value  any
		way    string
	}{
		{[]string{"--webhook", "https://shop.example/d"}, "webhook", map[string]any{"url": "https://shop.example/d"}, "by e-mail"},
		{[]string{"--email-on-dispute", "off"}, "emailOnDispute", false, "by e-mail"},
		{[]string{"--portal", "on"}, "portalActive", true, "to the webhook, all but the first by e-mail as well"},
		{[]string{"--email-on-deadlines", "off"}, "emailOnDeadlines", false, "to the webhook"},
		{[]string{"--email-on-dispute", "on"}, "emailOnDispute", true, "to the webhook, the first one by e-mail as well"},
		{[]string{"--email-on-deadlines", "on"}, "emailOnDeadlines", true, "to the webhook, and by e-mail as well"},
		{[]string{"--email-on-deadlines", "off"}, "emailOnDeadlines", false, "to the webhook, the first one by e-mail as well"},
		{[]string{"--locale", "sv-SE"}, "locale", "sv-SE", "to the webhook, the first one by e-mail as well"},
		{[]string{"--email", "neu@shop.example"}, "email", "neu@shop.example", "to the webhook, the first one by e-mail as well"},
		{[]string{"--webhook", "https://shop.example/e"}, "webhook", map[string]any{"url": "https://shop.example/e"}, "to the webhook, the first one by e-mail as well"},
		{[]string{"--webhook", "off"}, "webhook", nil, "to the portal's inbox, the first one by e-mail as well"},
		{[]string{"--portal", "off"}, "portalActive", false, "by e-mail"},
	} {
		text := h.does(append([]string{"merchant", "set", h.merchant.ID}, step.args...)...)
		require.Regexp(t, `(?m)^messages go +`+step.way+`$`, text)
		if want[step.member] = step.value; step.value == nil {
			delete(want, step.member)
		}
		require.Equal(t, want, shown(), step.args)
		for line := range strings.Lines(text) {
			require.LessOrEqual(t, utf8.RuneCountInString(line), 101, line)
		}
	}
}

// TestMerchantSecret: a secret is printed by the command that makes it, and by nothing else.
func TestMerchantSecret(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	set := []string{"merchant", "set", h.merchant.ID}
	text := h.does(append(set, "--webhook", "https://shop.example/d")...)
	first := secretPattern.FindString(text)
	require.NotEmpty(t, first, text)
	require.Contains(t, text, "\nThe secret is not shown again. ")

	var made struct{ WebhookSecret string }
	require.NoError(t, json.Unmarshal([]byte(h.does(append(set, "--new-secret", "--json")...)), &made))
	require.Regexp(t, `^`+secretPattern.String()+`$`, made.WebhookSecret)
	require.NotEqual(t, first, made.WebhookSecret)
	h.open(dispute.WaitAgreement)
	for _, args := range [][]string{
		append(set, "--webhook", "https://shop.example/e"), append(set, "--portal", "off", "--json"),
		{"merchant", "show", h.merchant.ID},
		{"merchant", "show", h.merchant.ID, "--json"},
		{"status", h.dispute.ID, "--json"},
		{"inbox", h.merchant.ID},
		{"ledger", "check"},
	} {
		require.NotContains(t, h.does(args...), "whsec_", args)
	}
	require.Regexp(t, `(?m)^previous secret +signs as well until \d{4}-\d\d-\d\d \d\d:\d\dZ$`, h.does("merchant", "show", h.merchant.ID))
}

// TestMerchantSetRefused: all faults at once, what is allowed, and nothing is changed.
func TestMerchantSetRefused(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	before := h.does("merchant", "show", h.merchant.ID)
	why := h.fails([]string{"merchant", "set", h.merchant.ID, "--portal", "on", "--email", "nowhere", "--webhook", "ftp://geheim"},
		"refused (invalid_merchant): these settings are not valid\n  email: must be an e-mail address", "\n  webhook: must be a URL of at most 500 characters")
	require.NotContains(t, why, "geheim")
	h.fails([]string{"merchant", "set", h.merchant.ID, "--portal", "on", "--new-secret"}, "newSecret: needs a webhook, and the merchant has none; set one")
	h.fails([]string{"merchant", "set", h.merchant.ID, "--webhook", "off", "--new-secret"}, "newSecret: needs a webhook, and these settings remove it")
	h.fails([]string{"merchant", "set", "nobody", "--portal", "on"}, `refused (unknown_merchant): the ledger has no merchant "nobody"`)
	h.fails([]string{"merchant", "show", "nobody"}, `refused (unknown_merchant): the ledger has no merchant "nobody"`)
	require.Equal(t, before, h.does("merchant", "show", h.merchant.ID))
}

// TestPrivateWebhook: an endpoint that workers refuse by default is set, with a note about that.
func TestPrivateWebhook(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	for url, noted := range map[string]bool{
		"http://shop.example/d": true, "https://10.0.0.1/d": true, "https://[::1]/d": true, "https://localhost:8443/d": true,
		"https://shop.example/d": false, "https://203.0.113.7/d": false,
	} {
		got := h.run("merchant", "set", h.merchant.ID, "--webhook", url)
		require.Equal(t, exitDone, got.code, got.err)
		require.Equal(t, noted, strings.Contains(got.err, "Workers refuse this webhook unless WEBHOOK_PRIVATE_NETWORKS allows it"), url)
	}
}

// TestImportKeepsSettings: a file without settings changes none.
// TestMerchantWithPendingAddress: operators see an address that the merchant has not confirmed, and end that by setting one.
func TestMerchantWithPendingAddress(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	books, err := ledger.Open(t.Context(), h.env["LEDGER_URL"])
	require.NoError(t, err)
	defer func() { require.NoError(t, books.Close()) }()
	_, err = books.RequestAddress(t.Context(), h.merchant.ID, "neu@shop.example")
	require.NoError(t, err)
	require.Regexp(t, `(?m)^new e-mail +neu@shop\.example \(not confirmed yet\)$`, h.does("merchant", "show", h.merchant.ID))
	require.NotContains(t, h.does("merchant", "set", h.merchant.ID, "--email", "richtig@shop.example"), "new e-mail")
}

func TestImportKeepsSettings(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.does("merchant", "set", h.merchant.ID, "--portal", "on", "--webhook", "https://shop.example/d")
	before := h.does("merchant", "show", h.merchant.ID)
	in := asJSON(t, map[string]any{"merchants": []map[string]string{
		{"id": h.merchant.ID, "name": h.merchant.Name, "email": h.merchant.Email, "locale": h.merchant.Locale},
	}})
	require.Contains(t, h.doesWith(in, "ledger", "import", "-"), "merchants: 0 new, 0 changed, 1 unchanged\n")
	require.Equal(t, before, h.does("merchant", "show", h.merchant.ID))
}

func TestMailPreview(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	s := shell{T: t, env: map[string]string{}}
	index := filepath.Join(dir, "index.html")
	require.Equal(t, "written: "+index+"\n", s.does("mail", "preview", dir))
	content, err := os.ReadFile(index)
	require.NoError(t, err)
	require.Contains(t, string(content), "opened-merchant-de.html")
	s.fails([]string{"mail", "preview", index}, "failed: make the preview's folder: ")

	s.env["PORTAL_URL"] = "https://disputes.example.com"
	s.does("mail", "preview", dir)
	content, err = os.ReadFile(filepath.Join(dir, "opened-merchant-de.txt"))
	require.NoError(t, err)
	require.Contains(t, string(content), "Jetzt antworten:\nhttps://disputes.example.com/link/sample.")
	s.env["PORTAL_URL"] = "disputes.example.com"
	s.fails([]string{"mail", "preview", dir}, "PORTAL_URL must be the portal's address")
}
