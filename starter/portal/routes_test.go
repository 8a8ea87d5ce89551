package portal_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// person is somebody who asks for pages.
type person struct {
	name string
	// party is what the person is, empty for nobody; owns is true if the dispute of the test is the person's to see.
	party dispute.Party
	owns  bool
	browser
	// mailed is true for who has come by a mail to a merchant about one dispute.
	mailed bool
}

// people returns everybody who may try to see the dispute of a case.
func people(t *testing.T, s site, c, other parties.Case) []person {
	t.Helper()
	signedIn := func(claim link.Claim, address string) browser { return s.signedIn(t, claim, address) }
	refused := func(claim link.Claim, address string) browser {
		b := s.browser(t)
		require.Equal(t, http.StatusNotFound, b.post(s.entry(t, claim, address)).status)
		return b
	}
	expired := link.Claim{Role: link.RoleCustomer, Dispute: c.Dispute.ID, Expires: time.Now().Add(-time.Second)}
	forCustomer, _ := customerOf(c)
	return []person{
		{"nobody", "", false, s.browser(t), false},
		{"merchant", dispute.PartyMerchant, true, signedIn(merchantOf(c)), false},
		{"other merchant", dispute.PartyMerchant, false, signedIn(merchantOf(other)), false},
		{"merchant by mail", dispute.PartyMerchant, true, signedIn(mailedTo(c)), true},
		{"merchant by another mail", dispute.PartyMerchant, false, signedIn(mailedTo(other)), true},
		{"complainant", dispute.PartyCustomer, true, signedIn(customerOf(c)), false},
		{"other complainant", dispute.PartyCustomer, false, signedIn(customerOf(other)), false},
		{"desk", dispute.PartyDesk, true, signedIn(link.Claim{Role: link.RoleDesk, Login: "erika"}, ""), false},
		{"operator", dispute.PartyOperator, true, signedIn(link.Claim{Role: link.RoleOperator, Login: "otto"}, ""), false},
		{"expired link", "", false, refused(expired, c.Dispute.Complainant.Email), false},
		{"link to another address", "", false, refused(forCustomer, "jonas@old.example"), false},
	}
}

// wants returns the status of a page of a case for a person, where those whose it is get seen.
func (p person) wants(who []dispute.Party, seen int) int {
	switch {
	case p.party == "":
		return http.StatusUnauthorized
	case !slices.Contains(who, p.party) || !p.owns:
		return http.StatusNotFound
	default:
		return seen
	}
}

// TestRoutes: each route of the table gives each person what is theirs, and to all others the same answer as for what is not
// there.
func TestRoutes(t *testing.T) {
	t.Parallel()
	c, other, s := opened(t), opened(t), serve(t)
	sibling := openedWith(t, c.Merchant)
	absent := s.signedIn(t, link.Claim{Role: link.RoleDesk, Login: "erika"}, "").get(pages.CasePath("d-absent"))
	require.Equal(t, http.StatusNotFound, absent.status)
	claim, address := mailedTo(sibling)
	everybody := append(people(t, s, c, other),
		person{"merchant by a mail about its other dispute", dispute.PartyMerchant, false, s.signedIn(t, claim, address), true})
	for _, person := range everybody {
		for _, route := range portal.Routes() {
			if len(route.Who) == 0 || strings.HasSuffix(route.Path, "{act}") { // TestLinks and TestActs have these
				continue
			}
			isCase := strings.Contains(route.Path, "{id}")
			want := person.wants(route.Who, http.StatusOK)
			if !isCase && person.party != "" && slices.Contains(route.Who, person.party) {
				want = http.StatusOK // a list of the person's own
			}
			if !isCase && person.mailed && want == http.StatusOK {
				want = http.StatusSeeOther // to the page to sign in
				if route.Method != http.MethodGet {
					want = http.StatusUnauthorized
				}
			}
			if strings.Contains(route.Path, "{file}") && want == http.StatusOK {
				want = http.StatusNotFound // there is no file
			}
			if route.Path == pages.PathCSV && want == http.StatusOK {
				require.Contains(t, person.get(route.Path).body, "dispute,order,invoice,")
			}
			got := person.get(strings.NewReplacer("{id}", c.Dispute.ID, "{file}", "1").Replace(route.Path))
			require.Equal(t, want, got.status, "%s asks for %s", person.name, route.Path)
			if want == http.StatusNotFound && person.party == dispute.PartyDesk {
				require.Equal(t, strings.ReplaceAll(absent.body, pages.CasePath("d-absent"), ""), strings.ReplaceAll(got.body, got.path, ""))
			}
		}
	}
}

