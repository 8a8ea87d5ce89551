package ledger_test

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// When the connection breaks while a change is committed, the caller cannot know whether it took place. Asked again, the
// ledger answers the same in both cases, and everything has happened once.
func TestCommitsOfUnknownEndAreSafeToRepeat(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]fate{
		"the commit was lost": undelivered, "the commit arrived": unanswered, "all but the end of the answer came back": unfinished,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrives := ends != undelivered
			place := schema(t)
			direct := openAt(t, place)
			imported(t, direct, invoice("i-1", eur(10000), 6000))
			var at atomic.Value // what the packet says that breaks the line: a change and its commit are one packet
			at.Store("")
			far := openAt(t, newLine(t, place, func(packet []byte) fate {
				mark := at.Load().(string)
				if mark != "" && bytes.Contains(packet, []byte(mark)) && at.CompareAndSwap(mark, "") {
					return ends
				}
				return carried
			}))

			in := pauseOf("d-1", "i-1", eur(7000))
			at.Store(string(in.Dispute.Reason))
			_, err := far.Pause(t.Context(), in)
			require.Error(t, err)
			require.Equal(t, arrives, known(t, direct, "select count(*) from disputes"))
			in.At = in.At.Add(time.Minute)
			paused, err := far.Pause(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, arrives, paused.At.Equal(monday), "the recorded answer, when there was one")

			settle := settleOf("d-1", lost(7000))
			at.Store(string(ledger.MovementChargeback))
			_, err = far.Settle(t.Context(), settle)
			require.Error(t, err)
			require.Equal(t, arrives, known(t, direct, "select count(*) from disputes where state = 'closed'"))
			settle.At = settle.At.Add(time.Minute)
			settled, err := far.Settle(t.Context(), settle)
			require.NoError(t, err)
			require.Equal(t, arrives, settled.At.Equal(monday.AddDate(0, 0, 21)))

			got, err := direct.Invoice(t.Context(), "i-1")
			require.NoError(t, err)
			require.Len(t, got.Postings, 4)
			requireSound(t, direct)
		})
	}
}

// What PostgreSQL refuses only at the end of a batch comes after it has answered to every statement in it.
func TestPostgreSQLRefusesAtTheCommit(t *testing.T) {
	t.Parallel()
	l := openAt(t, schema(t))
	imported(t, l, invoice("i-1", eur(10000), 0))
	execute(t, l, spoil, "create constraint trigger late after insert on disputes deferrable initially deferred "+
		"for each row execute function refuse('too late')")
	before := dump(t, l)
	for range 2 { // pgx sends statements that it knows otherwise than new ones
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
		require.ErrorContains(t, err, "pause invoice of dispute d-1: ERROR: too late")
		require.Equal(t, before, dump(t, l))
	}
}

func known(t *testing.T, l *ledger.Ledger, query string) bool {
	t.Helper()
	var count int
	require.NoError(t, l.DB().QueryRowContext(t.Context(), query).Scan(&count))
	return count > 0
}
