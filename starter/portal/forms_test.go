package portal_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/workflows"
)

// TestProposalIsAnswered: a merchant proposes, the complainant accepts by number after it has confirmed, and the dispute ends.
func TestProposalIsAnswered(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	merchant, customer := s.merchant(t, c), s.customer(t, c)
	id := c.Dispute.ID
	refused := merchant.post(pages.ActPath(id, pages.ActPropose), pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "1.000.000,00", pages.FieldMessage, "Is this fair?")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.body, "Is this fair?")
	require.Equal(t, http.StatusSeeOther,
		merchant.post(pages.ActPath(id, pages.ActPropose), pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "30,00", pages.FieldMessage, "Is this fair?").status)
	done := merchant.get(pages.CasePath(id))
	require.Contains(t, done.body, "Ihr Vorschlag ist angekommen")
	require.NotContains(t, merchant.get(pages.CasePath(id)).body, "Ihr Vorschlag ist angekommen", "said once")

	found, err := shared.Disputes.Case(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, dispute.Money{Amount: 3000, Currency: "EUR"}, *found.Proposals[0].Refund)
	number := found.Proposals[0].Number
	form := uuid.NewString()
	answer := []string{pages.FieldForm, form, pages.FieldProposal, strconv.Itoa(number), pages.FieldAnswer, pages.AnswerAccept}
	asked := customer.post(pages.ActPath(id, pages.ActAnswer), answer...)
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.body, form, "the page that asks to confirm has the same form's id")
	require.Contains(t, asked.body, "30,00")
	require.Equal(t, dispute.ProposalStanding, caseOf(t, id).Proposals[0].State)
	require.Equal(t, http.StatusSeeOther, customer.post(pages.ActPath(id, pages.ActAnswer), append(answer, pages.FieldConfirmed, pages.FieldValueOn)...).status)
	require.Equal(t, dispute.ProposalAccepted, caseOf(t, id).Proposals[0].State)
}

// TestSentTwice: a form that is sent twice at the same time takes effect once.
func TestSentTwice(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.customer(t, c)
	form := uuid.NewString()
	var both sync.WaitGroup
	statuses := make([]int, 2)
	for i := range statuses {
		both.Go(func() {
			statuses[i] = b.post(pages.ActPath(c.Dispute.ID, pages.ActRespond), pages.FieldForm, form, pages.FieldMessage, "It is broken.\r\nStill.").status
		})
	}
	both.Wait()
	require.Equal(t, []int{http.StatusSeeOther, http.StatusSeeOther}, statuses)
	said := caseOf(t, c.Dispute.ID).Conversation
	require.Len(t, said, 1)
	require.Equal(t, dispute.PartyCustomer, said[0].By)
	require.Equal(t, "It is broken.\nStill.", said[0].Text)
}

// TestFromAnotherSite: a form that another site sends has no effect, whatever headers the browser has for that.
func TestFromAnotherSite(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.merchant(t, c)
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		{"Sec-Fetch-Site", "", "Origin", "null"},
	} {
		form := map[string][]string{pages.FieldForm: {uuid.NewString()}, pages.FieldMessage: {"Send money."}}
		got := b.do(http.MethodPost, pages.ActPath(c.Dispute.ID, pages.ActRespond), form, headers...)
		require.Equal(t, http.StatusForbidden, got.status, headers)
	}
	require.Empty(t, caseOf(t, c.Dispute.ID).Conversation)
}

