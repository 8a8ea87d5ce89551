package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/dispute/link"
)

// The texts of the mails name these lives.
const (
	// SignInLife is how long a link to sign in works.
	SignInLife = time.Hour
	// ConfirmationLife is how long a new address can be confirmed.
	ConfirmationLife = 3 * 24 * time.Hour
)

// The mails are named by their templates.
const (
	accountSignIn          = "account-sign-in"
	accountConfirmAddress  = "account-confirm-address"
	accountAddressChanging = "account-address-changing"
)

// Accounts sends merchants the mails about their access to the portal and their settings, which belong to no dispute. It is
// safe for concurrent use.
type Accounts struct {
	composer *composer
	deliver  func(context.Context, message) (answer string, err error)
	now      func() time.Time
}

// Accounts returns the mails about access and settings over this server.
func (s *SMTP) Accounts() *Accounts {
	return &Accounts{composer: s.composer, deliver: s.deliver, now: time.Now}
}

// Accounts returns the mails about access and settings into this folder.
func (f *Folder) Accounts() *Accounts {
	return &Accounts{composer: f.composer, deliver: f.deliver, now: time.Now}
}

// SendSignIn sends a merchant the link by which it signs in. Errors are those of SMTP.Send.
func (a *Accounts) SendSignIn(ctx context.Context, m dispute.Merchant) error {
	claim := link.Claim{Role: link.RoleMerchant, Merchant: m.ID, Expires: a.now().Add(SignInLife)}
	return a.send(ctx, accountSignIn, m, m.Email, claim)
}

// SendAddressChange sends the pending address of a merchant the link by which it is confirmed, and then tells the present
// one. When the first mail is refused or fails, the second one is not sent, and the change should be taken back.
func (a *Accounts) SendAddressChange(ctx context.Context, m dispute.Merchant) error {
	if m.PendingEmail == "" {
		return fmt.Errorf("merchant %s changes no address", m.ID)
	}
	confirmation := link.Claim{Role: link.RoleAddress, Merchant: m.ID, Expires: a.now().Add(ConfirmationLife)}
	if err := a.send(ctx, accountConfirmAddress, m, m.PendingEmail, confirmation); err != nil {
		return fmt.Errorf("ask the new address: %w", err)
	}
	if err := a.send(ctx, accountAddressChanging, m, m.Email, link.Claim{}); err != nil {
		return fmt.Errorf("tell the present address: %w", err)
	}
	return nil
}

// send sends one mail to an address of a merchant, with a link if there is a claim.
func (a *Accounts) send(ctx context.Context, kind string, m dispute.Merchant, to string, claim link.Claim) error {
	content, err := a.write(kind, m, to, claim)
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(kind, "account-") + "-" + strings.ToLower(rand.Text())
	mail, err := a.composer.finish(name, dispute.PartyMerchant, dispute.Recipient{Name: m.Name, Email: to}, content, a.now())
	if err != nil {
		return err
	}
	_, err = a.deliver(ctx, mail)
	return err
}

func (a *Accounts) write(kind string, m dispute.Merchant, to string, claim link.Claim) (text, error) {
	from := a.composer.sender
	p := page{
		Reader: oneLine(m.Name), Recipient: dispute.PartyMerchant, Merchant: oneLine(m.Name), NewAddress: oneLine(m.PendingEmail),
		Sender: from.address.Name, OnBehalfOf: from.onBehalfOf(), Provider: from.provider,
	}
	if claim.Role != "" {
		if !from.portal.Site.Any() {
			return text{}, errors.New("there is no portal to link to (PORTAL_URL)")
		}
		token, err := from.portal.Keys.Sign(claim, to)
		if err != nil {
			return text{}, err
		}
		p.Link = from.portal.Site.Entry(token)
	}
	in := language.For(m.Locale)
	return write(a.composer.texts[in.Name()+"/"+kind], p, in, from)
}
