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
	for name, arrives := range map[string]bool{"the commit arrived": true, "the commit was lost": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place := schema(t)
			direct := openAt(t, place)
			imported(t, direct, invoice("i-1", eur(10000), 6000))
			var at atomic.Value // what the packet says that breaks the line: a change and its commit are one packet
			at.Store("")
			line := newLine(t, place, func(packet []byte) (breaks, after bool) {
				mark := at.Load().(string)
				return mark != "" && bytes.Contains(packet, []byte(mark)) && at.CompareAndSwap(mark, ""), arrives
			})
			far := openAt(t, line)

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

func known(t *testing.T, l *ledger.Ledger, query string) bool {
	t.Helper()
	var count int
	require.NoError(t, l.DB().QueryRowContext(t.Context(), query).Scan(&count))
	return count > 0
}
