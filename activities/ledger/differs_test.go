package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// other is a notice that says something else under the same key.
func other(number int) dispute.Notice {
	n := notice(number)
	n.Statement = "The box had a stone in it"
	return n
}

func receiptOf(n dispute.Notice) dispute.Receipt {
	return dispute.Receipt{Key: n.Key, ContentHash: n.Hash(), Channel: dispute.ChannelEmail, At: monday, Answer: "250 queued"}
}

// requireEarlier asserts that a message was refused for an earlier one, and returns the receipt that stands.
func requireEarlier(t *testing.T, err error) dispute.Receipt {
	t.Helper()
	require.Equal(t, dispute.CodeMessageConflict, dispute.CodeOf(err), "%v", err)
	earlier, ok := errors.AsType[*activities.ConflictError](err)
	require.True(t, ok)
	return earlier.Existing
}

func TestAnotherMessageUnderTheSameKeyIsRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		_, err := l.Save(t.Context(), receiptOf(notice(1)))
		require.NoError(t, err)
		answer, err := l.Inbox().Send(t.Context(), notice(1))
		require.NoError(t, err)
		messages, err := l.Inbox().Messages(t.Context(), "m-1")
		require.NoError(t, err)
		before := dump(t, l)

		late := receiptOf(other(1))
		late.At = monday.Add(time.Hour)
		standing, err := l.Save(t.Context(), late)
		require.Equal(t, receiptOf(notice(1)), requireEarlier(t, err))
		require.Equal(t, receiptOf(notice(1)), standing)
		require.EqualError(t, err, "an earlier message under the key d-1/opened/1/merchant said something else, and stands")
		_, err = l.Inbox().Send(t.Context(), other(1))
		require.Equal(t, dispute.Receipt{
			Key: key(1), ContentHash: notice(1).Hash(), Channel: dispute.ChannelPortal, At: messages[0].At, Answer: answer,
		}, requireEarlier(t, err))
		require.Equal(t, before, dump(t, l))
	})
}

// Of two messages under one key that come again and again at once, one stands, and all learn which.
func TestOneOfTwoMessagesAtOnceStands(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		place := db.place(t)
		l := openAt(t, place)
		imported(t, l)
		said := []dispute.Notice{notice(1), other(1)}
		_, recorded := atOnce(t, place, func(l *ledger.Ledger, n int) (any, error) {
			receipt := receiptOf(said[n%2])
			receipt.At = receipt.At.Add(time.Duration(n) * time.Second)
			return l.Save(t.Context(), receipt)
		})
		_, sent := atOnce(t, place, func(l *ledger.Ledger, n int) (any, error) {
			return l.Inbox().Send(t.Context(), said[n%2])
		})
		stands := prior(t, l, key(1)).Receipts[key(1)]
		refused := [2]int{}
		for n := range recorded {
			if said[n%2].Hash() == stands.ContentHash {
				require.NoError(t, recorded[n])
			} else {
				require.Equal(t, stands, requireEarlier(t, recorded[n]))
			}
			if sent[n] != nil {
				require.NotEqual(t, said[n%2].Hash(), requireEarlier(t, sent[n]).ContentHash)
				refused[n%2]++
			}
		}
		require.ElementsMatch(t, []int{0, len(sent) / 2}, refused[:])
	})
}

// A receipt that somebody deletes while it is in the way of another one is none that stands.
func TestADeletedReceiptDoesNotStand(t *testing.T) {
	t.Parallel()
	place := schema(t)
	direct := openAt(t, place)
	_, err := direct.Save(t.Context(), receiptOf(notice(1)))
	require.NoError(t, err)
	far := meanwhile(t, place, "select occasion", func(ctx context.Context) error {
		_, err := direct.DB().ExecContext(ctx, "delete from messages")
		return err
	})
	recorded, err := far.Save(t.Context(), receiptOf(other(1)))
	require.NoError(t, err)
	require.Equal(t, receiptOf(other(1)), recorded)
}

// cuttable opens a ledger whose connections a cutter can break.
func (db database) cuttable(t *testing.T, place string, c *cutter) *ledger.Ledger {
	t.Helper()
	if db.name != "SQLite" {
		return openAt(t, newLine(t, place, c.fate))
	}
	l, err := ledger.OpenThrough(t.Context(), place, func(plain *sql.DB, dsn string) *sql.DB { return cuttingDB(plain, dsn, c) })
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// Whoever cannot know whether a message was kept, because the connection broke, finds out when it is sent again, also as
// something else.
func TestMessagesOfUnknownEndAreSafeToRepeat(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		var c cutter
		place := db.place(t)
		direct := openAt(t, place)
		imported(t, direct)
		far := db.cuttable(t, place, &c)
		for name, send := range map[string]func(dispute.Notice) error{
			"receipt": func(n dispute.Notice) error {
				_, err := far.Save(t.Context(), receiptOf(n))
				return err
			},
			"inbox": func(n dispute.Notice) error {
				_, err := far.Inbox().Send(t.Context(), n)
				return err
			},
		} {
			lost, kept := 0, 0
			for i := range 8 {
				c.arm(cut{n: 1 + i/2, after: i%2 == 1})
				broken := send(notice(i))
				c.arm()
				again, first, second := send(other(i)), notice(i), other(i)
				switch {
				case again == nil:
					require.Error(t, broken, name)
					lost++
					first, second = second, first
				case broken != nil:
					kept++
				}
				require.NoError(t, send(first), name)
				require.Equal(t, first.Hash(), requireEarlier(t, send(second)).ContentHash, name)
			}
			require.NotZero(t, lost, "the %s and its answer were lost", name)
			require.NotZero(t, kept, "only the answer to the %s was lost", name)
		}
	})
}
