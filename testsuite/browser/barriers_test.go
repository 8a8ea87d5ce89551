package browser_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// languages are those of the pages.
var languages = []string{"de", "en"}

// TestBarriersOfOpenCases: axe-core finds no barrier on the pages of those who act, with data, refused forms and confirmations.
func TestBarriersOfOpenCases(t *testing.T) {
	t.Parallel()
	s := opened(t, look{})
	s.proposes(3000)
	merchant, id := s.account(), s.Dispute.ID
	merchant.isFree(pages.PathList, pages.PathList+"?tab=closed", pages.PathList+"?search=nothing", pages.PathSettings, pages.CasePath(id),
		pages.ActPath(id, pages.ActAcceptLoss), pages.CasePath("d-absent"))
	customer := s.customer()
	customer.isFree(pages.CasePath(id), pages.ActPath(id, pages.ActWithdraw), pages.ActPath(id, pages.ActPay))
	for _, language := range languages {
		merchant.open(pages.CasePath(id) + "?lang=" + language)
		merchant.unfold(pages.ActPropose)
		merchant.press(sendOf(pages.ActPropose))
		merchant.isFreeHere("a refused form in " + language)
		merchant.press(formOf(pages.ActAnswer) + " button[value=accept]")
		merchant.press(sendOf(pages.ActAnswer))
		merchant.isFreeHere("a confirmation without the box in " + language)
	}
	s.asked()
	customer.open(pages.CasePath(id))
	customer.upload(pages.ActReason, "photo.pdf", delivery)
	customer.isFree(pages.CasePath(id))
}

// TestBarriersOfTheProvider: nor on those of the desk and of operators.
func TestBarriersOfTheProvider(t *testing.T) {
	t.Parallel()
	s := opened(t, look{})
	s.questioned()
	_, err := shared.Disputes.SubmitEvidence(t.Context(), s.Dispute.ID, dispute.Evidence{Text: "It was delivered."})
	require.NoError(t, err)
	s.await(func(c dispute.Case) bool {
		return c.WaitingFor == dispute.WaitDecision && len(c.Questions) == 2
	})
	desk := provider(t, look{}, "desk")
	desk.isFree(pages.PathQueue, pages.CasePath(s.Dispute.ID))
	for _, language := range languages {
		desk.open(pages.CasePath(s.Dispute.ID) + "?lang=" + language)
		desk.choose(pages.ActRule, pages.FieldRuling, pages.RulingForCustomer)
		desk.fill(pages.ActRule, pages.FieldRationale, "Nothing shows a delivery.")
		desk.press(sendOf(pages.ActRule))
		desk.isFreeHere("the confirmation of a ruling in " + language)
	}
	unreached := opened(t, look{}, func(s *story) { s.Dispute.Complainant.Email = "refused@" + s.Dispute.ID + ".example" })
	unreached.escalates()
	unreached.await(func(c dispute.Case) bool { return len(c.Attention) > 0 })
	operator := provider(t, look{}, "operator")
	operator.eventually(unreached.Dispute.ID)
	operator.isFree(pages.PathAttention, pages.CasePath(unreached.Dispute.ID), pages.ActPath(unreached.Dispute.ID, pages.ActCancel))
}

