package pages_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestConfirmation: what cannot be undone states its consequence in money, and its box is empty whatever was sent.
func TestConfirmation(t *testing.T) {
	t.Parallel()
	window, evidence := at(dispute.WaitAgreement), at(dispute.WaitEvidence)
	m, k, d := dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk
	for _, want := range []struct {
		c     dispute.Case
		party dispute.Party
		form  pages.Filled
		says  string
	}{
		{window, m, filled(pages.ActAcceptLoss, nil), "€129.90 is debited from you (chargeback)"},
		{
			window, m, filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsFull),
			"€129.90 is debited from you and credited to Jonas Weiß. This takes effect at once",
		},
		{
			talking(), m, filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "50"),
			"€50.00 is debited from you",
		},
		{
			talking(), m, filled(pages.ActAnswer, nil, pages.FieldProposal, "2108", pages.FieldAnswer, pages.AnswerAccept),
			"€50.00 is debited from you",
		},
		{evidence, m, filled(pages.ActEvidence, nil, pages.FieldText, "proof"), "You can answer once only"},
		{window, k, filled(pages.ActWithdraw, nil), "the €129.90 is not credited to you"},
		{window, k, filled(pages.ActPay, nil), "the €129.90 is not credited to you"},
		{at(dispute.WaitStatement), k, filled(pages.ActReason, nil, pages.FieldText, "reason"), "€129.90 is at stake"},
		{
			at(dispute.WaitDecision), d, filled(pages.ActRule, nil, pages.FieldRuling, pages.RulingForCustomer, pages.FieldRationale, "r"),
			"up to €129.90 is debited from Nordlicht",
		},
	} {
		want.form.Values.Set(pages.FieldConfirmed, pages.FieldValueOn)
		want.form.Values.Set(pages.FieldForm, "the-id")
		require.True(t, pages.NeedsConfirmation(want.c, want.party, want.form), want.says)
		v, x := viewer(want.party, language.English), context()
		x.Filled = want.form
		page := render(t, v, pages.Confirm(want.c, v, x))
		sound(t, want.says, page)
		require.Contains(t, page, want.says)
		require.Contains(t, page, `name="confirmed" value="on" required>`, "the box is empty")
		require.Contains(t, page, `name="form" value="the-id"`, "it is the same act")
		for _, field := range []string{pages.FieldText, pages.FieldTerms, pages.FieldProposal, pages.FieldRationale} {
			if value := want.form.Value(field); value != "" {
				require.Contains(t, page, `<input type="hidden" name="`+field+`" value="`+value+`">`)
			}
		}
	}
}

func TestWhatNeedsNoConfirmation(t *testing.T) {
	t.Parallel()
	c := talking()
	for _, form := range []pages.Filled{
		filled(pages.ActRespond, nil, pages.FieldMessage, "hello"),
		filled(pages.ActEvidence, nil, pages.FieldText, "early"),
		filled(pages.ActAnswer, nil, pages.FieldAnswer, pages.AnswerDecline),
		filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsPay),
		filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "49,99"),
		filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "?"),
	} {
		require.False(t, pages.NeedsConfirmation(c, dispute.PartyMerchant, form), form)
	}
}

func TestOfferOf(t *testing.T) {
	t.Parallel()
	c := at(dispute.WaitAgreement)
	for text, cents := range map[string]int64{
		"30": 3000, "30,5": 3050, "30.00 €": 3000, "€30.00": 3000, "129,90 EUR": 12990,
		" 12,00\u00a0€ ": 1200,
	} {
		offer, problems := pages.OfferOf(c, dispute.PartyMerchant, filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsRefund,
			pages.FieldAmount, text, pages.FieldMessage, "m"))
		require.Empty(t, problems, text)
		require.Equal(t, dispute.Offer{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: cents, Currency: "EUR"}, Message: "m",
			ProposedBy: dispute.PartyMerchant,
		}, offer)
	}
	for text, kind := range map[string]pages.ProblemKind{
		"": pages.ProblemAmount, "0": pages.ProblemAmount, "-3": pages.ProblemAmount, "1.000": pages.ProblemAmount,
		"129,91": pages.ProblemAmountLarge, "x": pages.ProblemAmount,
	} {
		_, problems := pages.OfferOf(c, dispute.PartyMerchant, filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsRefund,
			pages.FieldAmount, text))
		require.Len(t, problems, 1, text)
		require.Equal(t, kind, problems[0].Kind, text)
		require.Equal(t, pages.FieldAmount, problems[0].Field)
	}
	_, problems := pages.OfferOf(c, dispute.PartyMerchant, filled(pages.ActPropose, nil))
	require.Equal(t, []pages.Problem{{Field: pages.FieldTerms, Kind: pages.ProblemChoice}}, problems)
	offer, _ := pages.OfferOf(c, dispute.PartyCustomer, filled(pages.ActPay, nil, pages.FieldNote, "n"))
	require.Equal(t, dispute.Offer{Terms: dispute.CustomerPays, Message: "n", ProposedBy: dispute.PartyCustomer}, offer)
	c.Dispute.DisputedAmount = dispute.Money{Amount: 50_000, Currency: "KWD"}
	offer, _ = pages.OfferOf(c, dispute.PartyMerchant, filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsRefund, pages.FieldAmount,
		"1.234"))
	require.Equal(t, int64(1234), offer.Refund.Amount, "the decimals of dinars")
}
