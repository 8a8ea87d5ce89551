package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// story is what the Web UI shows of a dispute's commands, in order; each costs history.
func (w *world) story() []string {
	var lines []string
	for _, command := range w.probe.commands {
		lines = append(lines, command.kind+": "+command.summary)
	}
	return lines
}

// TestCommandsOfAnAgreement: every step has a summary that an operator understands, and none is more
// than needed: the pending timer ends with the run.
func TestCommandsOfAnAgreement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.given()
	w.env.SetOnTimerCanceledListener(func(string) { t.Error("a timer was cancelled") })
	w.at(day, func() { w.signal(dispute.SignalAgreement, customerPays) })
	w.closes(dispute.ClosedByAgreement)
	require.Equal(t, []string{
		"local: Pause the invoice invoice-1",
		"local: Notify both parties: opened, received",
		"timer: reminder-7",
		"upsert: ",
		"local: Settle: merchant_solved_the_dispute_with_the_customer",
		"local: Notify both parties: closed",
		"upsert: ",
	}, w.story())
}

// TestCommandsOfSilence: one timer at a time, to the next instant at which something is due.
func TestCommandsOfSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.given()
	w.closes(dispute.ClosedMerchantSilent)
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
	}, w.story())
}

// TestCommandsOfArbitration: the whole way, through the desk.
func TestCommandsOfArbitration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.given()
	after := w.toDecision()
	w.at(after, func() { w.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	w.closes(dispute.ClosedForMerchant)
	require.Equal(t, []command{{kind: "regular", name: "SettleInvoice", summary: "Settle: decided_for_merchant"}}, w.probe.of("regular"))
	require.Len(t, w.probe.of("local"), 9)
	require.Len(t, w.probe.of("upsert"), 6)
	var timers []string
	for _, timer := range w.probe.of("timer") {
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
	w := newWorld(t)
	w.trouble["ledger"] = 3
	w.at(day, w.env.CancelWorkflow)
	w.run()
	require.Equal(t, []command{
		{kind: "regular", name: "PauseInvoice", summary: "Pause the invoice invoice-1"},
		{kind: "regular", name: "SettleInvoice", summary: "Settle: cancelled_by_operator"},
	}, w.probe.of("regular"))
	require.Len(t, w.pauses, 1)
}

// TestCommandsOfAMessageInTrouble: what was tried together with something else goes on as a regular activity at once, and
// the other one is not sent again.
func TestCommandsOfAMessageInTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.merchant.PortalActive = true
	w.trouble["email"] = 1
	w.at(day, w.env.CancelWorkflow)
	w.run()
	require.Equal(t, []string{
		"local: Pause the invoice invoice-1",
		"local: Notify both parties: opened, received",
		"regular: Notify the customer: received",
	}, w.story()[:3])
	w.requireOnceEach()
}
