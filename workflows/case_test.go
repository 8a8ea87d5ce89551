package workflows_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// currentCase asks the query case.
func (f *fixture) currentCase() (c dispute.Case) {
	f.Helper()
	value, err := f.env.QueryWorkflow(workflows.QueryCase)
	require.NoError(f, err)
	require.NoError(f, value.Get(&c))
	return c
}

// periodsOf returns what the periods of a case wait for.
func periodsOf(c dispute.Case) (names []dispute.Wait) {
	for _, period := range c.Periods {
		names = append(names, period.WaitingFor)
	}
	return names
}

// results returns the messages of a case in words: "opened to merchant accepted by portal".
func results(c dispute.Case) (lines []string) {
	for _, sent := range c.Sent {
		line := string(sent.Occasion) + " to " + string(sent.Recipient) + " " + string(sent.Result)
		if sent.Channel != "" {
			line += " by " + string(sent.Channel)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestCaseOfArbitration: the case has all that was said, asked, ruled, sent and booked, also after the end.
func TestCaseOfArbitration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive = true
	f.dispute.Complaint = &dispute.Complaint{Text: "The parcel is late."}
	f.at(time.Hour, func() {
		c := f.currentCase()
		require.Equal(t, f.dispute.Complaint, c.Dispute.Complaint)
		require.Equal(t, monday, c.PausedAt.UTC())
		require.False(t, c.MerchantReacted)
		require.Equal(t, &dispute.Period{
			WaitingFor: dispute.WaitAgreement, Concerns: dispute.PartyMerchant, BeganAt: c.Periods[0].BeganAt, BusinessDays: 21,
			Calendar: "DE", Zone: "Europe/Berlin", Deadline: c.Periods[0].Deadline,
		}, c.RunningPeriod())
		require.Equal(t, "2026-12-23T00:00:00+01:00", c.Periods[0].Deadline.Format(time.RFC3339))
	})
	f.at(2*day, func() { f.send(dispute.UpdateSubmitEvidence, dispute.Evidence{Text: "Handed over."}) })
	end := f.toDecision()
	f.at(end, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	f.closes(dispute.ClosedForCustomer)

	c := f.currentCase()
	require.Equal(t, []any{dispute.StateClosed, dispute.Wait("")}, []any{c.State, c.WaitingFor})
	require.True(t, c.MerchantReacted)
	require.Len(t, c.Conversation, 1)
	require.Equal(t, []any{dispute.PartyMerchant, responded.Message}, []any{c.Conversation[0].By, c.Conversation[0].Text})
	require.Equal(t, stated.Statement, c.Statement.Text)
	require.Len(t, c.Evidence, 2)
	require.Equal(t, []bool{false, true}, []bool{c.Evidence[0].Requested, c.Evidence[1].Requested})
	require.Equal(t, []dispute.Wait{dispute.WaitAgreement, dispute.WaitStatement, dispute.WaitEvidence}, periodsOf(c))
	require.Nil(t, c.RunningPeriod())
	require.Equal(t, []dispute.Stage{dispute.StageJustification, dispute.StageDecision}, []dispute.Stage{c.Questions[0].Stage, c.Questions[1].Stage})
	require.Equal(t, []dispute.GivenRuling{
		{At: c.Rulings[0].At, By: dispute.PartyDesk, Ruling: justified(&yes)},
		{At: c.Rulings[1].At, By: dispute.PartyDesk, Ruling: inFavourOf(dispute.PartyCustomer)},
	}, c.Rulings)
	require.Equal(t, &dispute.MadeDecision{
		At: c.Decision.At, By: dispute.PartyDesk, Decision: dispute.Decide(dispute.ClosedForCustomer, f.dispute.DisputedAmount, nil),
	}, c.Decision)
	require.Equal(t, dispute.Settlement(f.settled[0]), withoutZone(*c.Settlement))
	require.Contains(t, results(c), "opened to merchant accepted by portal")
	require.Contains(t, results(c), "ruling-asked to desk accepted by email")
	require.Contains(t, results(c), "closed to customer accepted by email")
	require.True(t, c.Told(dispute.PartyMerchant, dispute.OccasionInformationRequested))
	require.False(t, c.Told(dispute.PartyCustomer, dispute.OccasionInformationRequested))
}

func withoutZone(s dispute.Settlement) dispute.Settlement {
	s.At = s.At.UTC()
	return s
}

// TestCaseHasTheReportThatEndedIt: agreement, withdrawal and accepted loss are in the case with their notes.
func TestCaseHasTheReportThatEndedIt(t *testing.T) {
	t.Parallel()
	for reason, test := range map[dispute.ClosingReason]struct {
		drive func(*fixture)
		note  func(dispute.Case) string
	}{
		dispute.ClosedByAgreement: {
			func(f *fixture) {
				f.signal(dispute.SignalAgreement, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer, Note: "n"})
			},
			func(c dispute.Case) string { return c.Agreement.Note },
		},
		dispute.ClosedByWithdrawal: {
			func(f *fixture) {
				f.signal(dispute.SignalWithdrawal, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: "n"})
			},
			func(c dispute.Case) string { return c.Withdrawal.Note },
		},
		dispute.ClosedLossAccepted: {
			func(f *fixture) {
				f.send(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant, Note: "n"})
			},
			func(c dispute.Case) string { return c.LossAcceptance.Note },
		},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.at(day, func() { test.drive(f) })
			f.closes(reason)
			c := f.currentCase()
			require.Equal(t, "n", test.note(c))
			require.Equal(t, monday.Add(day), c.Decision.At.UTC())
			require.Equal(t, monday.Add(day), c.Periods[0].EndedAt.UTC(), "the decision ends the period")
		})
	}
}

