package dispute_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// An event identifies the customer by the order only. The request for information has the customer's statement.
func TestEvent(t *testing.T) {
	t.Parallel()
	notice := dispute.Notice{
		Dispute: dispute.Dispute{
			ID: "d-1", Reason: dispute.ReasonReturn, OrderID: "o-1", InvoiceID: "i-1", DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
			Complainant: dispute.Complainant{ID: "c-19", Name: "Jonas Weber", Email: "jonas@example.de"}, MerchantID: "m-4",
		},
		Merchant: nordlicht(), To: dispute.Recipient{Name: "Nordlicht GmbH", Email: "disputes@nordlicht.example"},
		Deadline: time.Date(2026, time.December, 23, 0, 0, 0, 0, time.FixedZone("", 3600)),
		Facts: dispute.Facts{
			State: dispute.StateOpened, BusinessDays: 21, Statement: "The box was empty.", Evidence: []dispute.Evidence{{Text: "It was full."}},
		},
	}
	require.JSONEq(t, `{"disputeId": "d-1", "state": "PRE_ARBITRATION", "reason": "return", "orderId": "o-1", "invoiceId": "i-1",
		"disputedAmount": {"amount": 12990, "currency": "EUR"}, "deadline": "2026-12-23T00:00:00+01:00", "businessDays": 21}`,
		encoded(t, dispute.EventOf(notice)))

	notice.Dispute.Complaint = &dispute.Complaint{Text: "It is the wrong one."}
	require.Nil(t, dispute.EventOf(notice).Complaint, "with the first message only")
	notice.Key.Occasion = dispute.OccasionOpened
	require.Equal(t, notice.Dispute.Complaint, dispute.EventOf(notice).Complaint)
	notice.Dispute.Complaint = nil

	notice.Key.Occasion = dispute.OccasionInformationRequested
	require.Equal(t, "The box was empty.", dispute.EventOf(notice).Statement)

	notice.Message, notice.Proposal = "Where is it?", &dispute.Proposal{
		Number: 1481, By: dispute.PartyCustomer, Terms: dispute.CustomerPays, State: dispute.ProposalStanding,
	}
	require.Contains(t, encoded(t, dispute.EventOf(notice)),
		`"message":"Where is it?","proposal":{"number":1481,"by":"customer","terms":"customer_pays","state":"standing"}`)

	notice.Deadline, notice.Facts = time.Time{}, dispute.Facts{
		State: dispute.StateClosed, Decision: dispute.Decide(dispute.ClosedForMerchant, notice.Dispute.DisputedAmount, nil),
	}
	require.JSONEq(t, `{"disputeId": "d-1", "state": "CLOSED", "reason": "return", "orderId": "o-1", "invoiceId": "i-1",
		"disputedAmount": {"amount": 12990, "currency": "EUR"},
		"result": {"outcome": "WON", "closingReason": "decided_for_merchant", "debit": 0, "credited": 0, "outstanding": 0, "refunded": 0}}`,
		encoded(t, dispute.EventOf(notice)))
	for _, state := range dispute.States {
		notice.State = state
		require.NotEqual(t, dispute.StateOpened, dispute.EventOf(notice).State, "Klarna's names only")
	}
}
