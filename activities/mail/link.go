package mail

import (
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// Portal is the portal, with the keys that sign the links to it.
type Portal struct {
	Site link.Site
	Keys link.Keys
}

// LinkLife is how long the link of a mail works, counted from the event that the mail tells. It outlasts the longest dispute,
// and each mail brings a link that lasts longer.
const LinkLife = 2 * 365 * 24 * time.Hour

// roles are the roles of those who come by a link of their own. The desk signs in.
var roles = map[dispute.Party]link.Role{dispute.PartyMerchant: link.RoleMerchant, dispute.PartyCustomer: link.RoleCustomer}

// link returns the address at which the reader of a notice acts, or "" where there is no portal. It depends on the notice
// alone, so that a mail that is sent again has the same one.
func (p Portal) link(notice dispute.Notice) (string, error) {
	role, signed := roles[notice.Key.Recipient]
	switch {
	case !p.Site.Any():
		return "", nil
	case !signed:
		return p.Site.Case(notice.Dispute.ID), nil
	}
	from := notice.CausedAt
	if from.IsZero() {
		from = notice.Dispute.OpenedAt
	}
	claim := link.Claim{Role: role, Dispute: notice.Dispute.ID, Expires: from.Add(LinkLife)}
	token, err := p.Keys.Sign(claim, notice.To.Email)
	if err != nil {
		return "", fmt.Errorf("sign the link of the mail: %w", err)
	}
	return p.Site.Entry(token), nil
}
