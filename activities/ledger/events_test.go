package ledger_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// allEvents reads the events in pages.
func allEvents(t require.TestingT, l *ledger.Ledger) (all []events.Event) {
	for after := int64(0); ; {
		page, err := l.Events(testContext(t), after, 3)
		require.NoError(t, err)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		after = page[len(page)-1].Number
	}
}

func typesOf(all []events.Event) (types []events.Type) {
	for i, event := range all {
		if event.Number != int64(i+1) {
			types = append(types, "a gap")
		}
		types = append(types, event.Type)
	}
	return types
}

// proposed is the receipt of a message about the merchant's proposal.
func proposed(occasion dispute.Occasion, to dispute.Party) dispute.Receipt {
	return dispute.Receipt{
		Key:         dispute.NoticeKey{DisputeID: "d-1", Occasion: occasion, Number: 1342, Recipient: to},
		ContentHash: "x", Channel: dispute.ChannelEmail, At: monday.AddDate(0, 0, 2), Terms: dispute.MerchantRefunds, Refund: 1000,
	}
}

// aLife is what happens to one dispute and its invoice. Each step can be repeated.
func aLife(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	imported(t, l, invoice("i-1", eur(10000), 6000))
	_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(7000)))
	require.NoError(t, err)
	for _, receipt := range []dispute.Receipt{
		told(t, dispute.OccasionOpened, 1, monday),
		proposed(dispute.OccasionProposalMade, dispute.PartyCustomer), proposed(dispute.OccasionProposalDeclined, dispute.PartyMerchant),
		proposed(dispute.OccasionMessage, dispute.PartyMerchant),
	} {
		saved(t, l, receipt)
	}
	for _, movement := range []ledger.Movement{ledger.MovementPayment, ledger.MovementPaymentReturn, ledger.MovementCreditNote} {
		_, err = l.Book(t.Context(), movement, booking("b-1", "i-1", eur(500)))
		require.NoError(t, err)
	}
	_, err = l.Settle(t.Context(), settleOf("d-1", lost(7000)))
	require.NoError(t, err)
}

// TestEvents: each change is told once, whatever is repeated.
func TestEvents(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		aLife(t, l)
		for range 2 { // what is repeated is refused or changes nothing
			imported(t, l, invoice("i-1", eur(10000), 6000))
			_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(7000)))
			require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
			saved(t, l, told(t, dispute.OccasionOpened, 1, monday))
			saved(t, l, proposed(dispute.OccasionProposalMade, dispute.PartyCustomer))
			_, err = l.Book(t.Context(), ledger.MovementPayment, booking("b-1", "i-1", eur(500)))
			require.NoError(t, err)
			_, err = l.Settle(t.Context(), settleOf("d-1", lost(7000)))
			require.NoError(t, err)
			_, err = l.Settle(t.Context(), settleOf("d-1", won()))
			require.Error(t, err)
		}
		saved(t, l, told(t, dispute.OccasionReasonAsked, 1, monday)) // late: the dispute is closed
		all := allEvents(t, l)
		require.Equal(t, []events.Type{
			events.PaymentRecorded, events.DisputeOpened, events.DisputeWaiting, events.DisputeProposal, events.DisputeProposal, events.DisputeMessage,
			events.PaymentRecorded, events.PaymentReturned, events.CreditNoteRecorded, events.DisputeClosed,
		}, typesOf(all))
		ids := map[string]bool{}
		for _, event := range all {
			require.False(t, ids[event.ID], event.ID)
			ids[event.ID] = true
		}
		require.Equal(t, all, allEvents(t, l), "they never change")
		requireSound(t, l)
		last := int64(len(all))
		none, err := l.Events(t.Context(), last, 3)
		require.NoError(t, err)
		require.Empty(t, none)
		_, err = l.Events(t.Context(), last+1, 3) // read from a ledger that was set back to this one
		require.ErrorIs(t, err, events.ErrUnknownNumber)
		_, err = l.ToldEvents(t.Context(), ledger.EventFilter{DisputeID: "d-404"}, last, 3)
		require.NoError(t, err)
	})
}

// TestAttentionIsToldOnce: for each message and cause, and of disputes in the ledger.
func TestAttentionIsToldOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		another := key(2)
		another.DisputeID = "d-404"
		for range 2 {
			require.NoError(t, l.SaveAttention(t.Context(), key(1), dispute.CauseUnreachable, monday))
			require.NoError(t, l.SaveAttention(t.Context(), key(2), dispute.CauseMessageFailed, monday))
			require.NoError(t, l.SaveAttention(t.Context(), another, dispute.CauseMessageFailed, monday))
		}
		all := allEvents(t, l)
		require.Equal(t, []events.Type{events.DisputeOpened, events.DisputeAttention, events.DisputeAttention}, typesOf(all))
		require.Equal(t, dispute.CauseUnreachable, all[1].Data.Attention)
		require.Equal(t, dispute.CauseMessageFailed, all[2].Data.Attention)
		require.NotEqual(t, all[1].ID, all[2].ID)
		requireSound(t, l)
	})
}

// TestEventsTell: what an event tells, in JSON.
func TestEventsTell(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		aLife(t, l)
		all := allEvents(t, l)
		const about = `"disputeId": "d-1", "invoiceId": "i-1", "orderId": "order-i-1", "merchantId": "m-1", "disputedAmount": {"amount": 7000, "currency": "EUR"}`
		for i, want := range map[int]string{
			1: `{` + about + `, "state": "OPENED", "waitingFor": "notification", "calendar": "DE",
				"pause": {"reason": "goods_not_received", "outstanding": 4000, "daysLeft": 28}}`,
			3: `{` + about + `, "proposal": {"number": 1342, "by": "merchant", "terms": "merchant_refunds", "refund": 1000, "state": "standing"}}`,
			4: `{` + about + `, "proposal": {"number": 1342, "by": "merchant", "terms": "merchant_refunds", "refund": 1000, "state": "declined"}}`,
			5: `{` + about + `, "message": {"number": 1342, "from": "customer"}}`,
			8: `{"invoiceId": "i-1", "orderId": "order-i-1", "merchantId": "m-1", "booking": {"amount": {"amount": 500, "currency": "EUR"}, "reference": "b-1"}}`,
			9: `{` + about + `, "state": "CLOSED", "result": {"outcome": "LOST", "closingReason": "decided_for_customer", "debit": 7000,
				"outstanding": 0, "credited": 3500, "refunded": 3000}}`,
		} {
			got, err := json.Marshal(all[i].Data)
			require.NoError(t, err)
			require.JSONEq(t, want, string(got), i)
			require.NotRegexp(t, `Jonas|jonas|"c-1"|Lampenladen`, string(got))
		}
		waiting := all[2].Data
		require.Equal(t, dispute.WaitAgreement, waiting.WaitingFor)
		require.Equal(t, "DE", waiting.Calendar)
		require.Equal(t, time.UTC, waiting.Deadline.Location())
		require.True(t, waiting.Deadline.After(all[2].At))
	})
}
