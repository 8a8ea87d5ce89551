package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// identity is who somebody is. It is all that a session has: one, or some by each of which somebody sees one dispute.
type identity struct {
	// Party is merchant, customer, desk or operator; empty for nobody who is signed in.
	Party dispute.Party
	// Merchant is the id of the merchant. Dispute is set for somebody who sees one dispute only: the customer, and who comes
	// by a mail to the merchant about it, because mails are forwarded to those who have the answer.
	Merchant, Dispute string
	// Login is the name under which somebody of the desk or an operator acts.
	Login string
	// Address is the hash of the address that has got the link. Where another one gets the messages now, the session ends.
	Address string
	// Since is when somebody has signed in.
	Since time.Time
	// settings is the address of the merchant's settings, which no session has.
	settings string
}

// identityKey is the key of the identities in a session, the last one that somebody has signed in as at the end.
const identityKey = "identities"

// maxIdentities is how many disputes somebody sees who comes by the mail of each.
const maxIdentities = 20

// hashOf returns the hash of an address, so that the sessions have no addresses.
func hashOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

// reads reports whether the messages of a case still go to the address of somebody who sees that case only.
func (i identity) reads(whole dispute.Case) bool {
	return i.Dispute == "" || i.Address == hashOf(AddressOf(whole, i.Party, i.settings))
}

// covers reports whether somebody sees all that another one sees: a merchant with all its disputes, and with one.
func (i identity) covers(other identity) bool {
	return i.Party == dispute.PartyMerchant && i.Dispute == "" && other.Party == i.Party && other.Merchant == i.Merchant
}

// bounded reports whether somebody of a party is bound to what is the party's own: a merchant or a dispute.
func (i identity) bounded() bool {
	switch i.Party { //nolint:exhaustive // the others see every dispute
	case dispute.PartyMerchant:
		return i.Merchant != ""
	case dispute.PartyCustomer:
		return i.Dispute != ""
	}
	return i.Party == dispute.PartyDesk || i.Party == dispute.PartyOperator
}

// subject names whom requests are counted for, and tells sessions of different people apart.
func (i identity) subject() string {
	return string(i.Party) + "/" + i.Merchant + "/" + i.Dispute + "/" + i.Login
}

// beside reports whether somebody is still signed in to one dispute after signing in to another one: people have the mails about
// several disputes open side by side.
func (i identity) beside(other identity) bool {
	return i.Dispute != "" && other.Dispute != "" && i.Dispute != other.Dispute && i.Party == other.Party
}

// identity returns who makes a request, with the settings of its merchant. Who has signed in with an address that the merchant
// has given up is nobody.
func (p *Portal) identity(r *http.Request) (who identity, settings dispute.Merchant, err error) {
	all := p.identities(r.Context())
	if len(all) == 0 {
		return who, settings, nil
	}
	who = all[len(all)-1]
	for _, other := range all {
		if other.Dispute != "" && other.Dispute == r.PathValue("id") {
			who = other
		}
	}
	if who.Merchant == "" {
		return who, settings, nil
	}
	settings, err = p.Ledger.Merchant(r.Context(), who.Merchant)
	gone := dispute.CodeOf(err) == dispute.CodeUnknownMerchant
	if err != nil && !gone {
		return identity{}, settings, err
	}
	if gone || who.Dispute == "" && who.Address != hashOf(settings.Email) {
		return identity{}, dispute.Merchant{}, nil
	}
	who.settings = settings.Email
	return who, settings, nil
}

// identities returns whom a session has signed in.
func (p *Portal) identities(ctx context.Context) (all []identity) {
	kept := p.sessions.GetString(ctx, identityKey)
	if kept == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(kept), &all); err != nil { // of another version of the portal
		p.Log.WarnContext(ctx, "a session cannot be read", "error", err)
		return nil // who has signed in does so again
	}
	return slices.DeleteFunc(all, func(i identity) bool { return time.Since(i.Since) >= lifetime })
}

// signIn begins a session. The token is new, so that nobody can have set it before.
func (p *Portal) signIn(ctx context.Context, who identity) error {
	who.Since = time.Now()
	all := slices.DeleteFunc(p.identities(ctx), func(before identity) bool { return !before.beside(who) })
	all = append(all[max(0, len(all)-maxIdentities+1):], who)
	if err := p.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	return p.keepIdentities(ctx, all)
}

// signOutOf ends the session as far as it is one of a dispute.
func (p *Portal) signOutOf(ctx context.Context, disputeID string) error {
	left := slices.DeleteFunc(p.identities(ctx), func(i identity) bool { return i.Dispute == disputeID })
	if len(left) == 0 {
		return p.sessions.Destroy(ctx)
	}
	return p.keepIdentities(ctx, left)
}

func (p *Portal) keepIdentities(ctx context.Context, all []identity) error {
	content, err := json.Marshal(all)
	if err != nil {
		return err
	}
	p.sessions.Put(ctx, identityKey, string(content))
	return nil
}
