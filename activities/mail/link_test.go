package mail_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// portal returns a portal with a key of the tests.
func portal(t *testing.T) mail.Portal {
	t.Helper()
	keys, err := link.ParseKeys("k1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	require.NoError(t, err)
	site, err := link.ParseSite("https://disputes.example.com")
	require.NoError(t, err)
	return mail.Portal{Site: site, Keys: keys}
}

// renderLinked returns a mail's text with a portal, and the address of its link, of which it has one.
func renderLinked(t *testing.T, notice dispute.Notice) (body, url string) {
	t.Helper()
	_, body, err := mail.Render(mail.Sender{From: from, Portal: portal(t)}, notice)
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m):\n(https://disputes\.example\.com/\S+)$`).FindAllStringSubmatch(body, -1)
	require.Len(t, found, 1, body)
	return body, found[0][1]
}

// verified returns the link at an address.
func verified(t *testing.T, url string, now time.Time) link.Link {
	t.Helper()
	token, ok := strings.CutPrefix(url, "https://disputes.example.com/link/")
	require.True(t, ok, url)
	got, err := portal(t).Keys.Verify(token, now)
	require.NoError(t, err)
	return got
}

// TestEveryMailHasItsLink: each mail leads its reader to the dispute, and asks for no answer by mail where there is a portal.
func TestEveryMailHasItsLink(t *testing.T) {
	t.Parallel()
	for _, entry := range catalogue {
		for _, locale := range []string{german, english} {
			notice := sample(t, entry.occasion, entry.to, locale)
			notice.CausedAt = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
			body, url := renderLinked(t, notice)
			got := verified(t, url, notice.CausedAt)
			require.Equal(t, link.Claim{Role: link.Role(entry.to), Dispute: "d-2026-17", Expires: notice.CausedAt.Add(mail.LinkLife)}, got.Claim)
			require.True(t, got.SentTo(notice.To.Email))
			require.Regexp(t, `leiten Sie diese E-Mail nicht weiter|do not forward this e-mail`, body)
			require.NotRegexp(t, `Antworten Sie einfach auf|[Jj]ust reply to`, body)
			require.NotContains(t, url, "@")

			_, without := render(t, notice)
			require.NotContains(t, without, "disputes.example.com")
			require.NotRegexp(t, `online|Link|link`, without)
			require.NotRegexp(t, `(?i)dispute app|Streitfall-App|portal`, without)
		}
	}
}

// TestLinkIsThatOfTheNotice: a mail that is sent again has the same link, and another one for another address.
func TestLinkIsThatOfTheNotice(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionReasonAsked, dispute.PartyCustomer, german)
	first, url := renderLinked(t, notice)
	again, _ := renderLinked(t, notice)
	require.Equal(t, first, again)
	require.WithinDuration(t, notice.Dispute.OpenedAt.Add(mail.LinkLife), verified(t, url, notice.Dispute.OpenedAt).Expires, 0)
	notice.To.Email = "corrected@example.org"
	_, corrected := renderLinked(t, notice)
	require.NotEqual(t, url, corrected)
	require.False(t, verified(t, url, notice.Dispute.OpenedAt).SentTo(notice.To.Email))
}

func TestDeskIsLedToTheCase(t *testing.T) {
	t.Parallel()
	for _, stage := range []dispute.Stage{dispute.StageJustification, dispute.StageDecision} {
		notice := sample(t, dispute.OccasionRulingAsked, dispute.PartyDesk, english)
		notice.Stage = stage
		body, url := renderLinked(t, notice)
		require.Equal(t, "https://disputes.example.com/disputes/d-2026-17", url)
		require.Contains(t, body, "You need to sign in.")
		require.NotContains(t, body, "starter rule")
		require.NotContains(t, body, "forward")
	}
}

func TestMailIsNotSentWithoutItsLink(t *testing.T) {
	t.Parallel()
	unsigned := portal(t)
	unsigned.Keys = link.Keys{}
	_, _, err := mail.Render(mail.Sender{From: from, Portal: unsigned}, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorContains(t, err, "PORTAL_KEYS")
	require.Empty(t, dispute.CodeOf(err))
}

// TestLinksOverSMTP: a mail server gets the link in both alternatives.
func TestLinksOverSMTP(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	channel, err := mail.NewSMTP("smtp://"+server.address, "", mail.Sender{From: from, Portal: portal(t)})
	require.NoError(t, err)
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
	_, err = channel.Send(t.Context(), notice)
	require.NoError(t, err)
	received := server.received()
	require.Len(t, received, 1)
	got := parse(t, received[0])
	_, url := renderLinked(t, notice)
	require.Contains(t, got.body, "Jetzt antworten:\r\n"+url+"\r\n")
	require.Contains(t, got.html, `href="`+url+`"`)
}
