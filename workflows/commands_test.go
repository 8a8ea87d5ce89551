package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// summaries returns the workflow's commands as the Web UI shows them, in order; each costs history.
func (f *fixture) summaries() []string {
	var lines []string
	for _, command := range f.recorder.commands {
		lines = append(lines, command.kind+": "+command.summary)
	}
	return lines
}

// TestCommandsOfAnAgreement: every step has a summary that an operator understands, and no command is superfluous: the
// pending timer ends with the run.
func TestCommandsOfAnAgreement(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.withStartAttributes()
	f.env.SetOnTimerCanceledListener(func(string) { t.Error("a timer was cancelled") })
	f.at(day, func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.closes(dispute.ClosedByAgreement)
	require.Equal(t, []string{
		"local: Pause the invoice",
		"local: Notify both parties: opened, received",
		"timer: reminder-7",
		"upsert: ",
		"local: Settle: merchant_solved_the_dispute_with_the_customer",
		"local: Notify both parties: closed",
		"local: Archive the case",
		"upsert: ",
	}, f.summaries())
}

// TestCommandsOfSilence: one timer runs at a time, until the next instant at which something is due.
func TestCommandsOfSilence(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.withStartAttributes()
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, []string{
		"local: Pause the invoice",
		"local: Notify both parties: opened, received",
		"timer: reminder-7",
		"upsert: ",
		"timer: reminder-2",
		"local: Notify the merchant: reminder-7",
		"timer: agreement due by the end of Tuesday, 22 December 2026",
		"local: Notify the merchant: reminder-2",
		"regular: Settle: merchant_did_not_respond",
		"local: Notify both parties: closed",
		"local: Archive the case",
		"upsert: ",
	}, f.summaries())
}

// TestCommandsOfArbitration: the longest way to a decision, through the desk.
func TestCommandsOfArbitration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.withStartAttributes()
	after := f.toDecision()
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	f.closes(dispute.ClosedForMerchant)
	require.Equal(t, []command{{kind: "regular", name: "SettleInvoice", summary: "Settle: decided_for_merchant"}}, f.recorder.of("regular"))
	require.Len(t, f.recorder.of("local"), 11)
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

// TestCommandsOfARetriedStep: a step whose first attempt fails is retried as a regular activity under the same summary,
// where an operator sees it.
func TestCommandsOfARetriedStep(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outages["ledger"] = 3
	f.at(day, f.env.CancelWorkflow)
	f.run()
	require.Equal(t, []command{
		{kind: "regular", name: "PauseInvoice", summary: "Pause the invoice"},
		{kind: "regular", name: "SettleInvoice", summary: "Settle: cancelled_by_operator"},
	}, f.recorder.of("regular"))
	require.Len(t, f.pauses, 1)
}

// TestCommandsOfARetriedMessage: of two messages attempted in one step, the failed one is retried as a regular
// activity, and the other is not sent again.
func TestCommandsOfARetriedMessage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive = true
	f.outages["email"] = 1
	f.at(day, f.env.CancelWorkflow)
	f.run()
	require.Equal(t, []string{
		"local: Pause the invoice",
		"local: Notify both parties: opened, received",
		"regular: Notify the customer: received",
	}, f.summaries()[:3])
	f.requireOnceEach()
}

// TestCommandsOfAnAgreementDuringThePause: money moves for an agreement that comes while the invoice is being paused once the
// pause is in the history.
func TestCommandsOfAnAgreementDuringThePause(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := waits[dispute.WaitPause](f)
	f.at(after, func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.at(after+time.Second, f.restore)
	f.closes(dispute.ClosedByAgreement)
	require.Equal(t, []command{
		{kind: "regular", name: "PauseInvoice", summary: "Pause the invoice"},
		{kind: "regular", name: "SettleInvoice", summary: "Settle: merchant_solved_the_dispute_with_the_customer"},
	}, f.recorder.of("regular"))
}
