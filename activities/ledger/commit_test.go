package ledger_test

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// When the connection breaks during a COMMIT, the caller cannot know its outcome. The repeated request gets the same answer
// in both cases, and everything happens once.
func TestCommitsOfUnknownOutcomeAreSafeToRepeat(t *testing.T) {
	t.Parallel()
	for name, outcome := range map[string]delivery{
		"the commit was lost": dropped, "the commit arrived": unanswered, "all but the end of the answer came back": truncated,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrives := outcome != dropped
			ledgerURL := postgresURL(t)
			direct := openAt(t, ledgerURL)
			imported(t, direct, invoice("i-1", eur(10000), 6000))
			var at atomic.Value // the text of the packet at which the connection breaks: a batch and its COMMIT are one packet
			at.Store("")
			proxied := openAt(t, newProxy(t, ledgerURL, func(packet []byte) delivery {
				mark := at.Load().(string)
				if mark != "" && bytes.Contains(packet, []byte(mark)) && at.CompareAndSwap(mark, "") {
					return outcome
				}
				return delivered
			}))

			in := pauseOf("d-1", "i-1", eur(7000))
			at.Store(string(in.Dispute.Reason))
			_, err := proxied.Pause(t.Context(), in)
			require.Error(t, err)
			require.Equal(t, arrives, exists(t, direct, "select count(*) from disputes"))
			in.At = in.At.Add(time.Minute)
			paused, err := proxied.Pause(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, arrives, paused.At.Equal(monday), "the recorded answer, when there was one")

			settle := settleOf("d-1", lost(7000))
			at.Store(string(ledger.MovementChargeback))
			_, err = proxied.Settle(t.Context(), settle)
			require.Error(t, err)
			require.Equal(t, arrives, exists(t, direct, "select count(*) from disputes where state = 'closed'"))
			settle.At = settle.At.Add(time.Minute)
			settled, err := proxied.Settle(t.Context(), settle)
			require.NoError(t, err)
			require.Equal(t, arrives, settled.At.Equal(monday.AddDate(0, 0, 21)))

			got, err := direct.Invoice(t.Context(), "i-1")
			require.NoError(t, err)
			require.Len(t, got.Postings, 4)
			requireSound(t, direct)
		})
	}
}

// PostgreSQL can refuse a batch at its COMMIT, after it has answered every statement.
func TestPostgreSQLRefusesAtTheCommit(t *testing.T) {
	t.Parallel()
	l := openAt(t, postgresURL(t))
	imported(t, l, invoice("i-1", eur(10000), 0))
	execute(t, l, markDirty, "create constraint trigger late after insert on disputes deferrable initially deferred "+
		"for each row execute function refuse('too late')")
	before := dump(t, l)
	for range 2 { // pgx sends prepared statements in another way than new ones
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100)))
		require.ErrorContains(t, err, "pause invoice of dispute d-1: ERROR: too late")
		require.Equal(t, before, dump(t, l))
	}
}

// exists reports whether a count is above 0.
func exists(t *testing.T, l *ledger.Ledger, query string) bool {
	t.Helper()
	var count int
	require.NoError(t, l.DB().QueryRowContext(t.Context(), query).Scan(&count))
	return count > 0
}