// TestTextIsKept: whatever a form is refused for, its text is on the page that says so.
func TestTextIsKept(t *testing.T) {
	t.Parallel()
	const text = "Das Paket kam an: \u202e<b>wirklich</b> 📦"
	const shown = "&lt;b&gt;wirklich&lt;/b&gt; 📦"
	c, s := opened(t), serve(t)
	id := c.Dispute.ID
	b := s.merchant(t, c)
	write := func(b browser, text string) answer {
		return b.post(pages.ActPath(id, pages.ActRespond), pages.FieldMessage, text)
	}
	for name, refusal := range map[string]struct {
		err    error
		status int
	}{
		"changed": {dispute.Refuse(dispute.CodeNotAccepted, "not now"), http.StatusConflict},
		"closed":  {dispute.Refuse(dispute.CodeDisputeClosed, "closed"), http.StatusConflict},
		"limit":   {dispute.Refuse(dispute.CodeLimitReached, "20"), http.StatusConflict},
		"away":    {errors.New("deadline exceeded"), http.StatusServiceUnavailable},
	} {
		b := b
		b.site = serve(t, func(p *portal.Parts) { p.Disputes = refusing{p.Disputes, refusal.err} })
		got := write(b, text)
		require.Equal(t, refusal.status, got.status, name)
		require.Contains(t, got.body, shown, name)
	}
	b.site = serve(t, func(p *portal.Parts) { p.Disputes = away{p.Disputes} })
	got := write(b, text)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Contains(t, got.body, shown)
	b.site = s
	got = write(b, text+strings.Repeat("x", dispute.MaxText))
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	require.Contains(t, got.body, shown)
	got = write(s.browser(t), text)
	require.Equal(t, http.StatusUnauthorized, got.status)
	require.Contains(t, got.body, shown, "the session has ended")
	require.Equal(t, http.StatusRequestEntityTooLarge, write(b, strings.Repeat("x", 10<<20)).status)
	require.Equal(t, http.StatusBadRequest, b.post(pages.ActPath(id, pages.ActRespond), pages.FieldForm, "1", pages.FieldMessage, text).status)
	require.Empty(t, caseOf(t, id).Conversation)
	require.Equal(t, http.StatusSeeOther, write(b, strings.Repeat("📦", dispute.MaxText)).status)
}

// refusing is a dispute that takes no response.
type refusing struct {
	portal.Disputes
	err error
}

func (r refusing) Respond(context.Context, string, dispute.Response, ...workflows.UpdateOption) (dispute.View, error) {
	return dispute.View{}, r.err
}

// TestNamesComeFromTheSession: no field of a form says who somebody is.
func TestNamesComeFromTheSession(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	operator := s.signedIn(t, link.Claim{Role: link.RoleOperator, Login: "otto"}, "")
	period := caseOf(t, c.Dispute.ID).RunningPeriod()
	day := period.Deadline.AddDate(0, 0, 7).Format("2006-01-02")
	got := operator.post(pages.ActPath(c.Dispute.ID, pages.ActMove), pages.FieldDay, day, pages.FieldWhy, "holidays", "movedBy", "somebody else")
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	moved := caseOf(t, c.Dispute.ID).RunningPeriod()
	require.Equal(t, "otto", moved.Moves[0].MovedBy)
	require.Equal(t, day, moved.Deadline.AddDate(0, 0, -1).Format("2006-01-02"))
}

// TestHeaders: every answer has the headers, also those that are no page.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.browser(t)
	for _, path := range []string{"/", pages.PathSignIn, "/nowhere", "/healthz", pages.PathList, "/link/x"} {
		header := b.get(path).header
		require.Equal(t, "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "+
			"base-uri 'none'; frame-ancestors 'none'", header.Get("Content-Security-Policy"), path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			require.Equal(t, want, header.Get(name), path)
		}
	}
	for _, asset := range pages.Assets() {
		require.Equal(t, http.StatusOK, b.get(asset.Path).status)
	}
	require.Equal(t, http.StatusOK, b.get("/readyz").status)
}

