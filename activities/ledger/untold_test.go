package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// TestUntoldDisputes: a closed dispute is untold until both parties have the closing message.
func TestUntoldDisputes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(1), 0), invoice("i-2", eur(1), 0))
		for id, invoiceID := range map[string]string{"d-1": "i-1", "d-open": "i-2"} {
			_, err := l.Pause(t.Context(), pauseOf(id, invoiceID, eur(1)))
			require.NoError(t, err)
		}
		settled, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		record, err := l.Dispute(t.Context(), "d-1")
		require.NoError(t, err)
		want := activities.UnfinishedDispute{
			ID: "d-1", ContentHash: record.ContentHash, InvoiceID: "i-1", DisputedAmount: eur(1), Calendar: record.Calendar,
			PausedAt: record.Paused.At, Decision: won(),
		}
		untold := func(before time.Time) []activities.UnfinishedDispute {
			found, err := l.UntoldDisputes(t.Context(), before)
			require.NoError(t, err)
			return found
		}
		require.Empty(t, untold(settled.At))
		for _, key := range []dispute.NoticeKey{
			{DisputeID: "d-1", Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant},
			{DisputeID: "d-1", Occasion: dispute.OccasionReceived, Number: 1, Recipient: dispute.PartyCustomer},
			{DisputeID: "d-1", Occasion: dispute.OccasionClosed, Number: 1, Recipient: dispute.PartyMerchant},
			{DisputeID: "d-1", Occasion: dispute.OccasionClosed, Number: 2, Recipient: dispute.PartyMerchant},
			{DisputeID: "d-1", Occasion: dispute.OccasionClosed, Number: 1, Recipient: dispute.PartyCustomer},
		} {
			require.Equal(t, []activities.UnfinishedDispute{want}, untold(settled.At.Add(time.Microsecond)), "before %s", key)
			_, err := l.Save(t.Context(), dispute.Receipt{Key: key, ContentHash: "h", Channel: dispute.ChannelEmail, At: monday})
			require.NoError(t, err)
		}
		require.Empty(t, untold(settled.At.Add(time.Microsecond)))
	})
}

// TestUntoldIsNotErased: of a dispute whose run was stopped before both parties were told, nothing is erased until they are. A
// closing message that the workflow has given up keeps nobody from erasing: the dispute is then no longer untold.
func TestUntoldIsNotErased(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, finish := range map[string]func(l *ledger.Ledger){
			"told": func(l *ledger.Ledger) {
				saved(t, l, closingReceipt(dispute.PartyMerchant))
				saved(t, l, closingReceipt(dispute.PartyCustomer))
			},
			"given up": func(l *ledger.Ledger) {
				saved(t, l, closingReceipt(dispute.PartyMerchant))
				require.NoError(t, l.ArchiveCase(t.Context(), archived("d-1")))
			},
		} {
			l := db.paused(t, 6000, 3000)
			settled, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
			require.NoError(t, err)
			saved(t, l, closingReceipt(dispute.PartyMerchant))
			before := dump(t, l)
			_, err = l.Erase(t.Context(), erasure())
			requireFaults(t, err, dispute.CodeNotAccepted)
			require.ErrorContains(t, err, "apply `starter ledger reconcile --apply` first", name)
			require.Equal(t, before, dump(t, l), name)
			finish(l)
			for range 2 {
				_, err = l.Erase(t.Context(), erasure())
				require.NoError(t, err, name)
			}
			untold, err := l.UntoldDisputes(t.Context(), settled.At.Add(time.Hour))
			require.NoError(t, err)
			require.Empty(t, untold, name)
		}
	})
}

func closingReceipt(to dispute.Party) dispute.Receipt {
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionClosed, Number: 1, Recipient: to}
	return dispute.Receipt{Key: key, ContentHash: "h", Channel: dispute.ChannelEmail, At: monday}
}
