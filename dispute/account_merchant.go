package dispute

import (
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Merchant is a merchant as the ledger knows it.
type Merchant struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Locale string `json:"locale"`
	// PortalActive tells that the merchant uses the portal: messages go to its dispute app, else by e-mail.
	PortalActive bool `json:"portalActive"`
	// EmailOnDispute asks for an e-mail beside the portal's message when a dispute is opened.
	EmailOnDispute bool `json:"emailOnDispute"`
	// Webhook is where the dispute app takes its messages. Without one they wait in the portal's inbox.
	Webhook Webhook `json:"webhook,omitzero"`

	// unsaid are the settings that an import leaves out.
	unsaid unsaid
}

type unsaid struct {
	portalActive, emailOnDispute bool
}

// Webhook is the endpoint of a merchant's dispute app, with what signs the messages to it.
type Webhook struct {
	// URL is https://…; http://… reaches nothing but private networks that the worker's configuration allows.
	URL string `json:"url"`
	// Secret signs every message. Previous does too until PreviousUntil, so that a receiver can change from
	// one to the other without losing a message.
	Secret        Secret    `json:"-"`
	Previous      Secret    `json:"-"`
	PreviousUntil time.Time `json:"-"`
}

// SecretOverlap is how long the previous secret of a webhook still signs after a new one was made.
const SecretOverlap = 24 * time.Hour

// Secrets are what signs a message at an instant, the newest first.
func (w Webhook) Secrets(now time.Time) []Secret {
	if w.Previous != "" && now.Before(w.PreviousUntil) {
		return []Secret{w.Secret, w.Previous}
	}
	return []Secret{w.Secret}
}

// Over is the merchant that an import makes of the one before: settings that it leaves out stay as they
// are, and so does the webhook, which no import has. Thus no import switches anything off that it does not
// name.
func (m Merchant) Over(before Merchant) Merchant {
	if m.unsaid.portalActive {
		m.PortalActive = before.PortalActive
	}
	if m.unsaid.emailOnDispute {
		m.EmailOnDispute = before.EmailOnDispute
	}
	m.Webhook, m.unsaid = before.Webhook, unsaid{}
	return m
}

func (m Merchant) check(f *Faults, path string) {
	strict.Line(f, path+".id", m.ID, MaxLine)
	strict.Line(f, path+".name", m.Name, MaxLine)
	strict.Email(f, path+".email", m.Email)
	strict.Locale(f, path+".locale", m.Locale)
}
