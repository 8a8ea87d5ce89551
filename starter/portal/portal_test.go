package portal_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestMerchantWrites: a merchant comes by its link, finds its dispute in the list and writes; the same form twice is one message.
func TestMerchantWrites(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.browser(t)
	entry := s.entry(t, link.Claim{Role: link.RoleMerchant, Merchant: c.Merchant.ID}, c.Merchant.Email)
	require.Equal(t, http.StatusOK, b.get(entry).status)
	require.Equal(t, http.StatusUnauthorized, b.get(pages.PathList).status, "opening the link alone signs nobody in")
	entered := b.post(entry)
	require.Equal(t, pages.PathList, entered.location)
	require.Equal(t, http.StatusOK, b.get(pages.PathList).status)
	require.Equal(t, http.StatusOK, b.get(pages.CasePath(c.Dispute.ID)).status)

	form := uuid.NewString()
	for range 2 {
		sent := b.post(pages.ActPath(c.Dispute.ID, pages.ActRespond), pages.FieldForm, form, pages.FieldMessage, "We look into it.")
		require.Equal(t, http.StatusSeeOther, sent.status, sent.body)
		require.Equal(t, pages.CasePath(c.Dispute.ID), sent.location)
	}
	found, err := shared.Disputes.Case(t.Context(), c.Dispute.ID)
	require.NoError(t, err)
	require.Len(t, found.Conversation, 1)
	require.Equal(t, dispute.PartyMerchant, found.Conversation[0].By)
	require.Equal(t, "We look into it.", found.Conversation[0].Text)
}
