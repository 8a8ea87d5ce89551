package assembly

import (
	"errors"
	"fmt"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute/link"
)

// PortalFromEnv reads the portal's public address and the keys that sign the links to it, and returns every fault, each in a
// line that begins with its variable. Both or none are set.
func PortalFromEnv(getenv func(string) string) (mail.Portal, error) {
	site, errSite := link.ParseSite(getenv("PORTAL_URL"))
	if errSite != nil {
		errSite = fmt.Errorf("PORTAL_URL %w", errSite)
	}
	keys, errKeys := link.ParseKeys(getenv("PORTAL_KEYS"))
	if errKeys != nil {
		errKeys = fmt.Errorf("PORTAL_KEYS: %w", errKeys)
	}
	given := getenv("PORTAL_URL") != ""
	switch {
	case errSite != nil || errKeys != nil:
	case given && !keys.Any():
		errKeys = errors.New("PORTAL_KEYS is required with PORTAL_URL: the links in mails are signed; write it like PAYLOAD_KEYS, with other keys")
	case !given && keys.Any():
		errSite = errors.New("PORTAL_URL is required with PORTAL_KEYS, such as https://disputes.example.com")
	}
	return mail.Portal{Site: site, Keys: keys}, errors.Join(errSite, errKeys)
}

// Reach is what the portal needs of a worker's systems to reach merchants.
type Reach struct {
	mail.Portal
	// Mails are those about access and settings, Webhooks the channel that tests endpoints.
	Mails    *mail.Accounts
	Webhooks *portal.Webhooks
}

// ReachFromEnv reads the mail server, the networks of webhooks and the portal's address and keys from the same variables as
// ConfigFromEnv does, with the same faults. It connects to nothing.
func ReachFromEnv(getenv func(string) string) (Reach, error) {
	var c Config
	if err := errors.Join(c.readReach(getenv)...); err != nil {
		return Reach{}, err
	}
	reach := Reach{Portal: c.Portal, Webhooks: portal.New(nil, c.WebhookNetworks, c.Portal.Site)}
	if c.SMTPURL == "" {
		folder, err := mail.NewFolder(c.MailDir, c.sender())
		if err != nil {
			return Reach{}, fmt.Errorf("MAIL_DIR: %w", err)
		}
		reach.Mails = folder.Accounts()
		return reach, nil
	}
	server, err := c.SMTP()
	if err != nil {
		return Reach{}, err
	}
	reach.Mails = server.Accounts()
	return reach, nil
}
