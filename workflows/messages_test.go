package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// sentVia returns the channel and address of each message of an occasion to a party.
func (f *fixture) sentVia(occasion dispute.Occasion, to dispute.Party) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []string
	for _, sent := range f.sent {
		if sent.Key.Occasion == occasion && sent.Key.Recipient == to {
			found = append(found, sent.via+" "+sent.To.Email)
		}
	}
	return found
}

// TestChannels: a merchant is reached over the portal when it is active, with a copy by e-mail when the settings ask
// for it; otherwise by e-mail. When the portal refuses for good, e-mail replaces it.
func TestChannels(t *testing.T) {
	t.Parallel()
	const portal, email = "portal shop@example.de", "email shop@example.de"
	for name, test := range map[string]struct {
		active, copyWanted, refuses bool
		opened, copied              []string
	}{
		"no portal":                      {false, false, false, []string{email}, nil},
		"no portal, and settings for it": {false, true, false, []string{email}, nil},
		"portal":                         {true, false, false, []string{portal}, nil},
		"portal and copy":                {true, true, false, []string{portal}, []string{email}},
		"portal refuses":                 {true, false, true, []string{email}, nil},
		"portal refuses, copy wanted":    {true, true, true, []string{email}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive, f.merchant.EmailOnDispute = test.active, test.copyWanted
			f.refused["portal"] = test.refuses
			after := f.toEvidence()
			f.at(after, f.env.CancelWorkflow)
			view := f.run()
			require.Empty(t, view.Attention)
			require.Equal(t, test.opened, f.sentVia(dispute.OccasionOpened, dispute.PartyMerchant))
			require.Equal(t, test.copied, f.sentVia(dispute.OccasionOpenedCopy, dispute.PartyMerchant))
			for _, occasion := range []dispute.Occasion{dispute.OccasionKlarnaStepsIn, dispute.OccasionInformationRequested, dispute.OccasionClosed} {
				require.Equal(t, test.opened, f.sentVia(occasion, dispute.PartyMerchant), "as the first message")
			}
			for _, occasion := range []dispute.Occasion{dispute.OccasionReceived, dispute.OccasionReasonAsked, dispute.OccasionClosed} {
				require.Equal(t, []string{"email jonas@example.de"}, f.sentVia(occasion, dispute.PartyCustomer))
			}
			require.Equal(t, []string{"email desk@example.com"}, f.sentVia(dispute.OccasionRulingAsked, dispute.PartyDesk))
			f.requireOnceEach()
		})
	}
}

// requireOnceEach asserts that each message was sent once.
func (f *fixture) requireOnceEach() {
	f.Helper()
	keys := map[dispute.NoticeKey]bool{}
	for _, sent := range f.sent {
		require.False(f, keys[sent.Key], "%s was sent twice", sent.Key)
		keys[sent.Key] = true
	}
}

// TestCopyHoldsNothingBack: the window runs from the portal's message, whether the copy arrives or not.
func TestCopyHoldsNothingBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
	f.holdMessages(dispute.OccasionOpenedCopy, dispute.OccasionReceived)
	f.at(day, func() {
		require.Equal(t, dispute.WaitAgreement, f.status().WaitingFor)
		require.True(t, windowEnds.Equal(*f.status().Deadline))
	})
	f.at(2*day, f.recorder.release)
	f.closes(dispute.ClosedMerchantSilent)
	require.True(t, windowEnds.Equal(f.last(dispute.OccasionOpenedCopy).Deadline))
	require.Equal(t, 1, f.count(dispute.OccasionReceived, dispute.PartyCustomer))
}

// TestPeriodStartsWithDelivery: a period is counted from the instant at which its message was taken, however long the
// mail server was away.
func TestPeriodStartsWithDelivery(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		occasion dispute.Occasion
		prepare  func(*fixture) time.Duration
		state    dispute.State
		until    string
	}{
		// Taken on Wednesday, 25 November: 21 business days later is Thursday, 24 December.
		{dispute.OccasionOpened, func(*fixture) time.Duration { return 0 }, dispute.StateOpened, "2026-12-25T00:00:00+01:00"},
		// Taken on Friday, 25 December: the ten days begin with Monday, 28 December.
		{dispute.OccasionReasonAsked, (*fixture).toStatement, dispute.StateArbitrationPending, "2027-01-12T00:00:00+01:00"},
		// Taken on Saturday, 26 December: the same.
		{dispute.OccasionInformationRequested, (*fixture).toEvidence, dispute.StateEvidencePending, "2027-01-12T00:00:00+01:00"},
	} {
		t.Run(string(test.occasion), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.holdMessages(test.occasion)
			after := test.prepare(f)
			f.at(after+day, func() {
				view := f.status()
				require.Equal(t, test.state, view.State)
				require.Equal(t, dispute.WaitNotification, view.WaitingFor)
				require.Nil(t, view.Deadline)
				require.Equal(t, []dispute.Cause{dispute.CauseStalled}, view.Attention)
			})
			f.at(after+2*day, f.recorder.release)
			f.at(after+2*day+time.Second, func() {
				require.Empty(t, f.status().Attention)
				require.Equal(t, test.until, f.status().Deadline.Format(time.RFC3339))
				f.env.CancelWorkflow()
			})
			f.run()
		})
	}
}

