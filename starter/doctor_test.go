package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/doctor"
)

// TestDoctor: a line per finding, what helps below it, and the exit code of scripts.
func TestDoctor(t *testing.T) {
	t.Parallel()
	s := starter(t)
	s.env["SMTP_URL"], s.env["MAIL_FROM"], s.env["MAIL_HELO"] = shared.mails.URL(), "disputes@klarna.example", "worker.klarna.example"
	text := s.does("doctor")
	require.Contains(t, text, "ok       settings           complete\n")
	require.Contains(t, text, "\nskipped  merchant … webhook-signature: --merchant tests the webhook of a merchant\n")
	require.NotContains(t, text, "WRONG")

	s.env["SMTP_URL"], s.env["MAIL_DIR"] = "", t.TempDir()
	s.env["LEDGER_URL"] = "sqlite:" + t.TempDir() + "/mistyped.db"
	got := s.run("doctor")
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, "failed: something is wrong with: ledger\n", got.err)
	require.Regexp(t, `(?m)^WRONG    ledger             open the ledger `, got.out)
	require.Regexp(t, `(?m)^ {28}correct LEDGER_URL`, got.out)

	var findings []doctor.Finding
	require.NoError(t, json.Unmarshal([]byte(s.run("doctor", "--json").out), &findings))
	require.Equal(t, doctor.Finding{Check: doctor.CheckSettings, Result: doctor.OK, Detail: "complete"}, findings[0])
}

// TestWebhookOfMerchant: the endpoint is tested with a message that it must take and one that it must refuse.
func TestWebhookOfMerchant(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	var secret atomic.Value
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		verifier, err := standardwebhooks.NewWebhook(secret.Load().(string))
		if err != nil || verifier.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(endpoint.Close)
	var made struct{ WebhookSecret string }
	set := h.run("merchant", "set", h.merchant.ID, "--portal", "on", "--webhook", endpoint.URL, "--json")
	require.NoError(t, json.Unmarshal([]byte(set.out), &made))
	secret.Store(made.WebhookSecret)

	got := h.run("merchant", "test-webhook", h.merchant.ID)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "WRONG    webhook-address    the webhook at "+strings.TrimPrefix(endpoint.URL, "http://")+" is not called: ")
	h.env["WEBHOOK_PRIVATE_NETWORKS"] = "127.0.0.0/8"
	text := h.does("merchant", "test-webhook", h.merchant.ID)
	require.Contains(t, text, "ok       webhook-answer     200 OK from 127.0.0.1")
	require.Contains(t, text, "ok       webhook-signature  a wrong signature is refused\n")
}
