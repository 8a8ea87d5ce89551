package dispute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func refunds(amount int64, currency string) dispute.Agreement {
	return dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: amount, Currency: currency}, ReportedBy: dispute.PartyMerchant,
	}
}

func pays(reportedBy dispute.Party) dispute.Agreement {
	return dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: reportedBy}
}

func TestAgreementsThatFit(t *testing.T) {
	t.Parallel()
	disputed := dispute.Money{Amount: 12990, Currency: "EUR"}
	for name, test := range map[string]struct {
		agreement dispute.Agreement
		refusal   string
	}{
		"RefundOfALittle":         {refunds(1, "EUR"), ""},
		"RefundOfEverything":      {refunds(12990, "EUR"), ""},
		"RefundOfMore":            {refunds(12991, "EUR"), "the refund of 129.91 EUR is more than is in dispute; at most 129.90 EUR are allowed"},
		"RefundInAnotherCurrency": {refunds(1, "SEK"), "the refund is in SEK; allowed is EUR, as in the dispute"},
		"CustomerSaysSo":          {pays(dispute.PartyCustomer), ""},
		"OperatorSaysSo":          {pays(dispute.PartyOperator), ""},
		"MerchantAloneSaysSo": {
			pays(dispute.PartyMerchant),
			"that the customer pays counts only when the customer or an operator reports it, not the merchant alone",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.agreement.Fits(disputed)
			if test.refusal == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, test.refusal, requireRefusal(t, err, dispute.CodeInvalidMessage))
		})
	}
}

func TestAgreementsThatSayTheSame(t *testing.T) {
	t.Parallel()
	noted := refunds(500, "EUR")
	noted.Note = "by phone"
	byCustomer := refunds(500, "EUR")
	byCustomer.ReportedBy = dispute.PartyCustomer
	different := []dispute.Agreement{
		refunds(500, "EUR"), refunds(501, "EUR"), refunds(500, "SEK"), noted, byCustomer,
		pays(dispute.PartyMerchant), pays(dispute.PartyCustomer),
		{},
	}
	for i, a := range different {
		for j, b := range different {
			if a.Refund != nil { // another place in memory
				refund := *a.Refund
				a.Refund = &refund
			}
			require.Equal(t, i == j, a.Equal(b), "%d %d", i, j)
			require.True(t, a.Equal(a))
		}
	}
}

func TestAgreementsInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "the merchant refunds 5.00 EUR", refunds(500, "EUR").String())
	require.Equal(t, "the customer pays", pays(dispute.PartyCustomer).String())
}
