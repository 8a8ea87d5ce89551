package ledger_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestWonCannotBeDisputedAgain: of five disputes about the same 100, the second one is refused after a win, and a part that
// was never decided is left.
func TestWonCannotBeDisputedAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for _, reason := range dispute.FinalForMerchant {
			t.Run(string(reason), func(t *testing.T) {
				t.Parallel()
				l := db.paused(t, 0, 6000)
				_, err := l.Settle(t.Context(), settleOf("d-1", dispute.Decide(reason, eur(6000), nil)))
				require.NoError(t, err)
				_, err = l.Pause(t.Context(), pauseOf("d-2", "i-1", eur(4001)))
				requireFaults(t, err, dispute.CodeDisputeRefused, "disputedAmount.amount")
				require.ErrorContains(t, err, "is too much: 40.00 EUR of the invoice is left to dispute")
				got := requireInvoice(t, l, "i-1")
				require.Equal(t, []int64{6000, 4000, 10000}, []int64{got.DecidedForMerchant, got.Left, got.Outstanding})
				_, err = l.Pause(t.Context(), pauseOf("d-2", "i-1", eur(4000)))
				require.NoError(t, err)
				_, err = l.Settle(t.Context(), settleOf("d-2", lost(4000)))
				require.NoError(t, err)
				_, err = l.Pause(t.Context(), pauseOf("d-3", "i-1", eur(1)))
				requireFaults(t, err, dispute.CodeDisputeRefused, "disputedAmount.amount")
				requireSound(t, l)
			})
		}
	})
}

// TestWithdrawnUsesNothingUp: disputes that nobody has decided can be opened again, under other ids.
func TestWithdrawnUsesNothingUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0))
		for n, reason := range []dispute.ClosingReason{
			dispute.ClosedByWithdrawal, dispute.ClosedByOperator, dispute.ClosedByAgreement, dispute.ClosedForMerchant, dispute.ClosedForMerchant,
		} {
			id := fmt.Sprint("d-", n+1)
			_, err := l.Pause(t.Context(), pauseOf(id, "i-1", eur(10000)))
			if n == 4 {
				requireFaults(t, err, dispute.CodeDisputeRefused, "disputedAmount.amount")
				break
			}
			require.NoError(t, err, id)
			_, err = l.Settle(t.Context(), settleOf(id, dispute.Decide(reason, eur(10000), nil)))
			require.NoError(t, err)
		}
		requireSound(t, l)
	})
}
