package dispute_test

import (
	"strings"
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

func TestDecodeAgreement(t *testing.T) {
	t.Parallel()
	const (
		terms = "terms: must be one of customer_pays, merchant_refunds"
		by    = "reportedBy: must be one of merchant, customer, operator"
	)
	requireCases[dispute.Agreement](t, []messageCase{
		{`{"terms": "customer_pays", "reportedBy": "customer"}`, ""},
		{`{"terms": "customer_pays", "reportedBy": "merchant", "refund": null}`, ""}, // a proposal
		{`{"terms": "merchant_refunds", "refund": {"amount": 1, "currency": "EUR"}, "reportedBy": "merchant", "note": "ok"}`, ""},
		{`{"terms": "merchant_refunds", "refund": {"amount": 9007199254740991, "currency": "JPY"}, "reportedBy": "operator"}`, ""},
		{`{}`, terms + "|" + by},
		{`{"terms": "CUSTOMER_PAYS", "reportedBy": "desk"}`, terms + "|" + by},
		{`{"terms": "merchant_refunds", "reportedBy": "merchant"}`, "refund: is required with terms merchant_refunds"},
		{`{"terms": "merchant_refunds", "reportedBy": "merchant", "refund": null}`, "refund: is required with terms merchant_refunds"},
		{`{"terms": "customer_pays", "reportedBy": "customer", "refund": {"amount": 1, "currency": "EUR"}}`, "refund: must be left out with terms customer_pays"},
		{
			`{"terms": "merchant_refunds", "reportedBy": "merchant", "refund": {}}`,
			"refund.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991|refund.currency: must be the ISO 4217 code of a currency, such as EUR",
		},
		{
			`{"terms": "refund", "reportedBy": "merchant", "refund": {"amount": -1, "currency": "EUR"}}`,
			terms + "|refund.amount: must be a whole number of minor units (cents of EUR), 1 to 9007199254740991",
		},
		{`{"terms": "merchant_refunds", "reportedBy": "merchant", "refund": 500}`, "refund: must be a JSON object"},
		{`{"terms": "customer_pays", "reportedBy": "customer", "refund": "none"}`, "refund: must be a JSON object"},
		{`{"terms": "customer_pays", "reportedBy": "customer", "note": "` + strings.Repeat("x", 5001) + `"}`, "note: has 5001 characters; at most 5000 are allowed"},
		{`{"terms": "customer_pays", "reported_by": "customer"}`, "reported_by: is unknown here; known are terms, refund, reportedBy, note|" + by},
	})
}

func TestOfferFits(t *testing.T) {
	t.Parallel()
	disputed := dispute.Money{Amount: 12990, Currency: "EUR"}
	for name, test := range map[string]struct {
		agreement dispute.Agreement
		refusal   string
	}{
		"RefundOfALittle":         {refunds(1, "EUR"), ""},
		"RefundOfEverything":      {refunds(12990, "EUR"), ""},
		"RefundOfMore":            {refunds(12991, "EUR"), "the refund of 129.91 EUR exceeds the disputed amount of 129.90 EUR"},
		"RefundInAnotherCurrency": {refunds(1, "SEK"), "the refund is in SEK, but the dispute is in EUR"},
		"CustomerSaysSo":          {pays(dispute.PartyCustomer), ""},
		"OperatorSaysSo":          {pays(dispute.PartyOperator), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.agreement.Offer().Fits(disputed)
			if test.refusal == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, test.refusal, requireRefusal(t, err, dispute.CodeInvalidMessage))
		})
	}
}

func TestAgreementEqual(t *testing.T) {
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

func TestOfferString(t *testing.T) {
	t.Parallel()
	require.Equal(t, "the merchant refunds 5.00 EUR", refunds(500, "EUR").Offer().String())
	require.Equal(t, "the customer pays", pays(dispute.PartyCustomer).Offer().String())
}