// TestCaseOfProposals: the case has every proposal with what became of it. The agreement on one is that proposal.
func TestCaseOfProposals(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	offer := func(amount int64, by dispute.Party) dispute.Offer {
		return dispute.Offer{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: amount, Currency: "EUR"}, Message: "final", ProposedBy: by,
		}
	}
	f.at(day, func() { f.send(dispute.UpdatePropose, offer(1000, dispute.PartyMerchant)) })
	f.at(2*day, func() { f.send(dispute.UpdatePropose, offer(2000, dispute.PartyMerchant)) })
	f.at(3*day, func() { f.send(dispute.UpdatePropose, offer(2000, dispute.PartyCustomer)) })
	f.closes(dispute.ClosedByAgreement)
	c := f.currentCase()
	require.Len(t, c.Proposals, 2)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalReplaced, dispute.ProposalAccepted}, []dispute.ProposalState{c.Proposals[0].State, c.Proposals[1].State})
	require.Equal(t, "final", c.Proposals[1].Message)
	require.Nil(t, c.Agreement)
	require.Equal(t, int64(2000), c.Decision.Debit)
}

// TestCaseBeforeThePause: what a signal has decided counts once the pause is booked, and is not shown before.
func TestCaseBeforeThePause(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outages["ledger"] = 3
	f.at(time.Second, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.at(2*time.Second, func() {
		c := f.currentCase()
		require.Equal(t, dispute.WaitPause, c.WaitingFor)
		require.Nil(t, c.Decision)
		require.Zero(t, c.PausedAt)
	})
	f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, dispute.ClosedByWithdrawal, f.currentCase().Decision.Reason)
}

// TestCaseOfMovedDeadlines: a later deadline counts at once, an earlier one when the party was informed.
func TestCaseOfMovedDeadlines(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	later, earlier := monday.Add(60*day), monday.Add(20*day)
	f.at(day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(later)) })
	f.at(2*day, func() {
		f.outages["email"] = 5
		f.send(dispute.UpdateMoveDeadline, moveTo(earlier))
	})
	f.at(2*day+2*time.Second, func() {
		period := f.currentCase().RunningPeriod()
		require.Equal(t, later, period.Deadline.UTC())
		require.Zero(t, period.Moves[1].CountsFrom, "nobody has been informed")
	})
	f.closes(dispute.ClosedMerchantSilent)
	period := f.currentCase().Periods[0]
	require.Equal(t, earlier, period.Deadline.UTC())
	require.Equal(t, monday.Add(day), period.Moves[0].CountsFrom.UTC())
	require.Equal(t, later, period.Moves[1].From.UTC())
	require.True(t, period.Moves[1].CountsFrom.After(monday.Add(2*day)))
	require.Equal(t, moveTo(earlier).MovedBy, period.Moves[1].MovedBy)
}

