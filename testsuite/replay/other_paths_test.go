package replay_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// otherPaths cover what else a history can contain: refusals, outages, corrections, and races with a deadline. Each has its
// closing reason, empty if the dispute was refused.
var otherPaths = map[string]struct {
	drive  func(*env)
	closes dispute.ClosingReason
}{
	"refused-by-the-ledger": {func(e *env) {
		e.dispute.InvoiceID = "invoice-unknown"
		e.open()
	}, ""},
	"started-plainly": {func(e *env) {
		_, err := e.Temporal.ExecuteWorkflow(e.Context(), client.StartWorkflowOptions{ID: workflows.WorkflowID(e.dispute.ID), TaskQueue: e.queue()},
			workflows.WorkflowType, e.dispute)
		require.NoError(e, err)
		e.waitsFor(dispute.WaitAgreement)
		e.withdraw()
	}, dispute.ClosedByWithdrawal},
	"taken-over": {func(e *env) {
		before := time.Now().Add(-time.Hour)
		_, err := e.Ledger.Pause(e.Context(), activities.Pause{Dispute: e.dispute, At: before, Today: before.Format(time.DateOnly)})
		require.NoError(e, err)
		e.open()
		e.waitsFor(dispute.WaitAgreement)
		e.withdraw()
	}, dispute.ClosedByWithdrawal},
	"agreed-by-proposal": {func(e *env) {
		e.driveTo(dispute.WaitAgreement)
		e.accepted(e.Disputes.Respond(e.Context(), e.dispute.ID, dispute.Response{Message: "It is scratched.", ReportedBy: dispute.PartyCustomer}))
		e.answer(e.propose(dispute.PartyCustomer, 6000), false, dispute.PartyMerchant)
		e.propose(dispute.PartyMerchant, 1000)
		e.answer(e.propose(dispute.PartyMerchant, 3000), true, dispute.PartyCustomer)
	}, dispute.ClosedByAgreement},
	"agreed-on-equal-terms": {func(e *env) {
		e.takeDown("ledger")
		e.open()
		e.waitsFor(dispute.WaitPause)
		refund := dispute.Money{Amount: 3000, Currency: "EUR"}
		e.reports(dispute.Agreement{Terms: dispute.MerchantRefunds, Refund: &refund, ReportedBy: dispute.PartyMerchant})
		e.bringBack()
		e.waitsFor(dispute.WaitAgreement)
		e.takeDown("mail")
		e.propose(dispute.PartyCustomer, 6000)
		e.reports(dispute.Agreement{Terms: dispute.MerchantRefunds, Refund: &refund, ReportedBy: dispute.PartyCustomer})
		e.waitsFor(dispute.WaitClosingMessages)
		e.bringBack()
	}, dispute.ClosedByAgreement},
	"everything-was-away": {func(e *env) {
		e.takeDown("ledger", "mail", "arbiter")
		e.open()
		e.waitsFor(dispute.WaitPause)
		e.bringBack()
		e.waitsFor(dispute.WaitAgreement)
		e.accepted(e.Disputes.Respond(e.Context(), e.dispute.ID, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant}))
		e.endPeriod()
		e.await(func(view dispute.View) bool { return count(view, "sent-deadline-moved") > 0 })
		e.takeDown("mail")
		e.await(func(view dispute.View) bool { return view.State == dispute.StateArbitrationPending })
		e.bringBack()
		e.waitsFor(dispute.WaitStatement)
		e.takeDown("arbiter", "ledger")
		e.accepted(e.Disputes.StateReason(e.Context(), e.dispute.ID, dispute.Statement{Statement: "It never came."}))
		e.await(func(view dispute.View) bool { return view.WaitingFor == dispute.WaitJustification })
		e.agree()
		e.waitsFor(dispute.WaitSettlement)
		e.bringBack()
	}, dispute.ClosedByAgreement},
	"ended-before-the-pause": {func(e *env) {
		e.driveTo(dispute.WaitPause)
		e.cancel()
		e.await(func(view dispute.View) bool { return count(view, string(dispute.ClosedByOperator)) > 0 })
		e.bringBack()
	}, dispute.ClosedByOperator},
	"ended-before-the-notice": {func(e *env) {
		e.driveTo(dispute.WaitNotification)
		e.agree()
		e.waitsFor(dispute.WaitClosingMessages)
		e.bringBack()
	}, dispute.ClosedByAgreement},
	"portal-and-copy": {func(e *env) {
		e.importMerchant(dispute.Merchant{
			ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE", PortalActive: true, EmailOnDispute: true,
		})
		e.open()
		e.await(func(view dispute.View) bool { return count(view, "sent-opened-copy") > 0 })
		e.agree()
	}, dispute.ClosedByAgreement},
	"unreachable-and-corrected": {func(e *env) {
		e.refuse("jonas@example.de")
		e.driveTo(dispute.WaitRetryNotification)
		e.accepted(e.Disputes.RetryNotification(e.Context(), e.dispute.ID, dispute.Retry{RequestedBy: "operator-1"}))
		e.await(func(view dispute.View) bool {
			return count(view, "not-sent-opened") == 2 && view.WaitingFor == dispute.WaitRetryNotification
		})
		e.accepted(e.Disputes.RetryNotification(e.Context(), e.dispute.ID, dispute.Retry{Email: "shop-corrected@example.de", RequestedBy: "operator-1"}))
		e.waitsFor(dispute.WaitAgreement)
		e.accepted(e.Disputes.Acknowledge(e.Context(), e.dispute.ID, dispute.Acknowledgement{Cause: dispute.CauseMessageFailed, AcknowledgedBy: "operator-1"}))
		e.withdraw()
		e.await(func(view dispute.View) bool { return count(view, "not-sent-closed") > 0 })
		e.accepted(e.Disputes.RetryNotification(e.Context(), e.dispute.ID, dispute.Retry{Email: "corrected@example.de", RequestedBy: "operator-1"}))
	}, dispute.ClosedByWithdrawal},
	"impossible-signals": {func(e *env) {
		e.driveTo(dispute.WaitAgreement)
		for range 3 {
			require.NoError(e, e.Temporal.SignalWorkflow(e.Context(), workflows.WorkflowID(e.dispute.ID), "", dispute.SignalAgreement, "nonsense"))
		}
		e.await(func(view dispute.View) bool { return count(view, "agreement-ignored") == 3 })
		e.accepted(e.Disputes.Acknowledge(e.Context(), e.dispute.ID, dispute.Acknowledgement{Cause: dispute.CauseMessageIgnored, AcknowledgedBy: "operator-1"}))
		e.agree()
	}, dispute.ClosedByAgreement},
	"moved-and-reminded": {func(e *env) {
		e.setPeriod(time.Hour, time.Second, 30*time.Minute)
		e.open()
		e.await(func(view dispute.View) bool { return count(view, "sent-reminder-7") > 0 })
		e.move(time.Now().Add(2 * time.Hour))
		e.move(time.Now().Add(90 * time.Minute))
		e.await(func(view dispute.View) bool { return count(view, "sent-deadline-moved") > 0 })
		e.endPeriod()
	}, dispute.ClosedMerchantSilent},
	"the-arbiter-rules": {func(e *env) {
		e.rulings[dispute.StageJustification] = dispute.Ruling{Stage: dispute.StageJustification, Justified: ptr(true), RuledBy: "rules", Rationale: "stated"}
		e.rulings[dispute.StageDecision] = dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "rules", Rationale: "proven"}
		e.driveTo(dispute.WaitStatement)
		e.accepted(e.Disputes.StateReason(e.Context(), e.dispute.ID, dispute.Statement{Statement: "It never came."}))
		e.waitsFor(dispute.WaitEvidence)
		e.accepted(e.Disputes.SubmitEvidence(e.Context(), e.dispute.ID, dispute.Evidence{Text: "It was delivered."}))
	}, dispute.ClosedForMerchant},
	// A signal that arrives before the task that handles the deadline has started is accepted, whichever event is first.
	"agreement-before-the-deadline-in-its-task": {func(e *env) {
		e.outage(e.soonDue(), e.agree, func() {})
	}, dispute.ClosedByAgreement},
	"agreement-after-the-deadline-in-its-task": {func(e *env) {
		e.outage(e.soonDue(), func() {}, e.agree)
	}, dispute.ClosedByAgreement},
	"withdrawal-after-the-deadline-in-its-task": {func(e *env) {
		e.outage(e.soonDue(), func() {}, e.withdraw)
	}, dispute.ClosedByWithdrawal},
	// The deadline is handled more than an hour late: it moves once, and the merchant can still answer.
	"outage-of-two-hours-over-the-deadline": {func(e *env) {
		e.setPeriod(-2*time.Hour, -4*time.Hour, -3*time.Hour)
		e.open()
		view := e.await(func(view dispute.View) bool { return count(view, "sent-deadline-moved") > 0 })
		require.Equal(e, dispute.WaitAgreement, view.WaitingFor)
		require.True(e, view.Deadline.After(time.Now()))
		require.Equal(e, 1, count(view, "outage"))
		require.Zero(e, count(view, "sent-reminder-7")+count(view, "sent-reminder-2"), "all are stale")
		e.accepted(e.Disputes.Respond(e.Context(), e.dispute.ID, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant}))
		e.endPeriod()
		e.waitsFor(dispute.WaitStatement)
		e.withdraw()
	}, dispute.ClosedByWithdrawal},
	// Currencies with none and three decimals, and one that a library drops once it is no longer legal tender.
	"in-jpy": {func(e *env) { e.arbitrateIn("JPY") }, dispute.ClosedByAgreement},
	"in-kwd": {func(e *env) { e.arbitrateIn("KWD") }, dispute.ClosedByAgreement},
	"in-zwg": {func(e *env) { e.arbitrateIn("ZWG") }, dispute.ClosedByAgreement},
	"outage-over-reminders-and-deadline": {func(e *env) {
		e.setPeriod(7*time.Second, 5*time.Second, 6*time.Second)
		e.open()
		e.outage(*e.waitsFor(dispute.WaitAgreement).Deadline, func() {}, func() {})
		view := e.await(func(view dispute.View) bool { return view.WaitingFor == "" })
		require.Zero(e, count(view, "sent-reminder-7")+count(view, "sent-reminder-2"), "all are stale")
	}, dispute.ClosedMerchantSilent},
}

