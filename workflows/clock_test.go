package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestPortalTimeout: a portal that has not taken a message that opens a period for 24 hours is left for e-mail, and the
// period counts from then. What holds nothing back waits for the portal.
func TestPortalTimeout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after time.Duration
		via   []string
	}{
		"24 hours":           {24 * time.Hour, []string{"portal shop@example.de"}},
		"more than 24 hours": {24*time.Hour + time.Second, []string{"email shop@example.de"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive = true
			f.holdMessages(dispute.OccasionOpened, dispute.OccasionReminder7)
			f.at(test.after, func() {
				f.mu.Lock()
				f.outages["portal"] = 1
				f.mu.Unlock()
				f.holdMessages(dispute.OccasionReminder7)
			})
			f.at(test.after+time.Second, func() {
				require.Equal(t, test.via, f.sentVia(dispute.OccasionOpened, dispute.PartyMerchant))
				require.Equal(t, "2026-12-24T00:00:00+01:00", f.status().Deadline.Format(time.RFC3339))
			})
			f.at(24*day, func() {
				f.mu.Lock()
				f.outages["portal"] = 2
				f.mu.Unlock()
				f.recorder.release()
			})
			view := f.closes(dispute.ClosedMerchantSilent)
			require.Empty(t, view.Attention)
			require.Equal(t, []string{"portal shop@example.de"}, f.sentVia(dispute.OccasionReminder7, dispute.PartyMerchant))
		})
	}
}

// TestCausedAt: a message, and a booking, carries the instant in the history that has caused it, however late it goes out.
func TestCausedAt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionOpened)
	f.at(2*day, f.recorder.release)
	f.at(3*day, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, monday, f.last(dispute.OccasionOpened).CausedAt.UTC())
	require.WithinDuration(t, monday.Add(2*day), f.last(dispute.OccasionOpened).at, 0)
	require.Equal(t, monday.Add(3*day), f.settles[0].CausedAt.UTC())
	require.Equal(t, monday.Add(3*day), f.last(dispute.OccasionClosed).CausedAt.UTC())
}

// TestWorkerBehindTheHistory: a worker whose clock is a little behind the history books at the history's instant; one that
// is more than a minute behind fails the step, which is retried.
func TestWorkerBehindTheHistory(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.behind.Store(int64(50 * time.Millisecond))
	night := time.Date(2026, time.November, 23, 23, 0, 0, 0, time.UTC)
	f.startAt(night)
	f.at(day, func() {
		require.Equal(t, "2026-12-24T00:00:00+01:00", f.status().Deadline.Format(time.RFC3339), "not a business day less")
		f.behind.Store(int64(2 * time.Minute))
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	f.at(day+30*time.Second, func() {
		require.Equal(t, dispute.WaitSettlement, f.status().WaitingFor)
		f.behind.Store(0)
	})
	f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, "2026-11-24", f.pauses[0].Today)
}

// TestShortenedByAWorkerBehind: a receipt may be as early as a worker's clock may be behind. One that is only just in time
// for an earlier deadline, which the history shows to be over, does not let the party lose by it.
func TestShortenedByAWorkerBehind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		released time.Duration
		end      time.Time
	}{
		"in time":           {-2 * time.Minute, shortened},
		"in time at last":   {-time.Second, shortened},
		"after the instant": {20 * time.Second, windowEnds},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.behind.Store(int64(50 * time.Second))
			f.holdMessages(dispute.OccasionDeadlineMoved)
			f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(shortened)) })
			f.on(shortened.Add(test.released), f.recorder.release)
			f.on(shortened.Add(time.Minute), func() { f.behind.Store(0) })
			view := f.closes(dispute.ClosedMerchantSilent)
			require.True(t, test.end.Equal(f.settles[0].At), "%s", f.settles[0].At)
			require.Equal(t, test.end.Equal(windowEnds), countEvents(view, "deadline-kept") == 1)
		})
	}
}
