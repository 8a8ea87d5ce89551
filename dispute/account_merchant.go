package dispute

import (
	"cmp"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Merchant is a merchant with its settings, as the ledger keeps it.
type Merchant struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	// PendingEmail is the address that the merchant wants in place of Email and has not confirmed yet.
	PendingEmail string `json:"pendingEmail,omitzero"`
	Locale       string `json:"locale"`
	// PortalActive is true if the merchant uses the portal: messages then go to its dispute app instead of by e-mail.
	PortalActive bool `json:"portalActive"`
	// EmailOnDispute asks for an e-mail as well, when a dispute is opened and the portal is active.
	EmailOnDispute bool `json:"emailOnDispute"`
	// EmailOnDeadlines asks for an e-mail as well, when the portal gets a message about a deadline, the other party's words
	// or the result. Default on.
	EmailOnDeadlines bool `json:"emailOnDeadlines"`
	// Webhook is where the dispute app receives its messages. Without one they wait in the portal's inbox.
	Webhook Webhook `json:"webhook,omitzero"`
	// AsOf is the instant at which the reporting system had this record of an import. An import skips a record that is older
	// than the one before; the zero time is never older. The ledger's own Merchant has none.
	AsOf time.Time `json:"-"`

	// omitted marks the settings that an import leaves out.
	omitted omitted
}

type omitted struct {
	portalActive, emailOnDispute, emailOnDeadlines bool
}

// WantsCopy reports whether the merchant wants an e-mail beside the portal's message.
func (m Merchant) WantsCopy(occasion Occasion) bool {
	if occasion == OccasionOpened {
		return m.EmailOnDispute
	}
	return m.EmailOnDeadlines && !occasion.IsCopy()
}

// Webhook is the endpoint of a merchant's dispute app, with the secrets that sign the messages to it.
type Webhook struct {
	// URL is https://…, or http://… for the private networks that the worker's configuration allows.
	URL string `json:"url"`
	// Secret signs every message. Until PreviousUntil, Previous signs it too, so that a receiver can change secrets
	// without losing a message.
	Secret        Secret    `json:"-"`
	Previous      Secret    `json:"-"`
	PreviousUntil time.Time `json:"-"`
}

// SecretOverlap is how long a webhook's old secret still signs after it was replaced.
const SecretOverlap = 24 * time.Hour

// replacedAt reports whether the secret was replaced less than a minute ago, as by the first press of a button that is pressed
// twice: nobody has installed the one that it was replaced by.
func (w Webhook) replacedAt(now time.Time) bool {
	return w.Previous != "" && now.Before(w.PreviousUntil.Add(time.Minute-SecretOverlap))
}

// Secrets returns the secrets that sign a message sent at now, the newest first.
func (w Webhook) Secrets(now time.Time) []Secret {
	if w.Previous != "" && now.Before(w.PreviousUntil) {
		return []Secret{w.Secret, w.Previous}
	}
	return []Secret{w.Secret}
}

// MergedInto returns what an imported merchant makes of the one before. Settings that the import leaves out stay as
// they are, and so does the webhook and a pending address, which an import never has.
func (m Merchant) MergedInto(before Merchant) Merchant {
	if m.omitted.portalActive {
		m.PortalActive = before.PortalActive
	}
	if m.omitted.emailOnDispute {
		m.EmailOnDispute = before.EmailOnDispute
	}
	if m.omitted.emailOnDeadlines {
		m.EmailOnDeadlines = before.EmailOnDeadlines
	}
	m.Locale = cmp.Or(m.Locale, before.Locale)
	m.PendingEmail = before.PendingEmail
	m.Webhook, m.AsOf, m.omitted = before.Webhook, time.Time{}, omitted{}
	return m
}

func (m Merchant) check(f *Faults, path string) {
	strict.Line(f, strict.Join(path, "id"), m.ID, MaxLine)
	strict.Line(f, strict.Join(path, "name"), m.Name, MaxLine)
	strict.Email(f, strict.Join(path, "email"), m.Email)
	strict.Locale(f, strict.Join(path, "locale"), m.Locale)
}
