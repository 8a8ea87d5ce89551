package dispute_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestNoticeKeyInOneLine(t *testing.T) {
	t.Parallel()
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionReminder7, Number: 2, Recipient: dispute.PartyMerchant}
	require.Equal(t, "d-1/reminder-7/2/merchant", key.String())
}

func TestNoticeKeyAsAName(t *testing.T) {
	t.Parallel()
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionReminder7, Number: 2, Recipient: dispute.PartyMerchant}
	require.Equal(t, "d-1-reminder-7-2-merchant_3531e79c8413779c", key.Name())
	other := key
	other.DisputeID = "d.1"
	require.Equal(t, key.Name()[:26], other.Name()[:26])
	require.NotEqual(t, key.Name(), other.Name(), "what looks the same is kept apart")
	key.DisputeID = strings.Repeat("d:", 80)
	require.Regexp(t, `^[A-Za-z0-9-]{160}_[0-9a-f]{16}$`, key.Name())
}

func TestSummaryLeavesTheTimelineOut(t *testing.T) {
	t.Parallel()
	view := dispute.View{
		ID: "d-1", State: dispute.StateClosed, Attention: []dispute.Cause{},
		Timeline: []dispute.Entry{{At: time.Unix(0, 0), Event: "closed"}}, TimelineOmitted: 3,
	}
	require.Equal(t, dispute.View{ID: "d-1", State: dispute.StateClosed, Attention: []dispute.Cause{}}, view.Summary())
	require.Len(t, view.Timeline, 1)
}

// Readers of the status find every member that the contract names, also while it is empty.
func TestViewNamesWhatIsNotThereYet(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{"id": "d-1", "state": "OPENED", "waitingFor": "pause", "reason": "return", "merchantId": "m-4", "invoiceId": "i-1",
		"disputedAmount": {"amount": 1, "currency": "EUR"}, "deadline": null, "attention": [], "outcome": "", "closingReason": ""}`,
		encoded(t, dispute.View{
			ID: "d-1", State: dispute.StateOpened, WaitingFor: dispute.WaitPause, Reason: dispute.ReasonReturn, MerchantID: "m-4", InvoiceID: "i-1",
			DisputedAmount: dispute.Money{Amount: 1, Currency: "EUR"}, Attention: []dispute.Cause{},
		}))
}
