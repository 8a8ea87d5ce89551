package ledger_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// TestClosedCases: the closed cases of a merchant come in the order in which they were closed, the last one first, page by page.
func TestClosedCases(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		for n, day := range []int{2, 3, 1, 0, 3} { // 0 stays open
			id, invoiceID := fmt.Sprintf("d-%d", n+1), fmt.Sprintf("i-%d", n+1)
			imported(t, l, invoice(invoiceID, eur(10000), 0))
			_, err := l.Pause(t.Context(), pauseOf(id, invoiceID, eur(3000)))
			require.NoError(t, err)
			if day > 0 {
				settlement := settleOf(id, lost(3000))
				settlement.At = settlement.At.AddDate(0, 0, day)
				_, err = l.Settle(t.Context(), settlement)
				require.NoError(t, err)
			}
		}
		var ids []string
		var after ledger.ClosedKey
		for range 4 {
			page, err := l.ClosedCases(t.Context(), "m-1", after, 1)
			require.NoError(t, err)
			require.Len(t, page, 1)
			ids = append(ids, page[0].DisputeID)
			after = ledger.ClosedKey{ClosedAt: page[0].UpdatedAt, DisputeID: page[0].DisputeID}
		}
		require.Equal(t, []string{"d-5", "d-2", "d-1", "d-3"}, ids)
		for merchant, key := range map[string]ledger.ClosedKey{"m-1": after, "m-2": {}} {
			none, err := l.ClosedCases(t.Context(), merchant, key, 10)
			require.NoError(t, err)
			require.Empty(t, none)
		}
	})
}
