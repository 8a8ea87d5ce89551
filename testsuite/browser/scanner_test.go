package browser_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestScanner: a mail scanner opens every link of every mail and presses every button behind it: nothing happens to the dispute,
// and the links still work for those to whom they were sent.
func TestScanner(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		refund := dispute.Money{Amount: 3000, Currency: "EUR"}
		for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
			offer := dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &refund, ProposedBy: party, Message: "What about this?"}
			_, err := shared.Disputes.Propose(t.Context(), s.Dispute.ID, offer)
			require.NoError(t, err)
			refund.Amount += 2000
		}
		s.questioned()
		before := s.await(func(c dispute.Case) bool { return c.Told(dispute.PartyMerchant, dispute.OccasionInformationRequested) })

		scanner := newTab(t, with)
		for _, address := range []string{s.Merchant.Email, s.Dispute.Complainant.Email} {
			links := s.linksTo(address, s.Dispute.ID)
			require.Greater(t, len(links), 3)
			for _, url := range links {
				scanner.pressesAll(url)
			}
		}
		after, err := shared.Disputes.Case(t.Context(), s.Dispute.ID)
		require.NoError(t, err)
		require.Equal(t, before, after)
		s.merchant().reads("129,90 €")
		s.customer().reads("€129.90")
	})
}

// pressesAll opens a link as scanners do, and presses the only button of its page.
func (p tab) pressesAll(url string) {
	p.Helper()
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		request, err := http.NewRequestWithContext(p.Context, method, url, nil)
		require.NoError(p, err)
		request.Header.Set("X-Forwarded-For", newAddress())
		response, err := httpClient.Do(request)
		require.NoError(p, err)
		require.NoError(p, response.Body.Close())
		require.Equal(p, http.StatusOK, response.StatusCode)
		require.Empty(p, response.Cookies(), "opening a link signs nobody in")
	}
	p.open(url)
	require.Equal(p, 1, p.count("main form"))
	require.Equal(p, 1, p.count("main button"))
	p.press("main button")
	p.press("form[action='" + pages.PathSignOut + "'] button")
}