// TestPortalOutageIsNotARefusal: while the portal is away the message is retried there, not sent by e-mail.
func TestPortalOutageIsNotARefusal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive = true
	f.outages["portal"] = 5
	f.at(day, func() { require.True(t, windowEnds.Equal(*f.status().Deadline)) })
	view := f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, []string{"portal shop@example.de"}, f.sentVia(dispute.OccasionOpened, dispute.PartyMerchant))
	require.Empty(t, view.Attention)
}

// TestUnreachable: a dispute whose message every channel refuses waits without limit. With a corrected address it
// continues, and uses that address for every later message to the party.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	const corrected = "corrected@example.de"
	for _, test := range []struct {
		occasion dispute.Occasion
		party    dispute.Party
		address  string
		prepare  func(*fixture) time.Duration
		state    dispute.State
		next     dispute.Wait
	}{
		{dispute.OccasionOpened, dispute.PartyMerchant, "shop@example.de", func(*fixture) time.Duration { return 0 }, dispute.StateOpened, dispute.WaitAgreement},
		{dispute.OccasionReasonAsked, dispute.PartyCustomer, "jonas@example.de", (*fixture).toStatement, dispute.StateArbitrationPending, dispute.WaitStatement},
		{dispute.OccasionInformationRequested, dispute.PartyMerchant, "shop@example.de", (*fixture).toEvidence, dispute.StateEvidencePending, dispute.WaitEvidence},
	} {
		t.Run(string(test.occasion), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive = true
			after := test.prepare(f)
			f.at(max(after-day, time.Millisecond), func() { f.refuse("portal", test.address) })
			if after == 0 {
				f.refused["portal"], f.refused[test.address] = true, true
			}
			stays := func(view dispute.View) {
				require.Equal(t, test.state, view.State)
				require.Equal(t, dispute.WaitRetryNotification, view.WaitingFor)
				require.Nil(t, view.Deadline)
				require.Contains(t, view.Attention, dispute.CauseUnreachable)
			}
			after += 100 * day
			f.at(after, func() {
				stays(f.status())
				f.send(dispute.UpdateRetryNotification, dispute.Retry{RequestedBy: "op-1"})
			})
			f.at(after+time.Hour, func() {
				stays(f.status())
				f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: corrected, RequestedBy: "op-1"})
			})
			f.at(after+2*time.Hour, func() {
				view := f.status()
				require.Equal(t, test.next, view.WaitingFor)
				require.NotContains(t, view.Attention, dispute.CauseUnreachable)
				require.Greater(t, view.Deadline.Sub(f.env.Now()), 12*day, "a whole period from the delivery on")
				f.env.CancelWorkflow()
			})
			view := f.run()
			require.Equal(t, []string{"email " + corrected}, f.sentVia(test.occasion, test.party))
			require.Equal(t, []string{"email " + corrected}, f.sentVia(dispute.OccasionClosed, test.party))
			require.Equal(t, 2, countEvents(view, dispute.UpdateRetryNotification))
			corrections := slices.DeleteFunc(view.Timeline, func(entry dispute.Entry) bool { return !strings.HasSuffix(entry.Detail, "by op-1, at "+corrected) })
			require.Len(t, corrections, 1)
		})
	}
}

// refuse makes systems, addresses or occasions refuse for good.
func (f *fixture) refuse(names ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range names {
		f.refused[name] = true
	}
}

// TestMessageFailed: a message that holds nothing back and is refused for good raises attention, and the dispute
// continues. A person acknowledges the cause.
func TestMessageFailed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		occasion dispute.Occasion
		party    dispute.Party
		wait     dispute.Wait
	}{
		{dispute.OccasionOpenedCopy, dispute.PartyMerchant, dispute.WaitAgreement},
		{dispute.OccasionReceived, dispute.PartyCustomer, dispute.WaitAgreement},
		{dispute.OccasionDeadlineMoved, dispute.PartyMerchant, dispute.WaitAgreement},
		{dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant, dispute.WaitStatement},
		{dispute.OccasionRulingAsked, dispute.PartyDesk, dispute.WaitJustification},
	} {
		t.Run(string(test.occasion), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
			f.refused[string(test.occasion)] = true
			after := waits[test.wait](f)
			if test.occasion == dispute.OccasionDeadlineMoved {
				f.at(time.Hour, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
			}
			var answer *reply
			f.at(after, func() {
				view := f.status()
				require.Equal(t, test.wait, view.WaitingFor)
				require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
				entry := view.Timeline[indexOf(view, "not-sent-"+string(test.occasion))]
				require.Contains(t, entry.Detail, string(test.party))
				require.Contains(t, entry.Detail, "refuse")
				answer = f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageFailed))
			})
			f.at(after+time.Second, func() {
				require.NoError(t, answer.err)
				require.Empty(t, f.status().Attention)
				f.env.CancelWorkflow()
			})
			require.Empty(t, f.run().Attention)
		})
	}
}

