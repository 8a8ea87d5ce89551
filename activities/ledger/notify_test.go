package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// mailServer takes every message.
type mailServer struct{ sent []dispute.Notice }

func (m *mailServer) Send(_ context.Context, n dispute.Notice) (string, error) {
	m.sent = append(m.sent, n)
	return "250 queued", nil
}

// forgetful loses the first receipts, as a worker does that is killed between sending a message and saving its receipt.
type forgetful struct {
	*ledger.Ledger
	losses int
}

func (f *forgetful) Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	if f.losses--; f.losses >= 0 {
		return dispute.Receipt{}, errors.New("the ledger is down")
	}
	return f.Ledger.Save(ctx, receipt)
}

// A worker is killed after it has sent a message and before the history has it, and the retried step sends other content
// under the same key. The first message stays, with its time, even if only the inbox has it.
func TestTheFirstMessageOfAKeyStays(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, c := range map[string]struct {
			to     dispute.Party
			losses int
			mails  int
		}{
			"recorded, in the inbox": {dispute.PartyMerchant, 0, 0},
			"recorded, by e-mail":    {dispute.PartyCustomer, 0, 1},
			"only in the inbox":      {dispute.PartyMerchant, 1, 0},
		} {
			l := db.open(t)
			imported(t, l)
			mail, now := &mailServer{}, time.Now()
			notifications := activities.NewNotifications(&forgetful{l, c.losses}, l.Inbox(), mail, "", func() time.Time { return now })
			notify := func(statement string) (activities.Delivery, error) {
				now = now.AddDate(0, 0, 1)
				return notifications.Notify(t.Context(), activities.Notification{
					Occasion: dispute.OccasionInformationRequested, Number: 3, Recipient: c.to, Period: 10,
					Dispute: pauseOf("d-1", "i-1", eur(3000)).Dispute, Facts: dispute.Facts{Statement: statement, CausedAt: now},
				})
			}
			first, err := notify("The box was empty")
			require.Equal(t, c.losses > 0, err != nil, name)
			delivery, err := notify("The box had a stone in it")
			require.NoError(t, err, name)
			require.True(t, delivery.Conflict, name)
			if c.losses > 0 {
				require.Equal(t, dispute.ChannelPortal, delivery.Channel)
				require.Equal(t, "message 1 of the portal's inbox", delivery.Answer)
				messages, err := l.Inbox().Messages(t.Context(), "m-1")
				require.NoError(t, err)
				require.Equal(t, messages[0].At, delivery.At, "when the inbox took it")
				first = delivery
			}
			first.Conflict = true
			require.Equal(t, first, delivery, name)

			for _, word := range []struct {
				statement string
				differs   bool
			}{{"The box was empty", false}, {"The box had a stone in it", true}} {
				again, err := notify(word.statement)
				require.NoError(t, err, name)
				first.Conflict = word.differs
				require.Equal(t, first, again, name)
			}
			require.Len(t, mail.sent, c.mails, name)
			receipts, err := l.Receipts(t.Context(), "d-1")
			require.NoError(t, err)
			require.Len(t, receipts, 1, name)
		}
	})
}
