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

// TestCustomersLearnThatTheMerchantHasReacted: what the merchant says ends the customer's prospect of winning by its silence,
// which no mail to the customer denies. What the customer says changes nothing for the merchant.
func TestCustomersLearnThatTheMerchantHasReacted(t *testing.T) {
	t.Parallel()
	for _, occasion := range []dispute.Occasion{dispute.OccasionMessage, dispute.OccasionProposalMade, dispute.OccasionProposalDeclined} {
		for locale, say := range map[string]struct{ reacted, unchanged string }{
			german:  {"reagiert: Einigen Sie sich nicht innerhalb der Frist, greift Klarna ein", "wie bisher"},
			english: {"responded: if the two of you do not reach an agreement in time, Klarna will step in", "as before"},
		} {
			_, customer := rendered(t, sample(t, occasion, dispute.PartyCustomer, locale))
			_, merchant := rendered(t, sample(t, occasion, dispute.PartyMerchant, locale))
			require.Contains(t, customer, say.reacted, occasion)
			require.NotContains(t, customer, say.unchanged, occasion)
			require.Contains(t, merchant, say.unchanged, occasion)
			require.NotContains(t, merchant, say.reacted, occasion)
		}
	}
}

// TestRepliesArePassedOnUntilTheDeadline: a message promises it only with the deadline until which it is so.
func TestRepliesArePassedOnUntilTheDeadline(t *testing.T) {
	t.Parallel()
	for _, to := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
		for locale, promise := range map[string][2]string{
			german:  {"geben wir", " bis einschließlich Montag, 21. Dezember 2026 weiter."},
			english: {"pass your replies on", " until the end of Monday, 21 December 2026."},
		} {
			notice := sample(t, dispute.OccasionMessage, to, locale)
			_, body := render(t, notice)
			require.NotContains(t, body, promise[0], to)
			notice.Deadline = sample(t, dispute.OccasionOpened, dispute.PartyMerchant, locale).Deadline
			_, body = render(t, notice)
			require.Contains(t, body, promise[0], to)
			require.Contains(t, body, promise[1], to)
		}
	}
}
