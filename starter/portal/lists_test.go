package portal_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// asked returns a site on a ledger of its own, with a merchant that has so many disputes on which the desk was asked to rule,
// every two of them in the same instant.
func asked(t *testing.T, disputes int) (site, dispute.Merchant) {
	t.Helper()
	return askedIn(t, t.TempDir()+"/ledger.db", disputes)
}

// askedIn is asked with the file of the ledger.
func askedIn(t *testing.T, file string, disputes int) (site, dispute.Merchant) {
	t.Helper()
	books, err := ledger.Open(t.Context(), "sqlite:"+file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	at := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	var merchant dispute.Merchant
	for n := range disputes {
		c := parties.NewCase(fmt.Sprintf("d-%03d", n), 0, parties.PathTo(dispute.ClosedForMerchant))
		if n == 0 {
			merchant = c.Merchant
		}
		c.Merchant, c.Invoice.MerchantID, c.Dispute.MerchantID = merchant, merchant.ID, merchant.ID
		c.Dispute.OpenedAt, c.Dispute.Calendar = at, "DE"
		_, err := books.Import(t.Context(), parties.Import([]parties.Case{c}))
		require.NoError(t, err)
		_, err = books.Pause(t.Context(), activities.Pause{Dispute: c.Dispute, At: at, Today: at.Format(time.DateOnly)})
		require.NoError(t, err)
		caused := at.Add(time.Duration(n/2) * time.Minute)
		_, err = books.Save(t.Context(), dispute.Receipt{
			Key:         dispute.NoticeKey{DisputeID: c.Dispute.ID, Occasion: dispute.OccasionRulingAsked, Number: 1, Recipient: dispute.PartyDesk},
			ContentHash: fmt.Sprintf("%064d", n), Channel: dispute.ChannelEmail, At: caused, CausedAt: caused,
			Standing: dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitJustification},
		})
		require.NoError(t, err)
	}
	s := serve(t, func(p *portal.Parts) {
		store, err := files.Open(t.Context(), p.Config.FilesURL)
		require.NoError(t, err)
		p.Ledger, p.Files = books, files.New(books, store)
	})
	return s, merchant
}

var (
	rowIn  = regexp.MustCompile(`<a href="/disputes/(d-\d+)">`)
	nextIn = regexp.MustCompile(`<a href="([^"]+)" rel="next">`)
)

