package dispute_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func offers(amount int64, by dispute.Party) dispute.Offer {
	return dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: amount, Currency: "EUR"}, ProposedBy: by}
}

func payment(by dispute.Party) dispute.Offer {
	return dispute.Offer{Terms: dispute.CustomerPays, ProposedBy: by}
}

func TestDecodeOffer(t *testing.T) {
	t.Parallel()
	const by = "proposedBy: must be one of merchant, customer"
	requireCases[dispute.Offer](t, []messageCase{
		{`{"terms": "customer_pays", "proposedBy": "merchant"}`, ""},
		{`{"terms": "merchant_refunds", "refund": {"amount": 3000, "currency": "EUR"}, "message": "ok?", "proposedBy": "customer"}`, ""},
		{`{}`, "terms: must be one of customer_pays, merchant_refunds|" + by},
		{`{"terms": "customer_pays", "proposedBy": "operator"}`, by},
		{`{"terms": "merchant_refunds", "proposedBy": "merchant"}`, "refund: is required with terms merchant_refunds"},
		{`{"terms": "customer_pays", "refund": {"amount": 1, "currency": "EUR"}, "proposedBy": "customer"}`, "refund: must be left out with terms customer_pays"},
		{`{"terms": "customer_pays", "proposedBy": "customer", "message": "` + strings.Repeat("x", 5001) + `"}`, "message: has 5001 characters; at most 5000 are allowed"},
	})
}

func TestDecodeProposalAnswer(t *testing.T) {
	t.Parallel()
	requireCases[dispute.ProposalAnswer](t, []messageCase{
		{`{"proposal": 1481, "accept": true, "answeredBy": "customer"}`, ""},
		{`{"proposal": 1481, "accept": false, "answeredBy": "merchant", "note": "too much"}`, ""},
		{`{}`, "proposal: must be the number of a proposal|accept: is required: true or false|answeredBy: must be one of merchant, customer"},
		{`{"proposal": -1, "accept": false, "answeredBy": "operator"}`, "proposal: must be the number of a proposal|answeredBy: must be one of merchant, customer"},
	})
}

// TestBinding: terms that one party says alone are an agreement only if they cost nobody else.
func TestBinding(t *testing.T) {
	t.Parallel()
	disputed := dispute.Money{Amount: 12990, Currency: "EUR"}
	for name, test := range map[string]struct {
		offer   dispute.Offer
		binding bool
	}{
		"the customer pays, by the customer": {payment(dispute.PartyCustomer), true},
		"the customer pays, by the merchant": {payment(dispute.PartyMerchant), false},
		"the customer pays, by an operator":  {payment(dispute.PartyOperator), true},
		"refund of all, by the merchant":     {offers(12990, dispute.PartyMerchant), true},
		"refund of all, by the customer":     {offers(12990, dispute.PartyCustomer), false},
		"refund of a cent, by the merchant":  {offers(1, dispute.PartyMerchant), false},
		"nearly all, by the merchant":        {offers(12989, dispute.PartyMerchant), false},
		"a part, by the customer":            {offers(3000, dispute.PartyCustomer), false},
		"a part, by an operator":             {offers(3000, dispute.PartyOperator), true},
		"no refund, by the merchant":         {dispute.Offer{Terms: dispute.MerchantRefunds, ProposedBy: dispute.PartyMerchant}, false},
		"by the desk":                        {payment(dispute.PartyDesk), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.binding, test.offer.Binding(disputed))
		})
	}
}

func TestAnswerable(t *testing.T) {
	t.Parallel()
	made := func(number int, state dispute.ProposalState, offer dispute.Offer) dispute.Proposal {
		proposal := dispute.NewProposal(number, offer, now)
		proposal.State = state
		return proposal
	}
	all := []dispute.Proposal{
		made(1001, dispute.ProposalReplaced, offers(1000, dispute.PartyMerchant)),
		made(2002, dispute.ProposalDeclined, offers(9000, dispute.PartyCustomer)),
		made(3003, dispute.ProposalStanding, offers(3000, dispute.PartyMerchant)),
	}
	const now = "; proposal 3003 stands: the merchant proposes a refund of 30.00 EUR"
	for name, test := range map[string]struct {
		number  int
		by      dispute.Party
		refusal string
	}{
		"the standing one":          {3003, dispute.PartyCustomer, ""},
		"replaced meanwhile":        {1001, dispute.PartyCustomer, "proposal 1001 was replaced" + now},
		"never made":                {3, dispute.PartyCustomer, "there is no proposal 3" + now},
		"one's own":                 {3003, dispute.PartyMerchant, "proposal 3003 is the merchant's own; no proposal of the customer stands"},
		"declined before":           {2002, dispute.PartyMerchant, "proposal 2002 was declined; no proposal of the customer stands"},
		"one's own, long declined ": {2002, dispute.PartyCustomer, "proposal 2002 is the customer's own" + now},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := dispute.ProposalAnswer{Proposal: test.number, AnsweredBy: test.by}.Answerable(all)
			if test.refusal == "" {
				require.NoError(t, err)
				require.Equal(t, 2, i)
				return
			}
			require.Equal(t, test.refusal, requireRefusal(t, err, dispute.CodeNotAccepted))
		})
	}
}

// TestProposalNumbers: a number stands for terms; the next proposal, and one of other content in the same place, have others.
// They are pinned: a running dispute must find them again.
func TestProposalNumbers(t *testing.T) {
	t.Parallel()
	offer := offers(3000, dispute.PartyMerchant)
	require.Equal(t, 1342, offer.NumberOf(1))
	require.Equal(t, 2342, offer.NumberOf(2))
	words := offer
	words.Message = "Please."
	for _, other := range []dispute.Offer{offers(1000, dispute.PartyMerchant), offers(3000, dispute.PartyCustomer), payment(dispute.PartyMerchant), words} {
		require.NotEqual(t, offer.NumberOf(1), other.NumberOf(1))
		require.Equal(t, 1, other.NumberOf(1)/1000)
	}
	said := dispute.Response{Message: "Where is it?", ReportedBy: dispute.PartyCustomer}
	require.NotEqual(t, said.NumberOf(1), dispute.Response{Message: "Here.", ReportedBy: dispute.PartyCustomer}.NumberOf(1))
	require.Equal(t, dispute.PartyMerchant, dispute.Response{ReportedBy: dispute.PartyOperator}.Sender())
}

func TestProposalString(t *testing.T) {
	t.Parallel()
	for offer, want := range map[dispute.Offer]string{
		payment(dispute.PartyMerchant): "the merchant proposes that the customer pays",
		payment(dispute.PartyCustomer): "the customer proposes to pay",
	} {
		require.Equal(t, want, dispute.NewProposal(1, offer, now).String())
	}
	require.Equal(t, "the customer proposes a refund of 30.00 EUR", dispute.NewProposal(1, offers(3000, dispute.PartyCustomer), now).String())
}
