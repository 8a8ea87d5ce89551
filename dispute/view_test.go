package dispute_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestSummaryHasNoTimeline(t *testing.T) {
	t.Parallel()
	view := dispute.View{
		ID: "d-1", State: dispute.StateClosed, Attention: []dispute.Cause{},
		Timeline: []dispute.Entry{{At: time.Unix(0, 0), Event: "closed"}}, TimelineOmitted: 3,
	}
	require.Equal(t, dispute.View{ID: "d-1", State: dispute.StateClosed, Attention: []dispute.Cause{}}, view.Summary())
	require.Len(t, view.Timeline, 1)
}

// A status has every member, even an empty one.
func TestViewHasEmptyMembers(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{"id": "d-1", "state": "OPENED", "waitingFor": "pause", "reason": "return", "merchantId": "m-4", "invoiceId": "i-1",
		"disputedAmount": {"amount": 1, "currency": "EUR"}, "deadline": null, "attention": [], "outcome": "", "closingReason": ""}`,
		encoded(t, dispute.View{
			ID: "d-1", State: dispute.StateOpened, WaitingFor: dispute.WaitPause, Reason: dispute.ReasonReturn, MerchantID: "m-4", InvoiceID: "i-1",
			DisputedAmount: dispute.Money{Amount: 1, Currency: "EUR"}, Attention: []dispute.Cause{},
		}))
}