// TestBarriersAfterTheEnd: nor on those of closed disputes, and of those whose content was erased.
func TestBarriersAfterTheEnd(t *testing.T) {
	t.Parallel()
	s := opened(t, look{})
	people := []tab{s.account(), s.customer(), provider(t, look{}, "desk")}
	require.NoError(t, shared.Disputes.Withdraw(t.Context(), s.Dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	s.closes(dispute.ClosedByWithdrawal)
	for _, person := range people {
		person.isFree(pages.CasePath(s.Dispute.ID))
	}
	people[0].isFree(pages.PathList + "?tab=closed")
	_, err := shared.Ledger.Erase(t.Context(), ledger.Erasure{DisputeID: s.Dispute.ID, At: time.Now(), ErasedBy: "otto", Reason: "asked"})
	require.NoError(t, err)
	people[0].isFree(pages.CasePath(s.Dispute.ID))
}

// TestBarriersOfAccess: nor on those with which a merchant signs in by mail and moves to another address.
func TestBarriersOfAccess(t *testing.T) {
	t.Parallel()
	s := opened(t, look{})
	merchant := newTab(t, look{})
	for _, language := range languages {
		merchant.open(pages.PathSignIn + "?lang=" + language)
		merchant.enter("main input[type=email]", "nobody")
		merchant.press("main form button")
		merchant.isFreeHere("a refused address in " + language)
		merchant.open(pages.PathSignIn)
		merchant.enter("main input[type=email]", s.Merchant.Email)
		merchant.press("main form button")
		merchant.isFreeHere("a link by mail in " + language)
	}
	merchant.open(s.linksTo(s.Merchant.Email, "sign-in")[0])
	merchant.press("main form button")
	require.Equal(t, pages.PathList, merchant.path())
	for _, language := range languages {
		merchant.open(pages.PathSettings + "?lang=" + language)
		merchant.enter(fieldOf(pages.ActWebhook, pages.FieldWebhook), "ftp://nowhere")
		merchant.press(sendOf(pages.ActWebhook))
		merchant.isFreeHere("a refused setting in " + language)
	}
	merchant.open(pages.PathSettings)
	merchant.enter(fieldOf(pages.ActEmail, pages.FieldEmail), "new-"+s.Merchant.Email)
	merchant.press(sendOf(pages.ActEmail))
	merchant.isFree(pages.PathSettings)
	merchant.isFree(strings.TrimPrefix(s.linksTo("new-"+s.Merchant.Email, "")[0], shared.portal))
}

// TestBarriersForStrangers: nor on those of people who are not signed in, and of links that are dead.
func TestBarriersForStrangers(t *testing.T) {
	t.Parallel()
	s := opened(t, look{})
	stranger := newTab(t, look{})
	for _, address := range []string{s.Merchant.Email, s.Dispute.Complainant.Email} {
		stranger.isFree(strings.TrimPrefix(s.linksTo(address, s.Dispute.ID)[0], shared.portal))
	}
	stranger.isFree(pages.PathSignIn, pages.PathList, link.EntryPath+"forged", "/nowhere")
}

// TestBarriersWithoutTemporal: nor where live details are not available, and where there is nothing at all.
func TestBarriersWithoutTemporal(t *testing.T) {
	t.Parallel()
	s := opened(t, look{})
	temporal, cut := relay(t, shared.Address())
	away := secondPortal(t, "TEMPORAL_ADDRESS="+temporal)
	people := []tab{s.merchant(), s.customer()} // browsers send a cookie to every port of a host
	operator := provider(t, look{}, "operator")
	cut()
	for _, person := range people {
		person.isFree(away + pages.CasePath(s.Dispute.ID))
		person.reads("Last known state", s.Merchant.Name)
	}
	operator.isFree(away + pages.PathAttention)

	books := "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
	created, err := ledger.Open(t.Context(), books)
	require.NoError(t, err)
	require.NoError(t, created.Close())
	empty := secondPortal(t, "LEDGER_URL="+books)
	desk := newTab(t, look{})
	desk.open(empty + strings.TrimPrefix(printedLink(t, "desk"), shared.portal))
	desk.press("main form button")
	desk.isFree(empty + pages.PathQueue)
}

// secondPortal runs a portal with other variables, and returns its address.
func secondPortal(t *testing.T, variables ...string) (address string) {
	t.Helper()
	portal, err := startPortal(t.Context(), &address, variables...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, portal.Stop()) })
	return address
}

// relay passes connections on to an address, until they are cut.
func relay(t *testing.T, to string) (address string, cut func()) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	t.Cleanup(cancel)
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			behind, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _, _ = from.Close(), behind.Close() })
			go func() { _, _ = io.Copy(behind, from) }()
			go func() { _, _ = io.Copy(from, behind) }()
		}
	}()
	return listener.Addr().String(), cancel
}

// isFree opens pages in each language and asserts that they are free of barriers.
func (p tab) isFree(paths ...string) {
	p.Helper()
	for _, path := range paths {
		for _, language := range languages {
			address, err := url.Parse(path)
			require.NoError(p, err)
			query := address.Query()
			query.Set(pages.FieldLanguage, language)
			address.RawQuery = query.Encode()
			p.open(address.String())
			p.isFreeHere(address.String())
		}
	}
}

// isFreeHere asserts that the page is free of barriers in both schemes, and that it fits a narrow screen.
func (p tab) isFreeHere(name string) {
	p.Helper()
	for scheme, rules := range map[string][]string{"light": nil, "dark": {"color-contrast"}} { // the schemes differ in colors alone
		p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}))
		found, err := json.MarshalIndent(p.barriers(rules...), "", "  ")
		require.NoError(p, err)
		require.Equal(p, "[]", string(found), "%s, %s", name, scheme)
	}
	p.do(chromedp.EmulateViewport(320, 640))
	wide := read(p, chromedp.Evaluate[string](`(() => {
		const all = document.documentElement;
		if (all.scrollWidth <= all.clientWidth) return "";
		return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > all.clientWidth).map(e => e.outerHTML).at(-1);
	})()`))
	require.Empty(p, wide, "%s scrolls sideways at 320 pixels", name)
	p.do(chromedp.EmulateViewport(1100, 900))
}
