package dispute_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// nordlicht is a merchant with everything on.
func nordlicht() dispute.Merchant {
	return dispute.Merchant{
		ID: "m-4", Name: "Nordlicht GmbH", Email: "disputes@nordlicht.example", Locale: "de-DE", PortalActive: true, EmailOnDispute: true,
		Webhook: dispute.Webhook{URL: "https://nordlicht.example/disputes", Secret: "whsec_b2xk"},
	}
}

// TestImportKeepsWhatItLeavesOut: a file of addresses switches nothing off.
func TestImportKeepsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	const known = `"id": "m-4", "name": "Nordlicht AG", "email": "new@nordlicht.example", "locale": "en"`
	for settings, want := range map[string]struct{ portal, copies bool }{
		``:                          {true, true},
		`, "portalActive": null`:    {true, true},
		`, "portalActive": false`:   {false, true},
		`, "emailOnDispute": false`: {true, false},
		`, "portalActive": false, "emailOnDispute": false`: {false, false},
	} {
		in, err := dispute.DecodeImport([]byte(`{"merchants": [{` + known + settings + `}]}`))
		require.NoError(t, err)
		expected := nordlicht()
		expected.Name, expected.Email, expected.Locale = "Nordlicht AG", "new@nordlicht.example", "en"
		expected.PortalActive, expected.EmailOnDispute = want.portal, want.copies
		require.Equal(t, expected, in.Merchants[0].Over(nordlicht()), settings)
		require.Equal(t, dispute.Merchant{ID: "m-4", Name: "Nordlicht AG", Email: "new@nordlicht.example", Locale: "en"}, in.Merchants[0].Over(dispute.Merchant{}))
	}
	_, err := dispute.DecodeImport([]byte(`{"merchants": [{` + known + `, "webhook": {"url": "https://evil.example"}}]}`))
	requireFaults(t, err, dispute.CodeInvalidImport, "merchants[0].webhook: is unknown here; known are id, name, email, locale, portalActive, emailOnDispute")
}

func TestSettingsThatAreNotValid(t *testing.T) {
	t.Parallel()
	const wantURL = "webhook: must be a URL of at most 500 characters such as https://shop.example/disputes, in ASCII (a host with umlauts as xn--…), " +
		"without user, password and fragment; http:// is for private networks only"
	off := ""
	for webhook, valid := range map[string]bool{
		"https://shop.example": true, "https://shop.example:8443/a?b=c": true, "http://10.0.0.1/": true, "HTTPS://[2001:db8::1]/x": true, "https://xn--kthe-loa.example/": true, "": true,
		"shop.example": false, "ftp://shop.example": false, "https://": false, "https:///path": false, "https://user:geheim@shop.example": false,
		"https://user@shop.example": false, "https://shop.example/#top": false, "https://shop.example/\n": false, "https://shop.example/a b": false,
		"https://käthe.example/": false, "https://shop.example/" + strings.Repeat("x", 480): false, "https://[::1/": false, "whsec_geheim": false,
	} {
		err := dispute.Settings{Webhook: &webhook}.Validate()
		if valid {
			require.NoError(t, err, webhook)
			continue
		}
		requireFaults(t, err, dispute.CodeInvalidMerchant, wantURL)
		require.NotContains(t, err.Error(), "geheim")
	}
	nobody := "nobody"
	requireFaults(t, dispute.Settings{Email: &nobody, Webhook: &nobody}.Validate(), dispute.CodeInvalidMerchant, wantEmailOf("email"), wantURL)
	requireFaults(t, dispute.Settings{Webhook: &off, NewSecret: true}.Validate(), dispute.CodeInvalidMerchant,
		"newSecret: is for a webhook, and this takes it away")
	require.NoError(t, dispute.Settings{}.Validate())
}

func wantEmailOf(path string) string {
	return path + ": must be an e-mail address, written like jonas@example.de"
}

