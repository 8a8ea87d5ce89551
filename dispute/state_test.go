package dispute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// Histories, ledgers and clients keep these names, so they must not change.
func TestNamesArePinned(t *testing.T) {
	t.Parallel()
	require.Equal(t, `["OPENED","PRE_ARBITRATION","ARBITRATION_PENDING","MERCHANT_EVIDENCE_PENDING","CLOSED"]`, encoded(t, dispute.States))
	require.Equal(t, `["unreachable","message-ignored","message-failed","desk-overdue","stalled"]`, encoded(t, dispute.Causes))
	require.Equal(t, `["return","goods_not_received","faulty_goods","incorrect_invoice","already_paid","unauthorized_purchase","high_risk_order"]`,
		encoded(t, dispute.Reasons))
	require.Equal(t, `["invalid_dispute","dispute_refused","dispute_differs","dispute_closed","unknown_dispute","invalid_message","not_accepted",`+
		`"limit_reached","message_refused","message_conflict","unknown_calendar","outside_calendar","invalid_import","booking_refused","unknown_invoice","unknown_merchant","invalid_merchant"]`, encoded(t, dispute.Codes))
}
