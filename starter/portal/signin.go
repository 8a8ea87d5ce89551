package portal

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// home leads everybody to the page that is theirs.
func (p *Portal) home(q *request) error {
	return q.redirect(homeOf(q.who))
}

func homeOf(who identity) string {
	switch {
	case who.Dispute != "":
		return pages.CasePath(who.Dispute)
	case who.Party == dispute.PartyMerchant:
		return pages.PathList
	case who.Party == dispute.PartyDesk:
		return pages.PathQueue
	case who.Party == dispute.PartyOperator:
		return pages.PathAttention
	default:
		return pages.PathSignIn
	}
}

// signInView is the page for those who are not signed in, or only to one dispute of a merchant.
func (p *Portal) signInView(q *request, filled pages.Filled) pages.Page {
	return pages.SignIn{Filled: filled, Desk: p.Config.OIDC.Issuer != "", OneDispute: q.ofOneDispute()}
}

func (p *Portal) signInPage(q *request) error {
	return p.render(q, http.StatusOK, only(p.signInView(q, pages.Filled{})))
}

// linkPage shows a button, and nothing else happens: mail scanners open every link.
func (p *Portal) linkPage(q *request) error {
	l, err := p.Config.Keys.Verify(q.PathValue("token"), time.Now())
	if err != nil {
		return deadLink(err)
	}
	return p.render(q, http.StatusOK, only(pages.Landing{Token: q.PathValue("token"), DisputeID: l.Dispute, Confirms: l.Role == link.RoleAddress}))
}

// useLink signs in and leads to a page whose address has no token. A link can be used again until it expires. A merchant that
// has signed in to all its disputes stays so when it comes by the link of one.
func (p *Portal) useLink(q *request) error {
	l, err := p.Config.Keys.Verify(q.PathValue("token"), time.Now())
	if err != nil {
		p.metrics.signIn("refused")
		return deadLink(err)
	}
	if q.disputeID = l.Dispute; l.Role == link.RoleAddress {
		return p.confirmAddress(q, l)
	}
	who, err := p.holder(q.Context(), l)
	if err != nil {
		p.metrics.signIn("refused")
		return err
	}
	if !q.who.covers(who) {
		if err := p.signIn(q.Context(), who); err != nil {
			return err
		}
	}
	p.metrics.signIn(string(who.Party))
	if l.Dispute != "" {
		return q.redirect(pages.CasePath(l.Dispute))
	}
	return q.redirect(homeOf(who))
}

// confirmAddress makes an address the merchant's own. Who has signed in with the one before has to sign in with this one.
func (p *Portal) confirmAddress(q *request, l link.Link) error {
	form, err := q.form()
	if err != nil {
		return err
	}
	if form.Get(pages.FieldConfirmed) != pages.FieldValueOn {
		return p.render(q, http.StatusUnprocessableEntity, only(pages.Landing{Token: q.PathValue("token"), Confirms: true, NotTicked: true}))
	}
	_, err = p.Ledger.ConfirmAddress(q.Context(), l.Merchant, l.SentTo)
	switch dispute.CodeOf(err) { //nolint:exhaustive // nothing else refuses
	case dispute.CodeInvalidMerchant, dispute.CodeUnknownMerchant:
		return errDeadLink
	}
	if err != nil {
		return err
	}
	q.did(confirmedAddress)
	return q.redirect(pages.PathSignIn)
}

// confirmedAddress is what a link to a new address does.
const confirmedAddress pages.Act = "confirm-address"

// signOut ends the session, here and in the store.
func (p *Portal) signOut(q *request) error {
	if err := p.sessions.Destroy(q.Context()); err != nil {
		return err
	}
	return q.redirect(pages.PathSignIn)
}

// deadLink is the error of a link that opens nothing.
func deadLink(cause error) error { return errors.Join(errDeadLink, cause) }

// holder returns who a link is for. It fails with errDeadLink if the messages go to another address now, and with
// errUnchecked if that cannot be found out.
func (p *Portal) holder(ctx context.Context, l link.Link) (identity, error) {
	switch l.Role {
	case link.RoleMerchant:
		return p.merchantOf(ctx, l)
	case link.RoleCustomer:
		return p.customerOf(ctx, l)
	case link.RoleDesk, link.RoleOperator:
		if p.Config.OIDC.Issuer == "" {
			return identity{Party: dispute.Party(l.Role), Login: l.Login}, nil
		}
	case link.RoleAddress: // which confirms an address, and signs nobody in
	}
	return identity{}, errDeadLink
}

func (p *Portal) customerOf(ctx context.Context, l link.Link) (identity, error) {
	_, whole, from, err := p.find(ctx, l.Dispute)
	who := identity{Party: dispute.PartyCustomer, Dispute: l.Dispute}
	switch {
	case err != nil:
		return identity{}, err
	case from == erased:
		return who, nil // and sees that it was erased
	case from == fromNowhere:
		return identity{}, errUnchecked
	}
	address := AddressOf(whole, dispute.PartyCustomer, "")
	if !l.SentTo(address) {
		return identity{}, errDeadLink
	}
	who.Address = hashOf(address)
	return who, nil
}

// merchantOf returns the merchant, within one dispute for a link about that dispute: mails are forwarded, and their links live
// long. All disputes and the settings take a link that the merchant has asked for.
func (p *Portal) merchantOf(ctx context.Context, l link.Link) (identity, error) {
	who := identity{Party: dispute.PartyMerchant, Merchant: l.Merchant, Dispute: l.Dispute}
	var whole dispute.Case
	if l.Dispute != "" {
		row, found, _, err := p.find(ctx, l.Dispute)
		if err != nil {
			return identity{}, err
		}
		who.Merchant, whole = row.MerchantID, found
	}
	settings, err := p.Ledger.Merchant(ctx, who.Merchant)
	if dispute.CodeOf(err) == dispute.CodeUnknownMerchant {
		return identity{}, errDeadLink
	}
	if err != nil {
		return identity{}, err
	}
	address := AddressOf(whole, dispute.PartyMerchant, settings.Email)
	if !l.SentTo(address) {
		return identity{}, errDeadLink
	}
	who.Address = hashOf(address)
	return who, nil
}

// find finds the case that a link names.
func (p *Portal) find(ctx context.Context, id string) (row ledger.CaseSummary, whole dispute.Case, from source, err error) {
	found, err := p.Ledger.Cases(ctx, ledger.CaseFilter{DisputeIDs: []string{id}}, ledger.CaseKey{}, 1)
	if err != nil {
		return row, whole, from, err
	}
	if len(found) == 0 {
		return row, whole, from, errDeadLink
	}
	if _, gone, err := p.erasure(ctx, found[0]); err != nil || gone {
		return found[0], whole, erased, err
	}
	whole, from, err = p.whole(ctx, found[0], id, p.answerTimeout)
	return found[0], whole, from, err
}
