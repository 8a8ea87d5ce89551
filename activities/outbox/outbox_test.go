package outbox_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/outbox"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

func run(t *testing.T, d *outbox.Deliverer) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
}

// sick answers to the first two attempts of every third event as no receiver should.
func sick() func(http.ResponseWriter, *http.Request, events.Event) bool {
	var mutex sync.Mutex
	seen := map[string]int{}
	return func(w http.ResponseWriter, r *http.Request, event events.Event) bool {
		mutex.Lock()
		seen[event.ID]++
		attempt := seen[event.ID]
		mutex.Unlock()
		if attempt > 2 || event.Number%3 == 0 {
			return true
		}
		switch event.Number % 5 {
		case 0:
			w.WriteHeader(http.StatusInternalServerError)
		case 1:
			w.WriteHeader(http.StatusGone)
		case 2:
			panic(http.ErrAbortHandler) //nolint:forbidigo // net/http knows no other way
		case 3: // taken, but the answer is lost
			return attempt == 1 && taken(w)
		default:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}
		return false
	}
}

func taken(w http.ResponseWriter) bool {
	w.WriteHeader(http.StatusBadGateway)
	return true
}

// TestDelivery: everything arrives, in the order of each dispute, whatever the receiver answers.
func TestDelivery(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, l *ledger.Ledger) {
		live(t, l, "d-1", "d-2", "d-3", "d-4")
		r := receive(t, sick())
		stop := deliver(t, l, r.URL, loopback, secret)
		live(t, l, "d-5", "d-6")
		r.requireAll(t, l)
		stop()
		require.True(t, takes(t, l, time.Hour), "given back")
		require.NoError(t, l.ReleaseEventTurn(t.Context(), "the test"))
		report, err := l.Check(t.Context())
		require.NoError(t, err)
		require.Empty(t, report.Findings)
		sent := len(r.got)
		stop = deliver(t, l, r.URL, loopback, secret)
		live(t, l, "d-7")
		r.requireAll(t, l)
		stop()
		require.Less(t, len(r.got), sent+13, "nothing is sent again")
	})
}

// TestOneDisputeIsHeldBack: an event that is refused for good, or never answered, holds back those of its dispute only.
func TestOneDisputeIsHeldBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, l *ledger.Ledger) {
		live(t, l, "d-1", "d-2", "d-3")
		var well atomic.Bool
		r := receive(t, func(w http.ResponseWriter, r *http.Request, event events.Event) bool {
			switch {
			case well.Load():
				return true
			case event.Data.DisputeID == "d-1":
				w.WriteHeader(http.StatusGone)
				return false
			case event.Data.DisputeID == "d-2":
				<-r.Context().Done()
				panic(http.ErrAbortHandler) //nolint:forbidigo // net/http knows no other way
			}
			return true
		})
		stop := deliver(t, l, r.URL, loopback, secret)
		require.Eventually(t, func() bool { return backlog(t, l) == 6 && attempts(t, l, "d-1") > 3 }, 30*time.Second, 5*time.Millisecond)
		told, err := l.ToldEvents(t.Context(), ledger.EventFilter{Undelivered: true, DisputeID: "d-1"}, 0, 10)
		require.NoError(t, err)
		require.Len(t, told, 3)
		require.Contains(t, told[0].LastError, "the webhook answers 410 Gone")
		require.Zero(t, told[1].Attempts)
		stop()
		well.Store(true)
		deliver(t, l, r.URL, loopback, secret)
		r.requireAll(t, l)
	})
}

func attempts(t *testing.T, l *ledger.Ledger, disputeID string) int {
	t.Helper()
	told, err := l.ToldEvents(t.Context(), ledger.EventFilter{DisputeID: disputeID}, 0, 1)
	require.NoError(t, err)
	return told[0].Attempts
}

