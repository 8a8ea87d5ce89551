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

// forgetful loses some records, as the death of a worker between a message and its record does.
type forgetful struct {
	*ledger.Ledger
	losses int
}

func (f *forgetful) Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	if f.losses--; f.losses >= 0 {
		return dispute.Receipt{}, errors.New("the ledger is away")
	}
	return f.Ledger.Save(ctx, receipt)
}

// A party was told something, and the worker died before that was in the history. Then the dispute says something
// else. It goes on with what the party has heard, since then, also when only the inbox knows of it.
func TestADisputeGoesOnWithWhatWasSaid(t *testing.T) {
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
			notify := func(statement string) (activities.Notified, error) {
				now = now.AddDate(0, 0, 1)
				return notifications.Notify(t.Context(), activities.Notification{
					Occasion: dispute.OccasionInformationRequested, Number: 3, Recipient: c.to, Period: 10,
					Dispute: pauseOf("d-1", "i-1", eur(3000)).Dispute, Facts: dispute.Facts{Statement: statement, CausedAt: now},
				})
			}
			first, err := notify("The box was empty")
			require.Equal(t, c.losses > 0, err != nil, name)
			told, err := notify("The box had a stone in it")
			require.NoError(t, err, name)
			require.True(t, told.Differs, name)
			if c.losses > 0 {
				require.Equal(t, dispute.ChannelPortal, told.Channel)
				require.Equal(t, "message 1 of the portal's inbox", told.Answer)
				messages, err := l.Inbox().Messages(t.Context(), "m-1")
				require.NoError(t, err)
				require.Equal(t, messages[0].At, told.At, "when the inbox took it")
				first = told
			}
			first.Differs = true
			require.Equal(t, first, told, name)

			for _, word := range []struct {
				statement string
				differs   bool
			}{{"The box was empty", false}, {"The box had a stone in it", true}} {
				again, err := notify(word.statement)
				require.NoError(t, err, name)
				first.Differs = word.differs
				require.Equal(t, first, again, name)
			}
			require.Len(t, mail.sent, c.mails, name)
			receipts, err := l.Receipts(t.Context(), "d-1")
			require.NoError(t, err)
			require.Len(t, receipts, 1, name)
		}
	})
}
