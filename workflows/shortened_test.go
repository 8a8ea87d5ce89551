package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// shortened is an earlier end of the response window: the end of Friday, 4 December, in Berlin.
var shortened = time.Date(2026, time.December, 4, 23, 0, 0, 0, time.UTC)

// TestShortenedDeadlineWithTheMailAway: an earlier deadline counts once the party has been informed. Until then the old one
// stands, with its reminders.
func TestShortenedDeadlineWithTheMailAway(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionDeadlineMoved)
	var answer *reply
	f.at(day, func() { answer = f.send(dispute.UpdateMoveDeadline, moveTo(shortened)) })
	f.at(day+time.Second, func() {
		for _, view := range []dispute.View{answer.view, f.status()} {
			require.True(t, windowEnds.Equal(*view.Deadline))
			require.Equal(t, "2026-12-05T00:00:00+01:00", view.PendingDeadline.Format(time.RFC3339))
		}
		require.Empty(t, f.status().Attention, "the message holds nothing back")
	})
	f.at(3*day, f.recorder.release)
	f.at(3*day+time.Second, func() {
		view := f.status()
		require.True(t, shortened.Equal(*view.Deadline))
		require.Nil(t, view.PendingDeadline)
	})
	view := f.closes(dispute.ClosedMerchantSilent)
	require.True(t, shortened.Equal(f.settles[0].At))
	require.True(t, f.last(dispute.OccasionDeadlineMoved).Shortened)
	require.Empty(t, view.Attention)
}

// TestShortenedDeadlineNeverCounts: an earlier deadline that passes before the party has been informed, or whose message is
// refused or in conflict, does not count. The timeline says so, and the operator is called.
func TestShortenedDeadlineNeverCounts(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*fixture){
		"mail away": func(f *fixture) { f.holdMessages(dispute.OccasionDeadlineMoved) },
		"refused":   func(f *fixture) { f.refused[string(dispute.OccasionDeadlineMoved)] = true },
		"an earlier message": func(f *fixture) {
			key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionDeadlineMoved, Number: 2, Recipient: dispute.PartyMerchant}
			f.receipts[key] = dispute.Receipt{Key: key, ContentHash: "1-other", Channel: dispute.ChannelEmail, At: monday}
		},
		"taken too late": func(f *fixture) { // by an attempt whose receipt is found now
			key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionDeadlineMoved, Number: 2, Recipient: dispute.PartyMerchant}
			said := dispute.Notice{Dispute: f.dispute, Deadline: shortened.In(time.FixedZone("", 3600)), Facts: dispute.Facts{
				State: dispute.StatePreArbitration, Move: moveTo(shortened).Reason, Shortened: true,
			}}
			f.receipts[key] = dispute.Receipt{Key: key, ContentHash: said.Hash(), Channel: dispute.ChannelEmail, At: shortened}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			prepare(f)
			f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(shortened)) })
			f.on(shortened.Add(time.Hour), f.recorder.release)
			f.on(shortened.Add(2*time.Hour), func() {
				view := f.status()
				require.Equal(t, dispute.WaitAgreement, view.WaitingFor)
				require.True(t, windowEnds.Equal(*view.Deadline))
				require.Nil(t, view.PendingDeadline)
				require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
			})
			view := f.closes(dispute.ClosedMerchantSilent)
			require.True(t, windowEnds.Equal(f.settles[0].At))
			require.Equal(t, 1, countEvents(view, "deadline-kept"))
			require.Equal(t, 1, f.count(dispute.OccasionReminder7, dispute.PartyMerchant), "of the deadline that stands")
			require.Zero(t, f.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant), "it would say what no longer holds")
		})
	}
}

// TestShortenedDeadlineIsReplaced: while a party has not been informed of an earlier deadline, the next move replaces it.
func TestShortenedDeadlineIsReplaced(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]time.Time{"earlier still": shortened.Add(-day), "less early": shortened.Add(7 * day), "later": laterWindow} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.holdMessages(dispute.OccasionDeadlineMoved)
			f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(shortened)) })
			f.at(2*day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(to)) })
			f.at(2*day+time.Second, func() {
				require.Equal(t, 1, countEvents(f.status(), "not-sent-deadline-moved"))
				f.recorder.release()
			})
			view := f.closes(dispute.ClosedMerchantSilent)
			require.True(t, to.Equal(f.settles[0].At))
			require.Equal(t, 1, f.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
			require.Empty(t, view.Attention)
		})
	}
}

// TestShortenedDeadlineOverAnOutage: an outage over both deadlines gives the period back from the one that stands.
func TestShortenedDeadlineOverAnOutage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.holdMessages(dispute.OccasionDeadlineMoved)
	f.recorder.outages = true
	f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(shortened)) })
	f.at(2*day, func() { f.recorder.goAway(windowEnds.Add(2 * time.Hour)) })
	f.on(windowEnds.Add(3*time.Hour), func() {
		view := f.status()
		require.Equal(t, "2026-12-25T00:00:00+01:00", view.Deadline.Format(time.RFC3339))
		require.Nil(t, view.PendingDeadline)
		f.recorder.release()
	})
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, dispute.MoveOutage, f.last(dispute.OccasionDeadlineMoved).Move)
	require.Equal(t, 1, f.count(dispute.OccasionDeadlineMoved, dispute.PartyMerchant))
}

// TestCopyOfAShortenedDeadline: the copy by e-mail goes out when the portal has the message, and is not overtaken by the
// deadline that it names.
func TestCopyOfAShortenedDeadline(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute, f.merchant.EmailOnDeadlines = true, true, true
	f.holdMessages(dispute.OccasionOpenedCopy)
	f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(shortened)) })
	f.at(2*day, f.recorder.release)
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, []string{"email shop@example.de"}, f.sentVia(dispute.OccasionDeadlineMoved.Copy(), dispute.PartyMerchant))
	require.True(t, shortened.Equal(f.last(dispute.OccasionDeadlineMoved.Copy()).Deadline))
	require.Equal(t, []string{"email shop@example.de"}, f.sentVia(dispute.OccasionOpenedCopy, dispute.PartyMerchant))
	require.True(t, shortened.Equal(f.last(dispute.OccasionOpenedCopy).Deadline))
	f.requireOnceEach()
}
