package portal_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"regexp"
	"strconv"
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

// TestFilesOfTwoTabs: the page that asks to confirm names the files that are sent, whatever another tab has added meanwhile.
func TestFilesOfTwoTabs(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	id, b := c.Dispute.ID, s.customer(t, c)
	untilStatement(t, id)
	uploaded := func(name string, width int) string {
		var photo bytes.Buffer
		require.NoError(t, png.Encode(&photo, image.NewGray(image.Rect(0, 0, width, 3))))
		page := b.upload(pages.ActPath(id, pages.ActUpload), name, photo.Bytes(), pages.FieldKind, "other", pages.FieldFor, string(pages.ActReason))
		require.Equal(t, http.StatusOK, page.status, page.body)
		drafts := regexp.MustCompile(`name="send" value="(\d+)"`).FindAllStringSubmatch(page.body, -1)
		return drafts[len(drafts)-1][1]
	}
	state := func(fields ...string) answer {
		return b.post(pages.ActPath(id, pages.ActReason), append(fields, pages.FieldText, "It is broken.")...)
	}
	first := uploaded("first.png", 3)
	shownAll := state()
	require.Contains(t, shownAll.body, `name="send" value="`+first+`"`, "what is shown is what is sent")
	uploaded("second.png", 4)
	confirm := state(pages.FieldSend, first)
	require.Equal(t, http.StatusOK, confirm.status)
	require.Contains(t, confirm.body, "first.png")
	require.NotContains(t, confirm.body, "second.png")
	require.Equal(t, http.StatusSeeOther, state(pages.FieldSend, first, pages.FieldConfirmed, pages.FieldValueOn).status)
	require.Len(t, caseOf(t, id).Statement.Files, 1)
}

// TestReplacedProposalIsNotConfirmed: nobody is asked to confirm a proposal that does not stand any more.
func TestReplacedProposalIsNotConfirmed(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	id, merchant, customer := c.Dispute.ID, s.merchant(t, c), s.customer(t, c)
	for _, amount := range []string{"30,00", "20,00"} {
		proposed := merchant.post(pages.ActPath(id, pages.ActPropose), pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, amount)
		require.Equal(t, http.StatusSeeOther, proposed.status)
	}
	accept := func(number int) answer {
		return customer.post(pages.ActPath(id, pages.ActAnswer), pages.FieldProposal, strconv.Itoa(number), pages.FieldAnswer, pages.AnswerAccept,
			pages.FieldNote, "Thirty it is.")
	}
	all := caseOf(t, id).Proposals
	replaced := accept(all[0].Number)
	require.Equal(t, http.StatusConflict, replaced.status)
	require.Contains(t, replaced.body, "Thirty it is.")
	require.Equal(t, http.StatusConflict, accept(1).status, "there is no such proposal")
	require.Equal(t, http.StatusOK, accept(all[1].Number).status)
}
