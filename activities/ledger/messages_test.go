package ledger_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

func key(number int) dispute.NoticeKey {
	return dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionOpened, Number: number, Recipient: dispute.PartyMerchant}
}

func TestSaveKeepsTheFirstReceipt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		require.Equal(t, activities.SendState{Merchant: merchants[0], Receipts: map[dispute.NoticeKey]dispute.Receipt{}}, lookup(t, l, key(1)))

		first := dispute.Receipt{Key: key(1), ContentHash: notice(1).Hash(), Channel: dispute.ChannelEmail, At: monday, Answer: "250 queued"}
		recorded, err := l.Save(t.Context(), first)
		require.NoError(t, err)
		require.Equal(t, first, recorded)
		recorded, err = l.Save(t.Context(), dispute.Receipt{Key: key(1), ContentHash: first.ContentHash, Channel: dispute.ChannelPortal, At: monday.Add(time.Hour)})
		require.NoError(t, err)
		require.Equal(t, first, recorded)
		require.Equal(t, activities.SendState{Merchant: merchants[0], Receipts: map[dispute.NoticeKey]dispute.Receipt{key(1): first}}, lookup(t, l, key(1)))
	})
}

// lookup looks up messages of the first merchant's disputes.
func lookup(t *testing.T, l *ledger.Ledger, keys ...dispute.NoticeKey) activities.SendState {
	t.Helper()
	state, err := l.Lookup(t.Context(), merchants[0].ID, keys...)
	require.NoError(t, err)
	return state
}

func TestLookupReadsTheMerchant(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		_, err := l.Lookup(t.Context(), "m-404", key(1), key(2))
		requireFaults(t, err, dispute.CodeUnknownMerchant)
		url := endpoint
		after, _ := set(t, l, dispute.Settings{Webhook: &url})
		require.Equal(t, after, lookup(t, l, key(1), key(2)).Merchant)
	})
}

// A mail server can answer anything. A message whose receipt cannot be recorded would be sent again with every retry.
func TestReceiptsTakeAnyAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		recorded, err := l.Save(t.Context(), dispute.Receipt{Key: key(1), Channel: dispute.ChannelEmail, At: monday, Answer: "250 \x00\xffGr\xfc\xdfe é"})
		require.NoError(t, err)
		require.Equal(t, "250 \uFFFDGr\uFFFDe é", recorded.Answer)
	})
}

func TestReceiptsHaveTheWholeKey(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		keys := []dispute.NoticeKey{key(1), key(2), key(1), key(1), key(1)}
		keys[2].DisputeID, keys[3].Occasion, keys[4].Recipient = "d-2", dispute.OccasionClosed, dispute.PartyCustomer
		for _, k := range keys {
			_, err := l.Save(t.Context(), dispute.Receipt{Key: k, Channel: dispute.ChannelEmail, At: monday, Answer: k.String()})
			require.NoError(t, err)
		}
		unknown := key(3)
		for i, k := range keys {
			require.Equal(t, k.String(), lookup(t, l, k).Receipts[k].Answer)
			require.Len(t, lookup(t, l, k, unknown).Receipts, 1)
			other := keys[(i+1)%len(keys)]
			if other.DisputeID != k.DisputeID {
				continue
			}
			both := lookup(t, l, k, other).Receipts
			require.Len(t, both, 2)
			require.Equal(t, k.String(), both[k].Answer)
			require.Equal(t, other.String(), both[other].Answer)
		}
	})
}

func TestReceiptsOfADispute(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		var want []dispute.Receipt
		for i := range 3 { // recorded last first
			want = append(want, dispute.Receipt{Key: key(3 - i), ContentHash: notice(i).Hash(), Channel: dispute.ChannelPortal, At: monday.Add(time.Duration(i) * time.Hour), Answer: "200 OK"})
			_, err := l.Save(t.Context(), want[i])
			require.NoError(t, err)
		}
		other := want[0]
		other.Key.DisputeID = "d-2"
		_, err := l.Save(t.Context(), other)
		require.NoError(t, err)
		got, err := l.Receipts(t.Context(), "d-1")
		require.NoError(t, err)
		require.Equal(t, want, got)
		got, err = l.Receipts(t.Context(), "d-404")
		require.NoError(t, err)
		require.Empty(t, got)
	})
}

