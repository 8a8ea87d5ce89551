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

// other is the notice of a number with other content.
func other(number int) dispute.Notice {
	n := notice(number)
	n.Statement = "The box had a stone in it"
	return n
}

func receiptOf(n dispute.Notice) dispute.Receipt {
	return dispute.Receipt{Key: n.Key, ContentHash: n.Hash(), Channel: dispute.ChannelEmail, At: monday, Answer: "250 queued"}
}

// requireConflict asserts that err is a conflict with an earlier message, and returns the receipt on record.
func requireConflict(t *testing.T, err error) dispute.Receipt {
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
		require.Equal(t, receiptOf(notice(1)), requireConflict(t, err))
		require.Equal(t, receiptOf(notice(1)), standing)
		require.EqualError(t, err, "an earlier message under the key d-1/opened/1/merchant said something else, and stands")
		_, err = l.Inbox().Send(t.Context(), other(1))
		require.Equal(t, dispute.Receipt{
			Key: key(1), ContentHash: notice(1).Hash(), Channel: dispute.ChannelPortal, At: messages[0].At, Answer: answer,
		}, requireConflict(t, err))
		require.Equal(t, before, dump(t, l))
	})
}

// Of two messages with one key that are sent repeatedly and concurrently, one is recorded, and all callers learn which.
func TestOneOfTwoConcurrentMessagesIsRecorded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		imported(t, l)
		said := []dispute.Notice{notice(1), other(1)}
		_, recorded := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			receipt := receiptOf(said[n%2])
			receipt.At = receipt.At.Add(time.Duration(n) * time.Second)
			return l.Save(t.Context(), receipt)
		})
		_, sent := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			return l.Inbox().Send(t.Context(), said[n%2])
		})
		stands := lookup(t, l, key(1)).Receipts[key(1)]
		refused := [2]int{}
		for n := range recorded {
			if said[n%2].Hash() == stands.ContentHash {
				require.NoError(t, recorded[n])
			} else {
				require.Equal(t, stands, requireConflict(t, recorded[n]))
			}
			if sent[n] != nil {
				require.NotEqual(t, said[n%2].Hash(), requireConflict(t, sent[n]).ContentHash)
				refused[n%2]++
			}
		}
		require.ElementsMatch(t, []int{0, len(sent) / 2}, refused[:])
	})
}

// A receipt that is deleted after it has kept another one from being inserted is no conflict.
func TestADeletedReceiptIsNoConflict(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	direct := openAt(t, ledgerURL)
	_, err := direct.Save(t.Context(), receiptOf(notice(1)))
	require.NoError(t, err)
	proxied := openWithHook(t, ledgerURL, "select occasion", func(ctx context.Context) error {
		_, err := direct.DB().ExecContext(ctx, "delete from messages")
		return err
	})
	recorded, err := proxied.Save(t.Context(), receiptOf(other(1)))
	require.NoError(t, err)
	require.Equal(t, receiptOf(other(1)), recorded)
}

// openFaulty opens a ledger whose connections break as planned.
func (db database) openFaulty(t *testing.T, ledgerURL string, plan *faultPlan) *ledger.Ledger {
	t.Helper()
	if db.name != "SQLite" {
		return openAt(t, newProxy(t, ledgerURL, plan.delivery))
	}
	l, err := ledger.OpenThrough(t.Context(), ledgerURL, func(plain *sql.DB, dsn string) *sql.DB { return openFaultyDB(plain, dsn, plan) })
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// When the connection breaks and the caller cannot know whether a message was saved, repeating it finds out, also with
// other content.
func TestMessagesOfUnknownOutcomeAreSafeToRepeat(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		var plan faultPlan
		ledgerURL := db.newURL(t)
		direct := openAt(t, ledgerURL)
		imported(t, direct)
		proxied := db.openFaulty(t, ledgerURL, &plan)
		for name, send := range map[string]func(dispute.Notice) error{
			"receipt": func(n dispute.Notice) error {
				_, err := proxied.Save(t.Context(), receiptOf(n))
				return err
			},
			"inbox": func(n dispute.Notice) error {
				_, err := proxied.Inbox().Send(t.Context(), n)
				return err
			},
		} {
			notSaved, saved := 0, 0
			for i := range 10 { // SQLite runs five statements for a message, with BEGIN, savepoint and COMMIT
				plan.arm(fault{n: 1 + i/2, after: i%2 == 1})
				broken := send(notice(i))
				plan.arm()
				again, first, second := send(other(i)), notice(i), other(i)
				switch {
				case again == nil:
					require.Error(t, broken, name)
					notSaved++
					first, second = second, first
				case broken != nil:
					saved++
				}
				require.NoError(t, send(first), name)
				require.Equal(t, first.Hash(), requireConflict(t, send(second)).ContentHash, name)
			}
			require.NotZero(t, notSaved, "the %s and its answer were lost", name)
			require.NotZero(t, saved, "only the answer to the %s was lost", name)
		}
	})
}
