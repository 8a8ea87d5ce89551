package portal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestTwoDisputesInOneBrowser: who has come by the mails about two disputes, in two tabs, acts in both. Nothing else is open, a
// corrected address ends its own dispute only, and signing out ends both.
func TestTwoDisputesInOneBrowser(t *testing.T) {
	t.Parallel()
	first, s := opened(t), serve(t)
	second, third := openedWith(t, first.Merchant), openedWith(t, first.Merchant)
	for name, of := range map[string]func(parties.Case) (link.Claim, string){"customer": customerOf, "merchant": mailedTo} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim, address := of(first)
			b := s.signedIn(t, claim, address)
			claim, address = of(second)
			require.Equal(t, pages.CasePath(second.Dispute.ID), b.post(s.entry(t, claim, address)).location)
			for _, c := range []string{first.Dispute.ID, second.Dispute.ID} {
				require.Equal(t, http.StatusOK, b.get(pages.CasePath(c)).status)
				written := b.post(pages.ActPath(c, pages.ActRespond), pages.FieldAs, string(claim.Role), pages.FieldMessage, "Written by the "+name)
				require.Equal(t, http.StatusSeeOther, written.status, written.body)
			}
			require.Equal(t, pages.CasePath(second.Dispute.ID), b.get("/").location)
			require.Equal(t, http.StatusNotFound, b.get(pages.CasePath(third.Dispute.ID)).status)

			b.site = serve(t, func(p *portal.Parts) { p.Disputes = correctingOne{p.Disputes, first.Dispute.ID} })
			require.Equal(t, http.StatusNotFound, b.get(pages.CasePath(first.Dispute.ID)).status)
			b.site = s
			require.Equal(t, http.StatusNotFound, b.get(pages.CasePath(first.Dispute.ID)).status)
			require.Equal(t, http.StatusOK, b.get(pages.CasePath(second.Dispute.ID)).status)
			require.Equal(t, http.StatusSeeOther, b.post(pages.PathSignOut).status)
			require.Equal(t, http.StatusUnauthorized, b.get(pages.CasePath(second.Dispute.ID)).status)
		})
	}
}

// TestAnotherPartyInOneBrowser: who signs in as the other party is the first one no more.
func TestAnotherPartyInOneBrowser(t *testing.T) {
	t.Parallel()
	first, s := opened(t), serve(t)
	second := openedWith(t, first.Merchant)
	b := s.customer(t, first)
	claim, address := mailedTo(second)
	require.Equal(t, http.StatusSeeOther, b.post(s.entry(t, claim, address)).status)
	require.Equal(t, http.StatusNotFound, b.get(pages.CasePath(first.Dispute.ID)).status)
	require.Equal(t, http.StatusOK, b.get(pages.CasePath(second.Dispute.ID)).status)
}

// correctingOne is a Temporal in which the addresses of one dispute have been corrected.
type correctingOne struct {
	portal.Disputes
	id string
}

func (c correctingOne) Case(ctx context.Context, id string) (dispute.Case, error) {
	if id == c.id {
		return correcting{c.Disputes}.Case(ctx, id)
	}
	return c.Disputes.Case(ctx, id)
}