// pagesFrom follows a list from page to page, and returns the ids of each page.
func (b browser) pagesFrom(path string) (lists [][]string) {
	b.Helper()
	for path != "" {
		got := b.get(path)
		require.Equal(b, http.StatusOK, got.status, path)
		var ids []string
		for _, row := range rowIn.FindAllStringSubmatch(got.body, -1) {
			ids = append(ids, row[1])
		}
		lists, path = append(lists, ids), ""
		if next := nextIn.FindStringSubmatch(got.body); next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	return lists
}

// TestPages: the queue and a merchant's list show each dispute once, in their order, on pages of 50.
func TestPages(t *testing.T) {
	t.Parallel()
	s, m := asked(t, 101)
	desk := s.signedIn(t, link.Claim{Role: link.RoleDesk, Login: "erika"}, "")
	require.Contains(t, desk.get(pages.PathQueue).body, html.EscapeString(m.Name))
	merchant := s.signedIn(t, link.Claim{Role: link.RoleMerchant, Merchant: m.ID}, m.Email)
	for path, lists := range map[string][][]string{
		"queue": desk.pagesFrom(pages.PathQueue), "list": merchant.pagesFrom(pages.PathList + "?" + pages.FieldTab + "=" + string(pages.TabKlarna)),
	} {
		require.Len(t, lists, 3, path)
		n := 0
		for i, size := range []int{50, 50, 1} {
			require.Len(t, lists[i], size, path)
			for _, id := range lists[i] {
				require.Equal(t, fmt.Sprintf("d-%03d", n), id, path)
				n++
			}
		}
	}
	for _, after := range []string{"x", "yesterday,d-001", ",../d"} {
		require.Equal(t, http.StatusNotFound, desk.get(pages.PathQueue+"?"+pages.FieldAfter+"="+after).status, after)
		require.Equal(t, http.StatusNotFound, merchant.get(pages.PathList+"?"+pages.FieldAfter+"="+after).status, after)
	}
}

// TestTurns: a dispute is in the tab of the one whose turn it is to answer, from the complaint to the last word, and the pages of
// both parties say the same.
func TestTurns(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	id := c.Dispute.ID
	merchant, customer := s.merchant(t, c), s.customer(t, c)
	tabs := func(want pages.Tab) {
		t.Helper()
		has := func(tab pages.Tab) bool {
			return strings.Contains(merchant.get(pages.PathList+"?"+pages.FieldTab+"="+string(tab)).body, pages.CasePath(id))
		}
		require.Eventually(t, func() bool { return has(want) }, 20*time.Second, 20*time.Millisecond, "the other party is told")
		for _, tab := range pages.Tabs {
			require.Equal(t, tab == want, has(tab), "%s, %s", want, tab)
		}
		count := regexp.MustCompile(`tab=` + string(want) + `"[^>]*>[^<]*<span class="count">1<`)
		require.Regexp(t, count, merchant.get(pages.PathList).body)
	}
	leads := func(merchantReads, customerReads string) {
		t.Helper()
		require.Contains(t, merchant.get(pages.CasePath(id)).body, merchantReads)
		require.Contains(t, customer.get(pages.CasePath(id)).body, customerReads)
	}
	name := html.EscapeString(c.Dispute.Complainant.Name)
	does := func(b browser, act pages.Act, fields ...string) {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, b.post(pages.ActPath(id, act), fields...).status)
	}
	tabs(pages.TabAct)
	leads("Bitte reagieren Sie auf diese Reklamation", "muss jetzt reagieren")
	does(merchant, pages.ActRespond, pages.FieldMessage, "Is it the lamp?")
	tabs(pages.TabCustomer)
	leads(name+" ist an der Reihe", "Antworten Sie "+html.EscapeString(c.Merchant.Name))
	does(customer, pages.ActRespond, pages.FieldMessage, "It is.")
	tabs(pages.TabAct)
	leads("Einigen Sie sich mit "+name, html.EscapeString(c.Merchant.Name)+" ist an der Reihe")
	does(merchant, pages.ActPropose, pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "10,00")
	tabs(pages.TabCustomer)
	leads(name+" ist an der Reihe", "schlägt vor: Sie bekommen")
	number := strconv.Itoa(caseOf(t, id).Proposals[0].Number)
	does(customer, pages.ActAnswer, pages.FieldProposal, number, pages.FieldAnswer, pages.AnswerDecline)
	tabs(pages.TabAct)
	leads("Einigen Sie sich mit "+name, html.EscapeString(c.Merchant.Name)+" ist an der Reihe")
	does(customer, pages.ActPropose, pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "20,00")
	tabs(pages.TabAct)
	leads("schlägt vor: Sie erstatten", html.EscapeString(c.Merchant.Name)+" ist an der Reihe")
	report, err := shared.Ledger.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
}

// TestClosedTab: of the disputes that are closed, the one that was closed last is the first, in the list and its CSV.
func TestClosedTab(t *testing.T) {
	t.Parallel()
	first, s := opened(t), serve(t)
	ids := []string{first.Dispute.ID, openedWith(t, first.Merchant).Dispute.ID, openedWith(t, first.Merchant).Dispute.ID}
	slices.Sort(ids)
	ids[0], ids[1] = ids[1], ids[0]
	for _, id := range ids {
		require.NoError(t, shared.Disputes.Withdraw(t.Context(), id, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
		untilArchived(t, id)
	}
	b := s.merchant(t, first)
	s.portal.ExportBy(1)
	for _, path := range []string{pages.PathList, pages.PathCSV} {
		body := b.get(path + "?" + pages.FieldTab + "=" + string(pages.TabClosed)).body
		last := -1
		for _, id := range slices.Backward(ids) {
			at := strings.Index(body, id)
			require.Greater(t, at, last, body)
			last = at
		}
	}
}