// TestLimits: who asks too much is told so, and others are not.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b, status := s.browser(t), http.StatusOK
	for range 200 {
		if status = b.get(pages.PathSignIn).status; status != http.StatusOK {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Equal(t, http.StatusOK, s.browser(t).get(pages.PathSignIn).status)
}

// TestSentAgainOtherwise: a form that says something else when it is sent again, as after going back in the browser, does not
// pass for what it said before.
func TestSentAgainOtherwise(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	id, merchant, customer := c.Dispute.ID, s.merchant(t, c), s.customer(t, c)
	written := []string{pages.FieldForm, uuid.NewString(), pages.FieldMessage}
	for _, text := range []string{"First.", "Second."} {
		require.Equal(t, http.StatusSeeOther, customer.post(pages.ActPath(id, pages.ActRespond), append(written, text)...).status)
	}
	require.Len(t, caseOf(t, id).Conversation, 2, "both texts are there")

	merchant.post(pages.ActPath(id, pages.ActPropose), pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "30,00")
	answer := []string{
		pages.FieldForm, uuid.NewString(), pages.FieldConfirmed, pages.FieldValueOn,
		pages.FieldProposal, strconv.Itoa(caseOf(t, id).Proposals[0].Number), pages.FieldAnswer,
	}
	require.Equal(t, http.StatusSeeOther, customer.post(pages.ActPath(id, pages.ActAnswer), append(answer, pages.AnswerDecline)...).status)
	require.Equal(t, http.StatusConflict, customer.post(pages.ActPath(id, pages.ActAnswer), append(answer, pages.AnswerAccept)...).status,
		"it was declined, and is not said to be accepted")
	require.Equal(t, dispute.ProposalDeclined, caseOf(t, id).Proposals[0].State)
}

// TestSentAgainWithoutAnswer: a form of which nobody knows whether it has taken effect counts once when it is sent again from
// the page that says so.
func TestSentAgainWithoutAnswer(t *testing.T) {
	t.Parallel()
	c := opened(t)
	s := serve(t, func(p *portal.Parts) { p.Disputes = unanswered{p.Disputes} })
	b, path := s.customer(t, c), pages.ActPath(c.Dispute.ID, pages.ActRespond)
	lost := b.post(path, pages.FieldMessage, "It is broken.")
	require.Equal(t, http.StatusServiceUnavailable, lost.status)
	form := regexp.MustCompile(`action="` + path + `"[^>]*>\s*<input type="hidden" name="form" value="([^"]+)"`).FindStringSubmatch(lost.body)
	require.Len(t, form, 2, lost.body)
	b.post(path, pages.FieldForm, form[1], pages.FieldMessage, "It is broken.")
	require.Len(t, caseOf(t, c.Dispute.ID).Conversation, 1)
}

// unanswered is a dispute whose answers to a response are lost.
type unanswered struct{ portal.Disputes }

func (u unanswered) Respond(ctx context.Context, id string, m dispute.Response, options ...workflows.UpdateOption) (dispute.View, error) {
	_, err := u.Disputes.Respond(ctx, id, m, options...)
	return dispute.View{}, errors.Join(err, context.DeadlineExceeded)
}

// TestSentAsAnother: a form that was opened by one party is not sent by the other one, as which the same browser has signed in
// since.
func TestSentAsAnother(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	id, b := c.Dispute.ID, s.merchant(t, c)
	path := pages.ActPath(id, pages.ActRespond)
	form := regexp.MustCompile(`name="as" value="([^"]+)"`).FindStringSubmatch(b.get(pages.CasePath(id)).body)
	require.Len(t, form, 2)
	claim, address := customerOf(c)
	require.Equal(t, http.StatusSeeOther, b.post(s.entry(t, claim, address)).status)
	refused := b.post(path, pages.FieldAs, form[1], pages.FieldMessage, "Have you paid?")
	require.Equal(t, http.StatusConflict, refused.status)
	require.Contains(t, refused.body, "Have you paid?")
	require.Empty(t, caseOf(t, id).Conversation)
}

// TestFromThisSite: a browser that sends no Sec-Fetch-Site, as some did until 2023, sends its forms also through a proxy that
// changes the Host.
func TestFromThisSite(t *testing.T) {
	t.Parallel()
	b := serve(t).browser(t)
	form := map[string][]string{pages.FieldEmail: {"nobody"}}
	got := b.do(http.MethodPost, pages.PathSignIn, form, "Sec-Fetch-Site", "", "Origin", "https://portal.example")
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	got = b.do(http.MethodPost, pages.PathSignIn, form, "Sec-Fetch-Site", "", "Origin", "https://portal.example.evil.example")
	require.Equal(t, http.StatusForbidden, got.status)
}
