package dispute

import (
	"net/url"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Settings change what a merchant has set. What is nil stays as it is.
type Settings struct {
	PortalActive   *bool
	EmailOnDispute *bool
	Email          *string
	// Webhook is the URL of the endpoint; empty takes it away, with its secrets.
	Webhook *string
	// NewSecret makes a new secret for the webhook. Where there was no webhook before, one is made anyway.
	NewSecret bool
}

// maxURL is how many characters the URL of a webhook may have.
const maxURL = 500

// Validate checks settings by themselves. All that is wrong comes back at once, as a Refusal of
// CodeInvalidMerchant.
func (s Settings) Validate() error {
	var f Faults
	if s.Email != nil {
		strict.Email(&f, "email", *s.Email)
	}
	if s.Webhook != nil && *s.Webhook != "" && !isEndpoint(*s.Webhook) {
		f.Add("webhook", "must be a URL of at most %d characters such as https://shop.example/disputes, in ASCII (a host with umlauts as xn--…), "+
			"without user, password and fragment; http:// is for private networks only", maxURL)
	}
	if s.NewSecret && s.Webhook != nil && *s.Webhook == "" {
		f.Add("newSecret", "is for a webhook, and this takes it away")
	}
	return RefuseFaults(CodeInvalidMerchant, f, "these settings are not valid")
}

// With is the merchant with changed settings. A webhook that is new, or is to have a new secret, gets fresh;
// the secret before still signs for SecretOverlap. The URL can change without the secret. A new secret for
// no webhook is a Refusal of CodeInvalidMerchant.
func (m Merchant) With(s Settings, fresh Secret, now time.Time) (Merchant, error) {
	if s.PortalActive != nil {
		m.PortalActive = *s.PortalActive
	}
	if s.EmailOnDispute != nil {
		m.EmailOnDispute = *s.EmailOnDispute
	}
	if s.Email != nil {
		m.Email = *s.Email
	}
	if s.Webhook != nil {
		m.Webhook.URL = *s.Webhook
	}
	switch webhook := &m.Webhook; {
	case webhook.URL == "" && s.NewSecret:
		faults := Faults{{Path: "newSecret", Problem: "is for a webhook, and the merchant has none; set one"}}
		return Merchant{}, RefuseFaults(CodeInvalidMerchant, faults, "these settings are not valid")
	case webhook.URL == "":
		m.Webhook = Webhook{}
	case webhook.Secret == "":
		webhook.Secret = fresh
	case s.NewSecret:
		webhook.Previous, webhook.PreviousUntil = webhook.Secret, now.Add(SecretOverlap)
		webhook.Secret = fresh
	}
	return m, nil
}

func isEndpoint(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && len(raw) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") &&
		u.Hostname() != "" && u.User == nil && u.Fragment == "" &&
		!strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' })
}