// TestWrongSecret: a receiver that refuses the signature gets the event again, under the same id, until the secret is right. A
// receiver in a private network that is not allowed gets nothing.
func TestWrongSecret(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, l *ledger.Ledger) {
		live(t, l, "d-1")
		r := receive(t, nil)
		for _, wrong := range []struct {
			stop func()
			why  string
		}{
			{deliver(t, l, r.URL, loopback, "whsec_b2xkIHNlY3JldCBvZiB0aGUgbWVyY2hhbnQsIGxvbmc="), "401 Unauthorized"},
			{deliver(t, l, r.URL, nil, secret), "which the configuration does not allow"},
		} {
			require.Eventually(t, func() bool {
				told, err := l.ToldEvents(t.Context(), ledger.EventFilter{}, 0, 1)
				require.NoError(t, err)
				return told[0].Attempts > 1
			}, 30*time.Second, 5*time.Millisecond)
			wrong.stop()
		}
		require.Empty(t, r.got)
		require.Equal(t, 4, backlog(t, l))
		deliver(t, l, r.URL, loopback, secret)
		r.requireAll(t, l)
		require.Len(t, r.got, 4)
	})
}

func takes(t *testing.T, l *ledger.Ledger, timeout time.Duration) bool {
	t.Helper()
	taken, err := l.TakeEventTurn(t.Context(), "the test", timeout)
	require.NoError(t, err)
	return taken
}

// counting counts what is recorded.
type counting struct {
	outbox.Store
	recorded *atomic.Int64
}

// RecordAttempts implements outbox.Store.
func (c counting) RecordAttempts(ctx context.Context, holder string, attempts []events.Attempt) error {
	c.recorded.Add(1)
	return c.Store.RecordAttempts(ctx, holder, attempts)
}

// TestTheDeadAreSucceeded: the turn of a holder that has died is taken over. One that is alive keeps it.
func TestTheDeadAreSucceeded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, l *ledger.Ledger) {
		live(t, l, "d-1")
		require.True(t, takes(t, l, time.Hour))
		r := receive(t, nil)
		store := counting{l, &atomic.Int64{}}
		deliver(t, store, r.URL, loopback, secret)
		r.requireAll(t, l)
		before := store.recorded.Load()
		require.Eventually(t, func() bool { return store.recorded.Load() > before+3 }, 30*time.Second, 5*time.Millisecond, "it says that it is alive")
		require.False(t, takes(t, l, time.Hour))
	})
}

// suspended is a store of a worker that is suspended when it is to record its first delivery, and goes on when the turn is
// another's and everything is delivered.
type suspended struct {
	outbox.Store
	asleep, awake chan struct{}
	once          *sync.Once
}

// RecordAttempts implements outbox.Store.
func (s suspended) RecordAttempts(ctx context.Context, holder string, attempts []events.Attempt) error {
	s.once.Do(func() {
		close(s.asleep)
		<-s.awake
	})
	return s.Store.RecordAttempts(context.WithoutCancel(ctx), holder, attempts)
}

// TestTheSuspendedDoNoHarm: a worker that was suspended with the turn neither marks what is no longer its own nor sends
// anything out of order.
func TestTheSuspendedDoNoHarm(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, l *ledger.Ledger) {
		live(t, l, "d-1", "d-2")
		r := receive(t, nil)
		store := suspended{l, make(chan struct{}), make(chan struct{}), &sync.Once{}}
		deliver(t, store, r.URL, loopback, secret)
		<-store.asleep
		stop := deliver(t, l, r.URL, loopback, secret)
		r.requireAll(t, l)
		close(store.awake)
		stop() // the suspended one gets the turn again
		live(t, l, "d-3")
		r.requireAll(t, l)
	})
}

// TestPause: pauses grow up to the longest, by a random part, or are what the receiver has asked for.
func TestPause(t *testing.T) {
	t.Parallel()
	d := outbox.New(nil, nil, dispute.Webhook{}, nil, nil)
	away := errors.New("away")
	for failed, longest := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 10: 10 * time.Minute, 29: 10 * time.Minute, 30: 10 * time.Minute, 1000: 10 * time.Minute,
	} {
		for range 20 {
			pause := d.Pause(failed, away)
			require.LessOrEqual(t, pause, longest, failed)
			require.GreaterOrEqual(t, pause, longest/2, failed)
		}
	}
	require.Equal(t, time.Hour, d.Pause(3, &activities.RetryAfterError{After: time.Hour, Err: away}))
}