// arbitrateIn opens the dispute in another currency, drives it to the decision, and ends it by agreement.
func (e *env) arbitrateIn(currency string) {
	e.Helper()
	e.dispute.InvoiceID, e.dispute.DisputedAmount.Currency = "invoice-"+currency, currency
	e.importInvoice(e.dispute.InvoiceID, currency)
	e.driveTo(dispute.WaitDecision)
	e.agree()
}

// soonDue drives the dispute to a deadline that passes soon, and returns the deadline.
func (e *env) soonDue() time.Time {
	e.Helper()
	e.driveTo(dispute.WaitAgreement)
	for soon := 4 * time.Second; ; soon *= 2 { // until the party is told before it passes
		deadline := time.Now().Add(soon)
		e.move(deadline)
		view := e.await(func(view dispute.View) bool { return view.PendingDeadline == nil })
		if view.Deadline.Equal(deadline) {
			return deadline
		}
	}
}

// outage stops the worker until the deadline has passed, and calls before and after on either side of the deadline.
func (e *env) outage(deadline time.Time, before, after func()) {
	e.Helper()
	e.stopWorker()
	before()
	require.Eventually(e, func() bool { return time.Now().After(deadline) && e.fired() }, timeout, tick)
	after()
	e.startWorker()
}

// fired reports whether a timer has fired.
func (e *env) fired() bool {
	return slices.ContainsFunc(fetch(e.T, e.Temporal, workflows.WorkflowID(e.dispute.ID)).Events, func(event *historypb.HistoryEvent) bool {
		return event.EventType == enumspb.EVENT_TYPE_TIMER_FIRED
	})
}
