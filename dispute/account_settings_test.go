package dispute_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestSettingsValidate(t *testing.T) {
	t.Parallel()
	const wantURL = "webhook: must be a URL of at most 500 characters such as https://shop.example/disputes, in ASCII (a host with umlauts as xn--…), " +
		"without user, password or fragment; http:// is for private networks only"
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
	const wantLocale = "locale: must be a language tag such as de-DE"
	klingon := "klingon!"
	requireFaults(t, dispute.Settings{Locale: &klingon}.Validate(), dispute.CodeInvalidMerchant, wantLocale+", or left out")
	requireFaults(t, dispute.Settings{Locale: &off}.Validate(), dispute.CodeInvalidMerchant, wantLocale)
	requireFaults(t, dispute.Settings{Webhook: &off, NewSecret: true}.Validate(), dispute.CodeInvalidMerchant,
		"newSecret: needs a webhook, and these settings remove it")
	require.NoError(t, dispute.Settings{}.Validate())
}

func wantEmailOf(path string) string {
	return path + ": must be an e-mail address, written like jonas@example.de"
}

func TestWithChangesOnlyTheNamedSettings(t *testing.T) {
	t.Parallel()
	no, email, language, moved, off := false, "neu@nordlicht.example", "sv-SE", "https://new.example", ""
	for name, test := range map[string]struct {
		settings dispute.Settings
		change   func(*dispute.Merchant)
	}{
		"nothing":         {dispute.Settings{}, func(*dispute.Merchant) {}},
		"portal":          {dispute.Settings{PortalActive: &no}, func(m *dispute.Merchant) { m.PortalActive = false }},
		"emailOnDispute":  {dispute.Settings{EmailOnDispute: &no}, func(m *dispute.Merchant) { m.EmailOnDispute = false }},
		"language":        {dispute.Settings{Locale: &language}, func(m *dispute.Merchant) { m.Locale = language }},
		"address":         {dispute.Settings{Email: &email}, func(m *dispute.Merchant) { m.Email = email }},
		"webhook moved":   {dispute.Settings{Webhook: &moved}, func(m *dispute.Merchant) { m.Webhook.URL = moved }},
		"webhook removed": {dispute.Settings{Webhook: &off}, func(m *dispute.Merchant) { m.Webhook = dispute.Webhook{} }},
		"secret replaced": {dispute.Settings{NewSecret: true}, func(m *dispute.Merchant) { rotated(m) }},
		"webhook moved, secret replaced": {
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

func TestWithGivesANewWebhookASecret(t *testing.T) {
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
	requireFaults(t, err, dispute.CodeInvalidMerchant, "newSecret: needs a webhook, and the merchant has none; set one")
}