func TestReceiptTimesAreInUTCToTheMicrosecond(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		at := time.Date(2026, time.December, 1, 0, 30, 0, 123456789, time.FixedZone("", 3600))
		recorded, err := l.Save(t.Context(), dispute.Receipt{Key: key(1), At: at})
		require.NoError(t, err)
		require.Equal(t, time.Date(2026, time.November, 30, 23, 30, 0, 123456000, time.UTC), recorded.At)
	})
}

func notice(number int) dispute.Notice {
	in := pauseOf("d-1", "i-1", eur(3000)).Dispute
	in.Complainant.Email = "very.private@example.de"
	return dispute.Notice{
		Key: key(number), Dispute: in, Merchant: merchants[0],
		To:       dispute.Recipient{Name: merchants[0].Name, Email: merchants[0].Email, Locale: merchants[0].Locale},
		Deadline: time.Date(2026, time.December, 22, 0, 0, 0, 0, time.FixedZone("", 3600)),
		Facts: dispute.Facts{
			State: dispute.StateOpened, BusinessDays: 21, Move: "illness", Shortened: true, Statement: "The box was empty",
			Decision: lost(3000), Outstanding: 1000, Refunded: 10, NewDueDate: "2027-01-11",
		},
	}
}

func TestInboxTakesEachMessageOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		inbox := l.Inbox()
		for day := range 3 { // the deadline is that of a period which begins with the message
			again := notice(1)
			again.Deadline = again.Deadline.AddDate(0, 0, day)
			answer, err := inbox.Send(t.Context(), again)
			require.NoError(t, err)
			require.Equal(t, "message 1 of the portal's inbox", answer)
		}
		answer, err := inbox.Send(t.Context(), notice(2))
		require.NoError(t, err)
		require.NotEqual(t, "message 1 of the portal's inbox", answer)
		answer, err = inbox.Send(t.Context(), notice(1))
		require.NoError(t, err)
		require.Equal(t, "message 1 of the portal's inbox", answer)

		messages, err := inbox.Messages(t.Context(), "m-1")
		require.NoError(t, err)
		require.Len(t, messages, 2)
		got := messages[0]
		require.WithinDuration(t, time.Now(), got.At, time.Minute)
		require.True(t, notice(1).Deadline.Equal(got.Deadline))
		require.Equal(t, "the end of Monday, 21 December 2026", dispute.Until(got.Deadline), "the calendar's day, not UTC's")
		got.At, got.Deadline = time.Time{}, time.Time{}
		require.Equal(t, ledger.Message{
			Number: 1, Occasion: dispute.OccasionOpened, Event: dispute.Event{
				DisputeID: "d-1", State: dispute.StatePreArbitration, Reason: dispute.ReasonGoodsNotReceived,
				OrderID: "order-i-1", InvoiceID: "i-1", DisputedAmount: eur(3000), BusinessDays: 21, Move: "illness", Shortened: true,
				Result: &dispute.Result{Decision: lost(3000), Outstanding: 1000, Refunded: 10, NewDueDate: "2027-01-11"},
			},
		}, got)
		require.Greater(t, messages[1].Number, messages[0].Number, "newest last")
	})
}

func TestInboxKeepsNothingOfTheCustomer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		_, err := l.Inbox().Send(t.Context(), notice(1))
		require.NoError(t, err)
		everything := dump(t, l)
		for _, private := range []string{"very.private", "Jonas", "The box was empty"} {
			require.NotContains(t, everything, private)
		}
	})
}

func TestInboxIsTheMerchantsOwn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		_, err := l.Inbox().Send(t.Context(), notice(1))
		require.NoError(t, err)
		messages, err := l.Inbox().Messages(t.Context(), "m-2")
		require.NoError(t, err)
		text, err := json.Marshal(messages)
		require.NoError(t, err)
		require.JSONEq(t, "[]", string(text))
		_, err = l.Inbox().Messages(t.Context(), "m-404")
		requireFaults(t, err, dispute.CodeUnknownMerchant)

		stranger := notice(2)
		stranger.Merchant.ID = "m-404"
		_, err = l.Inbox().Send(t.Context(), stranger)
		require.ErrorContains(t, err, "put message d-1/opened/2/merchant into the inbox: ")
		require.Empty(t, dispute.CodeOf(err), "a refusal would be final")
	})
}
