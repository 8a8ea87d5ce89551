package dispute_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// nordlicht returns a merchant with all settings on.
func nordlicht() dispute.Merchant {
	return dispute.Merchant{
		ID: "m-4", Name: "Nordlicht GmbH", Email: "disputes@nordlicht.example", Locale: "de-DE", PortalActive: true, EmailOnDispute: true,
		Webhook: dispute.Webhook{URL: "https://nordlicht.example/disputes", Secret: "whsec_b2xk"},
	}
}

func TestSecretsOverlap(t *testing.T) {
	t.Parallel()
	merchant, err := nordlicht().With(dispute.Settings{NewSecret: true}, "whsec_bmV3", noon)
	require.NoError(t, err)
	both, one := []dispute.Secret{"whsec_bmV3", "whsec_b2xk"}, []dispute.Secret{"whsec_bmV3"}
	require.Equal(t, both, merchant.Webhook.Secrets(noon))
	require.Equal(t, both, merchant.Webhook.Secrets(noon.Add(dispute.SecretOverlap-1)))
	require.Equal(t, one, merchant.Webhook.Secrets(noon.Add(dispute.SecretOverlap)))
	require.Equal(t, []dispute.Secret{"whsec_b2xk"}, nordlicht().Webhook.Secrets(noon))
}

func TestSecretIsNeverPrinted(t *testing.T) {
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

// TestSecretReplacedTwice: a button that is pressed twice does not take away the secret that the merchant's system has; a later
// replacement does.
func TestSecretReplacedTwice(t *testing.T) {
	t.Parallel()
	replace := func(m dispute.Merchant, fresh dispute.Secret, at time.Time) dispute.Merchant {
		m, err := m.With(dispute.Settings{NewSecret: true}, fresh, at)
		require.NoError(t, err)
		return m
	}
	installed := nordlicht().Webhook.Secret
	twice := replace(replace(nordlicht(), "whsec_MQ==", noon), "whsec_Mg==", noon.Add(2*time.Second))
	require.Equal(t, []dispute.Secret{"whsec_Mg==", installed}, twice.Webhook.Secrets(noon.Add(time.Hour)))
	later := replace(twice, "whsec_Mw==", noon.Add(time.Hour))
	require.Equal(t, []dispute.Secret{"whsec_Mw==", "whsec_Mg=="}, later.Webhook.Secrets(noon.Add(time.Hour)))
}
