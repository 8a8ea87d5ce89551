package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// story is what the Web UI shows of a dispute's commands, in order; each costs history.
func (f *fixture) story() []string {
	var lines []string
	for _, command := range f.recorder.commands {
		lines = append(lines, command.kind+": "+command.summary)
	}
	return lines
}

// TestCommandsOfAnAgreement: every step has a summary that an operator understands, and none is more
// than needed: the pending timer ends with the run.
func TestCommandsOfAnAgreement(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.given()
	f.env.SetOnTimerCanceledListener(func(string) { t.Error("a timer was cancelled") })
	f.at(day, func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.closes(dispute.ClosedByAgreement)
	require.Equal(t, []string{
		"local: Pause the invoice invoice-1",
		"local: Notify both parties: opened, received",
		"timer: reminder-7",
		"upsert: ",
		"local: Settle: merchant_solved_the_dispute_with_the_customer",
		"local: Notify both parties: closed",
		"upsert: ",
	}, f.story())
}

// TestCommandsOfSilence: one timer at a time, to the next instant at which something is due.
func TestCommandsOfSilence(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.given()
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, []string{
		"local: Pause the invoice invoice-1",
		"local: Notify both parties: opened, received",
		"timer: reminder-7",
		"upsert: ",
		"timer: reminder-2",
		"local: Notify the merchant: reminder-7",
		"timer: agreement due by the end of Tuesday, 22 December 2026",
		"local: Notify the merchant: reminder-2",
		"regular: Settle: merchant_did_not_respond",
		"local: Notify both parties: closed",
		"upsert: ",
	}, f.story())
}

// TestCommandsOfArbitration: the whole way, through the desk.
func TestCommandsOfArbitration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.given()
	after := f.toDecision()
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	f.closes(dispute.ClosedForMerchant)
	require.Equal(t, []command{{kind: "regular", name: "SettleInvoice", summary: "Settle: decided_for_merchant"}}, f.recorder.of("regular"))
	require.Len(t, f.recorder.of("local"), 9)
	require.Len(t, f.recorder.of("upsert"), 6)
	var timers []string
	for _, timer := range f.recorder.of("timer") {
		timers = append(timers, timer.summary)
	}
	require.Equal(t, []string{
		"reminder-7",
		"agreement due by the end of Tuesday, 22 December 2026",
		"statement due by the end of Friday, 8 January 2027",
		"the desk is overdue: justification",
		"evidence due by the end of Monday, 11 January 2027",
		"the desk is overdue: decision",
	}, timers)
}

// TestCommandsInTrouble: a step that does not succeed at once goes on where an operator sees it, under the
// same name.
func TestCommandsInTrouble(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outages["ledger"] = 3
	f.at(day, f.env.CancelWorkflow)
	f.run()
	require.Equal(t, []command{
		{kind: "regular", name: "PauseInvoice", summary: "Pause the invoice invoice-1"},
		{kind: "regular", name: "SettleInvoice", summary: "Settle: cancelled_by_operator"},
	}, f.recorder.of("regular"))
	require.Len(t, f.pauses, 1)
}

// TestCommandsOfAMessageInTrouble: what was tried together with something else goes on as a regular activity at once, and
// the other one is not sent again.
func TestCommandsOfAMessageInTrouble(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive = true
	f.outages["email"] = 1
	f.at(day, f.env.CancelWorkflow)
	f.run()
	require.Equal(t, []string{
		"local: Pause the invoice invoice-1",
		"local: Notify both parties: opened, received",
		"regular: Notify the customer: received",
	}, f.story()[:3])
	f.requireOnceEach()
}