// TestEarlierMessageStands: when an earlier message of other content stands under the same key, the new one is not
// sent. The dispute continues, the case file names the conflict, and attention is raised so that a person can inform
// the party.
func TestEarlierMessageStands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		occasion dispute.Occasion
		number   int
		party    dispute.Party
		wait     dispute.Wait
	}{
		{dispute.OccasionReceived, 1, dispute.PartyCustomer, dispute.WaitAgreement},
		{dispute.OccasionDeadlineMoved, 2, dispute.PartyMerchant, dispute.WaitAgreement},
		{dispute.OccasionRulingAsked, 3, dispute.PartyDesk, dispute.WaitJustification},
	} {
		t.Run(string(test.occasion), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			key := dispute.NoticeKey{DisputeID: "d-1", Occasion: test.occasion, Number: test.number, Recipient: test.party}
			f.receipts[key] = dispute.Receipt{Key: key, ContentHash: "1-other", Channel: dispute.ChannelEmail, At: monday, Answer: "250 earlier"}
			after := waits[test.wait](f)
			if test.occasion == dispute.OccasionDeadlineMoved {
				f.at(time.Hour, func() { f.send(dispute.UpdateMoveDeadline, moveTo(laterWindow)) })
			}
			f.at(max(after, 2*time.Hour), func() {
				view := f.status()
				require.Equal(t, test.wait, view.WaitingFor)
				require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
				require.Equal(t, string(test.party)+" by email at 2026-11-23T09:15:00Z: 250 earlier "+
					"(an earlier message, which said something else)",
					view.Timeline[indexOf(view, "sent-"+string(test.occasion))].Detail)
				f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageFailed))
				f.env.CancelWorkflow()
			})
			require.Empty(t, f.run().Attention)
			require.Zero(t, f.count(test.occasion, test.party))
		})
	}
}

// TestEarlierMessageOpensNoPeriod: a period never counts from an earlier message of other content. The right message
// goes out under the next number, and the period counts from when that one was taken.
func TestEarlierMessageOpensNoPeriod(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		occasion dispute.Occasion
		number   int
		party    dispute.Party
		wait     dispute.Wait
		days     int
	}{
		{dispute.OccasionOpened, 1, dispute.PartyMerchant, dispute.WaitAgreement, dispute.MaxResponseBusinessDays},
		{dispute.OccasionReasonAsked, 2, dispute.PartyCustomer, dispute.WaitStatement, dispute.StatementBusinessDays},
		{dispute.OccasionInformationRequested, 4, dispute.PartyMerchant, dispute.WaitEvidence, dispute.EvidenceBusinessDays},
	} {
		t.Run(string(test.occasion), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			key := dispute.NoticeKey{DisputeID: "d-1", Occasion: test.occasion, Number: test.number, Recipient: test.party}
			longAgo := monday.AddDate(0, -3, 0)
			f.receipts[key] = dispute.Receipt{Key: key, ContentHash: "1-other", Channel: dispute.ChannelEmail, At: longAgo, Answer: "250 earlier"}
			f.at(waits[test.wait](f)+time.Hour, func() {
				view := f.status()
				require.Equal(t, test.wait, view.WaitingFor)
				require.Contains(t, view.Attention, dispute.CauseMessageFailed)
				cal, err := calendar.Load(f.dispute.Calendar)
				require.NoError(t, err)
				next := key
				next.Number++
				require.Contains(t, f.receipts, next)
				until, err := cal.Deadline(f.receipts[next].At, test.days)
				require.NoError(t, err)
				require.WithinDuration(t, until, *view.Deadline, 0)
				f.env.CancelWorkflow()
			})
			f.run()
			require.Equal(t, 1, f.count(test.occasion, test.party))
		})
	}
}

// TestDeskWithoutAddress: the desk gets no message, and the timeline has that.
func TestDeskWithoutAddress(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.registerNotifications("")
	after := f.toDesk()
	f.at(after, func() { f.send(dispute.UpdateRule, justified(&no)) })
	view := f.closes(dispute.ClosedNotJustified)
	require.Zero(t, f.count(dispute.OccasionRulingAsked, dispute.PartyDesk))
	require.Contains(t, view.Timeline[indexOf(view, "sent-ruling-asked")].Detail, "no address")
	require.Empty(t, view.Attention)
}

// TestMessageFacts: a message carries the facts that its text needs.
func TestMessageFacts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.toDecision()
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	f.closes(dispute.ClosedForCustomer)
	require.Equal(t, dispute.StateOpened, f.last(dispute.OccasionOpened).State)
	require.True(t, windowEnds.Equal(f.last(dispute.OccasionOpened).Deadline))
	desk := f.last(dispute.OccasionRulingAsked)
	require.Equal(t, dispute.StageDecision, desk.Stage)
	require.Equal(t, stated.Statement, desk.Statement)
	require.Equal(t, []dispute.Evidence{evidence}, desk.Evidence)
	closed := f.last(dispute.OccasionClosed)
	require.Equal(t, f.settles[0].Decision, closed.Decision)
	require.Zero(t, closed.Outstanding)
	f.requireOnceEach()
}