// TestCaseInEachState: who may see a case sees it while it runs, when it has ended, when Temporal has forgotten it, when
// Temporal is away and when it was erased, and the others never do.
func TestCaseInEachState(t *testing.T) {
	t.Parallel()
	open, closed, wiped, other := opened(t), opened(t), opened(t), opened(t)
	for _, c := range []parties.Case{closed, wiped} {
		require.NoError(t, shared.Disputes.Withdraw(t.Context(), c.Dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
		require.Eventually(t, func() bool {
			_, err := shared.Ledger.ArchivedCase(t.Context(), c.Dispute.ID)
			return err == nil
		}, 20*time.Second, 20*time.Millisecond)
	}
	for name, state := range map[string]struct {
		of       parties.Case
		disputes func(portal.Disputes) portal.Disputes
	}{
		"open":      {open, nil},
		"away":      {open, func(d portal.Disputes) portal.Disputes { return away{d} }},
		"closed":    {closed, nil},
		"forgotten": {closed, func(d portal.Disputes) portal.Disputes { return forgotten{d} }},
		"erased":    {wiped, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everybody := people(t, serve(t), state.of, other)
			if name == "erased" {
				_, err := shared.Ledger.Erase(t.Context(), ledger.Erasure{DisputeID: state.of.Dispute.ID, At: time.Now(), ErasedBy: "otto", Reason: "asked"})
				require.NoError(t, err)
			}
			later := serve(t, func(p *portal.Parts) {
				if state.disputes != nil {
					p.Disputes = state.disputes(p.Disputes)
				}
			})
			for _, person := range everybody {
				person.site = later
				got := person.get(pages.CasePath(state.of.Dispute.ID))
				require.Equal(t, person.wants(everyone, http.StatusOK), got.status, person.name)
				if name != "open" && name != "away" {
					person.isRefused(state.of.Dispute.ID, nothing)
				}
			}
		})
	}
}

// away is a Temporal without workers.
type away struct{ portal.Disputes }

func (away) Case(context.Context, string) (dispute.Case, error) {
	return dispute.Case{}, errors.New("context deadline exceeded")
}

// forgotten is a Temporal that no longer retains the dispute.
type forgotten struct{ portal.Disputes }

func (forgotten) Case(_ context.Context, id string) (dispute.Case, error) {
	return dispute.Case{}, dispute.Refuse(dispute.CodeUnknownDispute, "Temporal has no dispute %q", id)
}

// TestActs: each act is there for those who may do it, and for the others it is not there. Nothing is done: Temporal is away.
func TestActs(t *testing.T) {
	t.Parallel()
	c, other, s := opened(t), opened(t), serve(t)
	later := serve(t, func(p *portal.Parts) { p.Disputes = away{p.Disputes} })
	for _, person := range people(t, s, c, other) {
		person.site = later
		for act, who := range portal.ActsOf() {
			got := person.post(pages.ActPath(c.Dispute.ID, pages.Act(act)), pages.FieldMessage, "We look into it.")
			require.Equal(t, person.wants(who, http.StatusServiceUnavailable), got.status, "%s does %s", person.name, act)
		}
		require.Contains(t, []int{http.StatusNotFound, http.StatusUnauthorized}, person.post(pages.ActPath(c.Dispute.ID, "dance")).status)
	}
}

// TestCorrectedAddress: when an address is corrected, sessions and links of the old one open nothing any more.
func TestCorrectedAddress(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	claim, address := customerOf(c)
	entry := s.entry(t, claim, address)
	before := s.signedIn(t, claim, address)
	require.Equal(t, http.StatusOK, before.get(pages.CasePath(c.Dispute.ID)).status)
	corrected := serve(t, func(p *portal.Parts) { p.Disputes = correcting{p.Disputes} })
	before.site = corrected
	require.Equal(t, http.StatusNotFound, before.get(pages.CasePath(c.Dispute.ID)).status)
	before.site = serve(t, func(p *portal.Parts) { p.Disputes = away{p.Disputes} })
	require.Equal(t, http.StatusUnauthorized, before.get(pages.CasePath(c.Dispute.ID)).status, "without Temporal neither")
	require.Equal(t, http.StatusNotFound, corrected.browser(t).post(entry).status)
	now := corrected.signedIn(t, claim, "new@example.org")
	require.Equal(t, http.StatusOK, now.get(pages.CasePath(c.Dispute.ID)).status)

	// The merchant's address for one dispute opens that dispute and no list.
	one := corrected.signedIn(t, link.Claim{Role: link.RoleMerchant, Dispute: c.Dispute.ID}, "new@shop.example")
	require.Equal(t, http.StatusOK, one.get(pages.CasePath(c.Dispute.ID)).status)
	for _, path := range []string{pages.PathList, pages.PathCSV, pages.PathSettings} {
		require.Equal(t, pages.PathSignIn, one.get(path).location, path)
	}
	old, address := mailedTo(c)
	require.Equal(t, http.StatusNotFound, corrected.browser(t).post(s.entry(t, old, address)).status)

	email := "other@shop.example"
	merchant := s.signedIn(t, link.Claim{Role: link.RoleMerchant, Merchant: c.Merchant.ID}, c.Merchant.Email)
	require.Equal(t, http.StatusOK, merchant.get(pages.PathList).status)
	_, _, err := shared.Ledger.SetMerchant(t.Context(), c.Merchant.ID, dispute.Settings{Email: &email})
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, merchant.get(pages.PathList).status, "the settings have another address")
}

// correcting is a Temporal in which both addresses have been corrected.
type correcting struct{ portal.Disputes }

func (c correcting) Case(ctx context.Context, id string) (dispute.Case, error) {
	found, err := c.Disputes.Case(ctx, id)
	found.Corrected = dispute.CorrectedAddresses{Customer: "new@example.org", Merchant: "new@shop.example"}
	return found, err
}