// TestCaseOfRefusedMessages: refusals, corrected addresses and attention are in the case.
func TestCaseOfRefusedMessages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refuse(f.merchant.Email)
	f.at(day, func() {
		c := f.currentCase()
		require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, c.Attention)
		require.Contains(t, results(c), "opened to merchant refused")
		f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: "new@example.de", RequestedBy: "op-1"})
	})
	f.at(2*day, func() {
		c := f.currentCase()
		require.Equal(t, dispute.CorrectedAddresses{Merchant: "new@example.de"}, c.Corrected)
		require.Equal(t, monday.Add(day), c.Periods[0].BeganAt.UTC())
	})
	f.closes(dispute.ClosedMerchantSilent)
}

// TestCaseSurvivesATakeover: the run that takes over goes on with the case; the old period does not run any more.
func TestCaseSurvivesATakeover(t *testing.T) {
	t.Parallel()
	f := stop(t, 2*day, func(f *fixture) {
		f.at(day, func() { f.send(dispute.UpdateRespond, responded) })
		f.at(day, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	}).takenOver(t)
	f.at(day, func() {
		c := f.currentCase()
		require.Len(t, c.Conversation, 1)
		require.Len(t, c.Evidence, 1)
		require.Equal(t, []dispute.Wait{dispute.WaitAgreement, dispute.WaitAgreement}, periodsOf(c))
		require.NotZero(t, c.Periods[0].EndedAt)
		require.NotNil(t, c.RunningPeriod())
		require.Contains(t, results(c), "opened to merchant accepted by email")
	})
	f.at(3*day, func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.closes(dispute.ClosedByAgreement)
	require.Equal(t, customerPays, f.currentCase().Agreement.Agreement)
}

// TestCaseListsSomeMessages: a case stays below the size that Temporal allows for the answer to a query.
func TestCaseListsSomeMessages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refuse(f.merchant.Email)
	for i := range 200 {
		f.at(time.Duration(i+1)*time.Minute, func() { f.send(dispute.UpdateRetryNotification, dispute.Retry{RequestedBy: "op-1"}) })
	}
	f.at(day, func() {
		c := f.currentCase()
		require.Len(t, c.Sent, 202, "the refusals and the message to the customer")
		data, err := json.Marshal(c)
		require.NoError(t, err)
		require.Less(t, len(data), 1<<20)
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	f.run()
}

// TestCaseOfToldDecision: where the ledger alone knows the decision, the case has it without an instant.
func TestCaseOfToldDecision(t *testing.T) {
	t.Parallel()
	s := stop(t, 2*day, func(f *fixture) { f.at(day, func() { f.send(dispute.UpdateRespond, responded) }) })
	decision := dispute.Decide(dispute.ClosedByWithdrawal, newFixture(t).dispute.DisputedAmount, nil)
	s.takeover.Decision, s.takeover.Closed = &decision, true
	f := s.takenOver(t)
	f.run()
	require.Equal(t, &dispute.MadeDecision{By: dispute.PartyKlarna, Decision: decision}, f.currentCase().Decision)
}

// TestFilesOfTheCustomer: the merchant gets the complaint with the notice; arbiter and desk get it too, and the files of the
// statement, which the merchant does not get.
func TestFilesOfTheCustomer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	files := []dispute.File{{Kind: "other", Name: "box.jpg", Size: 5, SHA256: strings.Repeat("ab", 32), Location: "https://files.example/box"}}
	f.dispute.Complaint = &dispute.Complaint{Text: "It is empty.", Files: files}
	at := f.toStatement()
	f.at(at, func() {
		f.send(dispute.UpdateStateReason, dispute.Statement{Statement: "The box was empty.", Files: files})
	})
	f.at(at+day, func() {
		require.Equal(t, files, f.last(dispute.OccasionRulingAsked).StatementFiles)
		require.Equal(t, f.dispute.Complaint, f.last(dispute.OccasionRulingAsked).Dispute.Complaint)
		f.send(dispute.UpdateRule, justified(&yes))
	})
	f.closes(dispute.ClosedNoInformation)
	require.Equal(t, f.dispute.Complaint, f.last(dispute.OccasionOpened).Dispute.Complaint)
	require.Equal(t, "The box was empty.", f.last(dispute.OccasionInformationRequested).Statement)
	require.Empty(t, f.last(dispute.OccasionInformationRequested).StatementFiles)
	require.Equal(t, files, f.currentCase().Statement.Files)
}
