package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// outageOver takes the workers away before an instant and brings them back some time after it.
func (f *fixture) outageOver(instant time.Time, after time.Duration) {
	f.recorder.outages = true
	f.on(instant.Add(-time.Minute), func() { f.recorder.goAway(instant.Add(after)) })
}

// periods are the three periods of a dispute without delays: how each is reached, when it ends, who loses by silence, and
// the end of the business day after the one on which an outage over its deadline ends.
var periods = map[dispute.Wait]struct {
	prepare         func(*fixture) time.Duration
	ends, nextNight string
	concerned       dispute.Party
	reason          dispute.ClosingReason
}{
	dispute.WaitAgreement: {
		func(*fixture) time.Duration { return day }, "2026-12-23T00:00:00+01:00", "2026-12-25T00:00:00+01:00",
		dispute.PartyMerchant, dispute.ClosedMerchantSilent,
	},
	dispute.WaitStatement: {
		(*fixture).toStatement, "2027-01-09T00:00:00+01:00", "2027-01-12T00:00:00+01:00",
		dispute.PartyCustomer, dispute.ClosedNotSubstantiated,
	},
	dispute.WaitEvidence: {
		(*fixture).toEvidence, "2027-01-12T00:00:00+01:00", "2027-01-14T00:00:00+01:00",
		dispute.PartyMerchant, dispute.ClosedNoInformation,
	},
}

func instant(rfc3339 string) time.Time {
	at, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		panic(err) //nolint:forbidigo // a mistake in the test itself
	}
	return at
}

// TestOutageOverADeadline: a deadline that is handled more than an hour late decides nothing. It moves, once, to the end
// of the next business day, and the party is informed with the reason. One that is handled within the hour decides.
func TestOutageOverADeadline(t *testing.T) {
	t.Parallel()
	for wait, test := range periods {
		for name, late := range map[string]time.Duration{
			"an hour": time.Hour, "more than an hour": time.Hour + time.Second, "three days": 3 * day,
		} {
			t.Run(string(wait)+" "+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				ends := instant(test.ends)
				f.at(test.prepare(f)+time.Hour, func() { require.True(t, ends.Equal(*f.status().Deadline)) })
				f.outageOver(ends, late)
				if late == time.Hour {
					f.closes(test.reason)
					require.True(t, ends.Add(late).Equal(f.settles[0].At))
					require.Zero(t, f.count(dispute.OccasionDeadlineMoved, test.concerned))
					return
				}
				f.on(ends.Add(late+time.Second), func() {
					view := f.status()
					require.Equal(t, wait, view.WaitingFor)
					require.Empty(t, view.Attention)
					require.Contains(t, f.metadata().CurrentDetails, "klarna · outage: the deadline passed ")
					if late < day {
						require.Equal(t, test.nextNight, view.Deadline.Format(time.RFC3339))
					}
					moved := f.last(dispute.OccasionDeadlineMoved)
					require.Equal(t, test.concerned, moved.Key.Recipient)
					require.True(t, view.Deadline.Equal(moved.Deadline))
					require.Equal(t, dispute.MoveOutage, moved.Move)
					require.False(t, moved.Shortened)
				})
				view := f.closes(test.reason)
				require.Equal(t, 1, countEvents(view, "outage"))
				require.True(t, f.last(dispute.OccasionDeadlineMoved).Deadline.Equal(f.settles[0].At))
			})
		}
	}
}

// TestSecondOutage: an outage moves a deadline once only.
func TestSecondOutage(t *testing.T) {
	t.Parallel()
	for wait, test := range periods {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			test.prepare(f)
			f.outageOver(instant(test.ends), 2*time.Hour)
			f.outageOver(instant(test.nextNight), 2*time.Hour)
			view := f.closes(test.reason)
			require.Equal(t, 1, countEvents(view, "outage"))
			require.True(t, instant(test.nextNight).Add(2*time.Hour).Equal(f.settles[0].At))
		})
	}
}

// TestOutageOfEachPeriod: an outage over one deadline does not use up that of the next.
func TestOutageOfEachPeriod(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
	f.outageOver(windowEnds, 2*time.Hour)
	// The statement is asked for as Friday, 25 December begins: ten business days end with Monday, 11 January.
	f.outageOver(instant("2027-01-12T00:00:00+01:00"), 2*time.Hour)
	view := f.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 2, countEvents(view, "outage"))
	require.True(t, instant("2027-01-14T00:00:00+01:00").Equal(f.settles[0].At))
}

// TestMessageDuringAnOutage: what came before the deadline's own task is honoured, however late that task is.
func TestMessageDuringAnOutage(t *testing.T) {
	t.Parallel()
	alone := dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant}
	for name, test := range map[string]struct {
		signal  string
		message any
		reason  dispute.ClosingReason
	}{
		"agreement":                  {dispute.SignalAgreement, customerPays, dispute.ClosedByAgreement},
		"withdrawal":                 {dispute.SignalWithdrawal, withdrawn, dispute.ClosedByWithdrawal},
		"reaction without agreement": {dispute.SignalAgreement, alone, dispute.ClosedNotSubstantiated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.outageOver(windowEnds, 2*time.Hour)
			f.on(windowEnds.Add(-time.Second), func() { f.env.SignalWorkflowSkippingWorkflowTask(test.signal, test.message) })
			f.closes(test.reason)
		})
	}
}

// TestReactionAfterAnOutage: the merchant answers within the time that the outage gave back.
func TestReactionAfterAnOutage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outageOver(windowEnds, 2*time.Hour)
	var answer *reply
	f.on(windowEnds.Add(3*time.Hour), func() { answer = f.send(dispute.UpdateRespond, responded) })
	f.closes(dispute.ClosedNotSubstantiated)
	require.NoError(t, answer.err)
}

// TestOutageWithTheMailAway: the moved deadline counts although the message about it is still under way; its copy, and
// that of the opening, go out with the new day.
func TestOutageWithTheMailAway(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute, f.merchant.EmailOnDeadlines = true, true, true
	f.holdMessages(dispute.OccasionOpenedCopy, dispute.OccasionReminder7.Copy(), dispute.OccasionReminder2.Copy())
	f.outageOver(windowEnds, 2*time.Hour)
	f.on(windowEnds.Add(3*time.Hour), f.recorder.release)
	view := f.closes(dispute.ClosedMerchantSilent)
	until := instant("2026-12-25T00:00:00+01:00")
	for _, occasion := range []dispute.Occasion{dispute.OccasionOpenedCopy, dispute.OccasionDeadlineMoved, dispute.OccasionDeadlineMoved.Copy()} {
		require.Equal(t, 1, f.count(occasion, dispute.PartyMerchant), occasion)
		require.True(t, until.Equal(f.last(occasion).Deadline), occasion)
		require.Equal(t, 2, f.last(occasion).Key.Number, "a key of its own")
	}
	require.Zero(t, f.count(dispute.OccasionReminder2.Copy(), dispute.PartyMerchant))
	require.Equal(t, 1, countEvents(view, "not-sent-opened-copy"))
}
