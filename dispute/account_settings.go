package dispute

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Settings are changes to a merchant's settings. A nil field changes nothing.
type Settings struct {
	PortalActive     *bool
	EmailOnDispute   *bool
	EmailOnDeadlines *bool
	Email            *string
	// Locale is the language of the merchant's mails, a language tag such as "de-DE".
	Locale *string
	// Webhook is the URL of the endpoint; an empty one removes the webhook and its secrets.
	Webhook *string
	// NewSecret replaces the secret of the webhook. A new webhook gets a secret in any case.
	NewSecret bool
}

// maxURL is the longest URL of a webhook, in characters.
const maxURL = 500

// Validate checks the settings without the merchant. It returns all faults at once, as a Refusal with
// CodeInvalidMerchant.
func (s Settings) Validate() error {
	var f Faults
	if s.Email != nil {
		strict.Email(&f, "email", *s.Email)
	}
	if s.Locale != nil {
		if strict.Locale(&f, "locale", *s.Locale); *s.Locale == "" {
			f.AddOnce("locale", "must be a language tag such as de-DE")
		}
	}
	if s.Webhook != nil && *s.Webhook != "" {
		if err := CheckEndpoint(*s.Webhook); err != nil {
			f.Add("webhook", "%s", err.Error())
		}
	}
	if s.NewSecret && s.Webhook != nil && *s.Webhook == "" {
		f.Add("newSecret", "needs a webhook, and these settings remove it")
	}
	return RefuseFaults(CodeInvalidMerchant, f, "these settings are not valid")
}

// With returns the merchant with changed settings. A new webhook gets the secret fresh, and so does one whose secret
// is replaced: its old secret still signs for SecretOverlap. A new URL alone keeps the secret. A new secret without a
// webhook is a Refusal with CodeInvalidMerchant.
func (m Merchant) With(s Settings, fresh Secret, now time.Time) (Merchant, error) {
	if s.PortalActive != nil {
		m.PortalActive = *s.PortalActive
	}
	if s.EmailOnDeadlines != nil {
		m.EmailOnDeadlines = *s.EmailOnDeadlines
	}
	if s.EmailOnDispute != nil {
		m.EmailOnDispute = *s.EmailOnDispute
	}
	if s.Email != nil {
		m.Email, m.PendingEmail = *s.Email, ""
	}
	if s.Locale != nil {
		m.Locale = *s.Locale
	}
	if s.Webhook != nil {
		m.Webhook.URL = *s.Webhook
	}
	switch webhook := &m.Webhook; {
	case webhook.URL == "" && s.NewSecret:
		faults := Faults{{Path: "newSecret", Problem: "needs a webhook, and the merchant has none; set one"}}
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

// CheckOwn checks settings that a merchant changes itself: its address only changes once the new one is confirmed. The rest is
// as Validate checks it.
func (s Settings) CheckOwn() error {
	if s.Email != nil {
		faults := Faults{{Path: "email", Problem: "changes once the new address is confirmed"}}
		return RefuseFaults(CodeInvalidMerchant, faults, "these settings are not valid")
	}
	return s.Validate()
}

// RequestEmail returns the merchant with an address that waits for its confirmation, in place of an earlier such one. An
// invalid address, and the present one, is a Refusal with CodeInvalidMerchant.
func (m Merchant) RequestEmail(address string) (Merchant, error) {
	var f Faults
	if strict.Email(&f, "email", address); address == m.Email {
		f.AddOnce("email", "is the present address")
	}
	m.PendingEmail = address
	return m, RefuseFaults(CodeInvalidMerchant, f, "this address is not valid")
}

// ConfirmEmail returns the merchant with the pending address as its own, if the confirmation was sent there. One that is
// confirmed already stays. Every other confirmation is a Refusal with CodeInvalidMerchant.
func (m Merchant) ConfirmEmail(sentTo func(address string) bool) (Merchant, error) {
	switch {
	case m.PendingEmail != "" && sentTo(m.PendingEmail):
		m.Email, m.PendingEmail = m.PendingEmail, ""
		return m, nil
	case sentTo(m.Email):
		return m, nil
	}
	return Merchant{}, Refuse(CodeInvalidMerchant, "this address does not wait for a confirmation: the change was taken back, or replaced by another one")
}

// CheckEndpoint returns an error unless raw is the URL of a webhook. Whether its network may be reached is for the sender to
// check.
func CheckEndpoint(raw string) error {
	u, err := url.Parse(raw)
	if err == nil && len(raw) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") &&
		u.Hostname() != "" && u.User == nil && u.Fragment == "" &&
		!strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil
	}
	return fmt.Errorf("must be a URL of at most %d characters such as https://shop.example/disputes, in ASCII (a host with umlauts as xn--…), "+
		"without user, password or fragment; http:// is for private networks only", maxURL)
}
