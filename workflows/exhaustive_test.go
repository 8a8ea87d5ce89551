package workflows_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/race"
)

var maxEvents = flag.Int("events", defaultEvents(), "how many events the exhaustive sequences have at most")

// defaultEvents returns how long the sequences are: shorter under the race detector, where each takes several times as
// long.
func defaultEvents() int {
	if race.Enabled {
		return 2
	}
	return 3
}

// alphabet are the events of the exhaustive sequences, one of each kind. What the dispute waits for is the awaited party's
// answer (response, statement, evidence), the desk's ruling, or the operator's corrected address. Messages of the other
// party, of an operator, and repeats are left to the random sequences: they differ in the sender's name only.
var alphabet = []step{
	{shortestPause, "what the dispute waits for"},
	{shortestPause, "the other ruling"},
	{shortestPause, "agreement on too much"}, // impossible, and yet a reaction
	{shortestPause, "the customer agrees to pay"},
	{shortestPause, "what they bargain"},
	{shortestPause, "withdrawal"},
	{shortestPause, "accepted loss"},
	{shortestPause, "cancellation"},
	{afterDeadline, "nothing"}, // the deadline passes
	{shortestPause, "an outage over the deadline"},
	{shortestPause, "deadline in five days"},
	{shortestPause, "deadline 10 days later"},
	{shortestPause, "the mail server goes away"}, // deliveries are lost until it is back
	{shortestPause, "every message is refused"},
	{shortestPause, "everything is back"},
}

// beginnings bring a dispute to each wait, from which the sequences begin.
var beginnings = func() map[string]sequence {
	byMail := circumstances{Calendar: "DE", Days: 14, Disputed: invoiced}
	byPortal, withoutLedger := byMail, byMail
	byPortal.Portal, byPortal.EmailOnDispute, byPortal.EmailOnDeadlines = true, true, true
	withoutLedger.Away = []string{theLedger}
	withoutMail := byPortal
	withoutMail.Away = []string{theMail}
	arbitration := []step{
		{shortestPause, "response"},
		{afterDeadline, "nothing"},
		{shortestPause, "statement"},
		{shortestPause, "ruling: justified"},
		{shortestPause, "evidence"},
	}
	return map[string]sequence{
		"pause":                          {withoutLedger, nil},
		"response window":                {byMail, nil},
		"response window, copies away":   {withoutMail, nil},
		"statement":                      {byMail, arbitration[:2]},
		"justification":                  {byMail, arbitration[:3]},
		"evidence":                       {byMail, arbitration[:4]},
		"evidence, copies away":          {byPortal, slices.Insert(slices.Clone(arbitration[:4]), 3, step{shortestPause, "the mail server goes away"})},
		"decision":                       {byMail, arbitration[:5]},
		"settlement":                     {byMail, []step{{shortestPause, "agreement while the ledger is away"}}},
		"closing messages, both refused": {byMail, []step{{shortestPause, "every message is refused"}, {shortestPause, "withdrawal"}}},
	}
}()

// TestEverySequence: after every sequence of events, from every wait, the workflow agrees with the model, and nobody is
// wronged. A sequence whose last event changes nothing, or ends the run, is not continued: what follows is that of a
// shorter one.
func TestEverySequence(t *testing.T) {
	t.Parallel()
	for name, beginning := range beginnings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			t.Logf("%d sequences in %s", everySequence(t, beginning, *maxEvents), time.Since(begun))
		})
	}
}

// everySequence runs a sequence with up to so many events more, and returns how many sequences that were.
func everySequence(t *testing.T, s sequence, events int) (count int) {
	t.Helper()
	if events == 0 {
		return 0
	}
	for _, next := range alphabet {
		longer := sequence{s.circumstances, append(slices.Clone(s.steps), next)}
		c := compare(t, longer)
		require.Empty(t, c.difference, longer)
		require.Empty(t, c.wrong(), longer)
		count++
		if c.changed {
			count += everySequence(t, longer, events-1)
		}
	}
	return count
}

// silences has, for each decision by silence, the party that was silent, the message that asked it, and its answers.
var silences = map[dispute.ClosingReason]struct {
	party   dispute.Party
	asked   dispute.Occasion
	answers []string
}{
	dispute.ClosedMerchantSilent: {
		dispute.PartyMerchant, dispute.OccasionOpened,
		[]string{dispute.UpdateRespond, dispute.UpdatePropose, dispute.UpdateAnswerProposal, dispute.UpdateSubmitEvidence, "agreement-ignored"},
	},
	dispute.ClosedNotSubstantiated: {dispute.PartyCustomer, dispute.OccasionReasonAsked, []string{dispute.UpdateStateReason}},
	dispute.ClosedNoInformation:    {dispute.PartyMerchant, dispute.OccasionInformationRequested, []string{dispute.UpdateSubmitEvidence}},
}

// wrong returns what no sequence may lead to; "" when all is well. It knows nothing of the model.
func (t *comparison) wrong() string {
	view := t.status()
	if len(t.pauses) != 1 || len(t.settles) != 1 {
		return fmt.Sprintf("%d pauses and %d settlements", len(t.pauses), len(t.settles))
	}
	for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
		if t.count(dispute.OccasionClosed, party) == 0 && !slices.Contains(view.Attention, dispute.CauseMessageFailed) {
			return fmt.Sprintf("the %s was not told the result, and nobody was called", party)
		}
	}
	silence, bySilence := silences[view.ClosingReason]
	if !bySilence {
		return ""
	}
	asked := indexOf(view, "sent-"+string(silence.asked))
	if asked < 0 {
		return fmt.Sprintf("the %s lost without having been asked", silence.party)
	}
	if view.ClosingReason == dispute.ClosedMerchantSilent {
		asked = 0 // any answer counts
	}
	decided := indexOf(view, string(view.ClosingReason))
	for _, entry := range view.Timeline[asked:decided] {
		if slices.Contains(silence.answers, entry.Event) && entry.Actor != silence.party.Other() {
			return fmt.Sprintf("the %s lost for silence after %s", silence.party, entry.Event)
		}
	}
	if until := t.lastKnownDeadline(silence.party); view.Timeline[decided].At.Before(until) {
		return fmt.Sprintf("the %s lost before %s, the last deadline that it was told", silence.party, until)
	}
	return ""
}

// lastKnownDeadline returns the deadline in the last message that a party has got with one.
func (t *comparison) lastKnownDeadline(party dispute.Party) time.Time {
	for _, sent := range slices.Backward(t.sent) {
		if sent.Key.Recipient == party && !sent.Deadline.IsZero() {
			return sent.Deadline
		}
	}
	return time.Time{}
}
