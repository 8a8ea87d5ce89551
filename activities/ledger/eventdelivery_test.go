package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute/events"
)

// TestNoEventAppearsBehindAReader: of two payments, that which was booked first is committed last. Who has read the other
// one's event still gets this one, with the next number.
func TestNoEventAppearsBehindAReader(t *testing.T) {
	t.Parallel()
	l := openAt(t, postgresURL(t))
	imported(t, l, invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 0))
	pay := reported + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', 'slow', @)"
	slow, err := l.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer slow.Rollback()
	_, err = slow.ExecContext(t.Context(), timed(pay))
	require.NoError(t, err)
	_, err = l.Book(t.Context(), ledger.MovementPayment, booking("fast", "i-2", eur(1)))
	require.NoError(t, err)

	seen, err := l.Events(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, seen, 1)
	require.EqualValues(t, 1, seen[0].Number)
	require.Equal(t, "fast", seen[0].Data.Booking.Reference)
	require.NoError(t, slow.Commit())
	seen, err = l.Events(t.Context(), seen[0].Number, 10)
	require.NoError(t, err)
	require.Len(t, seen, 1)
	require.EqualValues(t, 2, seen[0].Number)
	require.Equal(t, "slow", seen[0].Data.Booking.Reference)
	require.Equal(t, "2 1", readOne(t, l, `select string_agg(id::text, ' ' order by number) from events`), "which was written first")
}

// due lists the numbers of the events that are due.
func due(t *testing.T, l *ledger.Ledger, holder string) (numbers []int64) {
	t.Helper()
	all, err := l.DueEvents(t.Context(), holder, 100)
	require.NoError(t, err)
	for _, event := range all {
		numbers = append(numbers, event.Number)
	}
	return numbers
}

// held is a ledger in which two disputes were opened and told (events 1 to 4), and a payment was booked (event 5), and whose
// turn "me" has.
func held(t *testing.T, db database) *ledger.Ledger {
	t.Helper()
	l := db.open(t)
	imported(t, l, invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 0))
	for _, n := range []string{"1", "2"} {
		_, err := l.Pause(t.Context(), pauseOf("d-"+n, "i-"+n, eur(100)))
		require.NoError(t, err)
		receipt := told(t, "opened", 1, monday)
		receipt.Key.DisputeID = "d-" + n
		saved(t, l, receipt)
	}
	_, err := l.Book(t.Context(), ledger.MovementPayment, booking("p-1", "i-1", eur(1)))
	require.NoError(t, err)
	taken, err := l.TakeEventTurn(t.Context(), "me", time.Minute)
	require.NoError(t, err)
	require.True(t, taken)
	return l
}

// TestDeliveryInOrder: of each dispute one event is due, and one that fails holds back those after it and no others.
func TestDeliveryInOrder(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := held(t, db)
		require.Equal(t, []int64{1, 3, 5}, due(t, l, "me"))
		require.Empty(t, due(t, l, "another"))
		record := func(attempts ...events.Attempt) { require.NoError(t, l.RecordAttempts(t.Context(), "me", attempts)) }
		record(events.Attempt{Number: 1, Error: "500", Pause: time.Hour}, events.Attempt{Number: 3, Delivered: true})
		require.Equal(t, []int64{5, 4}, due(t, l, "me"), "the longest due first")
		backlog, err := l.EventBacklog(t.Context())
		require.NoError(t, err)
		require.Equal(t, 4, backlog.Undelivered)
		require.True(t, backlog.Oldest.Equal(monday))

		told, err := l.ToldEvents(t.Context(), ledger.EventFilter{Undelivered: true, DisputeID: "d-1"}, 0, 10)
		require.NoError(t, err)
		require.Equal(t, "500", told[0].LastError)
		require.Equal(t, 1, told[0].Attempts)
		require.WithinDuration(t, time.Now().Add(time.Hour), told[0].NextTryAt, time.Minute)
		require.Zero(t, told[1].NextTryAt)
		requireSound(t, l)

		record(events.Attempt{Number: 1, Error: "500"})
		require.Equal(t, []int64{5, 4, 1}, due(t, l, "me"))
		record(events.Attempt{Number: 1, Delivered: true}, events.Attempt{Number: 4, Delivered: true}, events.Attempt{Number: 5, Delivered: true})
		require.Equal(t, []int64{2}, due(t, l, "me"))
		record(events.Attempt{Number: 2, Delivered: true}, events.Attempt{Number: 1, Error: "late", Pause: time.Hour})
		require.Empty(t, due(t, l, "me"), "what was delivered stays so")
		aLifeGoesOn(t, l)
		require.Equal(t, []int64{6}, due(t, l, "me"))
		requireSound(t, l)
	})
}

func aLifeGoesOn(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	_, err := l.Settle(t.Context(), settleOf("d-1", won()))
	require.NoError(t, err)
}

// TestResend: a receiver that has lost what it had gets it again, in the same order.
func TestResend(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := held(t, db)
		due(t, l, "me")
		for _, number := range []int64{1, 3, 5, 2, 4} {
			require.NoError(t, l.RecordAttempts(t.Context(), "me", []events.Attempt{{Number: number, Delivered: true}}))
		}
		before := allEvents(t, l)
		count, err := l.ResendEvents(t.Context(), 2)
		require.NoError(t, err)
		require.EqualValues(t, 3, count)
		require.Equal(t, []int64{3, 5}, due(t, l, "me"))
		count, err = l.ResendEvents(t.Context(), 0)
		require.NoError(t, err)
		require.EqualValues(t, 5, count)
		require.ElementsMatch(t, []int64{1, 3, 5}, due(t, l, "me"))
		require.Equal(t, before, allEvents(t, l))
		requireSound(t, l)
	})
}

// TestTurnIsTakenOver: who has lost the turn delivers nothing any more, records nothing and gives nothing back.
func TestTurnIsTakenOver(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := held(t, db)
		due(t, l, "me")
		takes := func(holder string, timeout time.Duration) bool {
			taken, err := l.TakeEventTurn(t.Context(), holder, timeout)
			require.NoError(t, err)
			return taken
		}
		require.False(t, takes("another", time.Minute))
		require.True(t, takes("me", time.Minute), "again")
		require.NoError(t, l.RecordAttempts(t.Context(), "me", nil))
		require.True(t, takes("another", 0), "without a sign of life since")

		require.ErrorIs(t, l.RecordAttempts(t.Context(), "me", nil), events.ErrTurnLost)
		require.Empty(t, due(t, l, "me"))
		require.ErrorIs(t, l.RecordAttempts(t.Context(), "me", []events.Attempt{{Number: 1, Delivered: true}}), events.ErrTurnLost)
		require.NoError(t, l.ReleaseEventTurn(t.Context(), "me"))
		require.False(t, takes("me", time.Minute))
		require.Equal(t, []int64{1, 3, 5}, due(t, l, "another"))
		execute(t, l, "update event_turn set alive_at = '2099-01-01T00:00:00.000000Z'")
		require.True(t, takes("me", time.Minute), "the clock was put back")
		require.NoError(t, l.ReleaseEventTurn(t.Context(), "me"))
		require.True(t, takes("another", time.Minute), "at once")
	})
}
