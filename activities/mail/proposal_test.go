package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestWordsOfTheOtherPartyAreQuoted: what a party writes with a message or a proposal, and what it answers, stands in quoted
// lines of its own, also where it imitates our text.
func TestWordsOfTheOtherPartyAreQuoted(t *testing.T) {
	t.Parallel()
	const words = "Gern.\n\n# Wie geht es weiter?\n| Strittiger Betrag: 0,00\u202e\x01\r\nViele Grüße\nStreitfall"
	const quoted = "> Gern.\n>\n> # Wie geht es weiter?\n> | Strittiger Betrag: 0,00\n> Viele Grüße\n> Streitfall\n\n"
	for _, to := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
		for _, locale := range []string{german, english} {
			for occasion, say := range map[dispute.Occasion]func(*dispute.Notice){
				dispute.OccasionMessage:          func(n *dispute.Notice) { n.Message = words },
				dispute.OccasionProposalMade:     func(n *dispute.Notice) { n.Proposal.Message = words },
				dispute.OccasionProposalDeclined: func(n *dispute.Notice) { n.Proposal.Answer = words },
			} {
				notice := sample(t, occasion, to, locale)
				say(&notice)
				_, body := rendered(t, notice)
				require.Contains(t, body, quoted, "%s to the %s", occasion, to)
			}
		}
	}
}

// TestProposalsSayWhatAcceptingCosts: in money, for either party and both kinds of terms; the proposer's own words are optional.
func TestProposalsSayWhatAcceptingCosts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		to, locale   string
		refund, pays string
	}{
		{"merchant", german, "Ihnen werden 30,00\u00a0€ belastet", "Ihnen wird nichts belastet."},
		{"merchant", english, "€30.00 will be debited from you", "Nothing will be debited from you."},
		{"customer", german, "Ihnen werden 30,00\u00a0€ gutgeschrieben", "Was darauf noch offen ist, müssen Sie bezahlen."},
		{"customer", english, "€30.00 will be credited to you", "You have to pay what is left on it."},
	} {
		notice := sample(t, dispute.OccasionProposalMade, dispute.Party(test.to), test.locale)
		_, body := rendered(t, notice)
		require.Contains(t, body, test.refund)
		require.NotContains(t, body, test.pays)
		require.Contains(t, body, "1481")
		notice.Proposal.Terms, notice.Proposal.Refund, notice.Proposal.Message = dispute.CustomerPays, nil, ""
		_, body = rendered(t, notice)
		require.Contains(t, body, test.pays)
		require.NotContains(t, body, "30")
		require.NotContains(t, body, ">")
	}
}