// TestSettingsChangeWhatTheyName and nothing else.
func TestSettingsChangeWhatTheyName(t *testing.T) {
	t.Parallel()
	no, email, moved, off := false, "neu@nordlicht.example", "https://new.example", ""
	for name, test := range map[string]struct {
		settings dispute.Settings
		change   func(*dispute.Merchant)
	}{
		"nothing":          {dispute.Settings{}, func(*dispute.Merchant) {}},
		"portal":           {dispute.Settings{PortalActive: &no}, func(m *dispute.Merchant) { m.PortalActive = false }},
		"copies":           {dispute.Settings{EmailOnDispute: &no}, func(m *dispute.Merchant) { m.EmailOnDispute = false }},
		"address":          {dispute.Settings{Email: &email}, func(m *dispute.Merchant) { m.Email = email }},
		"webhook moved":    {dispute.Settings{Webhook: &moved}, func(m *dispute.Merchant) { m.Webhook.URL = moved }},
		"webhook taken":    {dispute.Settings{Webhook: &off}, func(m *dispute.Merchant) { m.Webhook = dispute.Webhook{} }},
		"secret made anew": {dispute.Settings{NewSecret: true}, func(m *dispute.Merchant) { rotated(m) }},
		"webhook moved, secret made anew": {
			dispute.Settings{Webhook: &moved, NewSecret: true},
			func(m *dispute.Merchant) { rotated(m); m.Webhook.URL = moved },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := nordlicht()
			test.change(&want)
			got, err := nordlicht().With(test.settings, "whsec_bmV3", noon)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func rotated(m *dispute.Merchant) {
	m.Webhook.Secret, m.Webhook.Previous, m.Webhook.PreviousUntil = "whsec_bmV3", "whsec_b2xk", noon.Add(24*time.Hour)
}

func TestANewWebhookGetsASecret(t *testing.T) {
	t.Parallel()
	url := "https://nordlicht.example/disputes"
	bare := nordlicht()
	bare.Webhook = dispute.Webhook{}
	for _, asked := range []bool{false, true} {
		got, err := bare.With(dispute.Settings{Webhook: &url, NewSecret: asked}, "whsec_bmV3", noon)
		require.NoError(t, err)
		require.Equal(t, dispute.Webhook{URL: url, Secret: "whsec_bmV3"}, got.Webhook)
	}
	_, err := bare.With(dispute.Settings{NewSecret: true}, "whsec_bmV3", noon)
	requireFaults(t, err, dispute.CodeInvalidMerchant, "newSecret: is for a webhook, and the merchant has none; set one")
}

// TestBothSecretsSignForADay: a receiver has that time to change.
func TestBothSecretsSignForADay(t *testing.T) {
	t.Parallel()
	merchant, err := nordlicht().With(dispute.Settings{NewSecret: true}, "whsec_bmV3", noon)
	require.NoError(t, err)
	both, one := []dispute.Secret{"whsec_bmV3", "whsec_b2xk"}, []dispute.Secret{"whsec_bmV3"}
	require.Equal(t, both, merchant.Webhook.Secrets(noon))
	require.Equal(t, both, merchant.Webhook.Secrets(noon.Add(dispute.SecretOverlap-1)))
	require.Equal(t, one, merchant.Webhook.Secrets(noon.Add(dispute.SecretOverlap)))
	require.Equal(t, []dispute.Secret{"whsec_b2xk"}, nordlicht().Webhook.Secrets(noon))
}

// TestSecretsAreNeverPrinted: neither by a log line nor by an error or JSON that has the merchant in it.
func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	merchant := nordlicht()
	rotated(&merchant)
	var printed bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+"\n", merchant)
		fmt.Fprintf(&printed, verb+"\n", &merchant.Webhook)
		fmt.Fprintf(&printed, verb+"\n", merchant.Webhook.Secret)
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
		slog.New(handler).Info("set", "merchant", merchant, "secret", merchant.Webhook.Secret)
	}
	for _, value := range []any{merchant, merchant.Webhook, merchant.Webhook.Secret, dispute.Notice{Merchant: merchant}} {
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		printed.Write(encoded)
	}
	require.Contains(t, printed.String(), "[secret]")
	require.NotContains(t, printed.String(), "whsec_")
	require.NotContains(t, printed.String(), fmt.Sprintf("%x", "whsec_"))
}
