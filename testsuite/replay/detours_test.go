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

// detours are what else can stand in a history, by the name of the path and with the reason that it is closed for;
// empty where the dispute was refused.
var detours = map[string]struct {
	goes   func(*stage)
	closes dispute.ClosingReason
}{
	"refused-by-the-ledger": {func(s *stage) {
		s.dispute.InvoiceID = "invoice-unknown"
		s.open()
	}, ""},
	"started-plainly": {func(s *stage) {
		_, err := server.ExecuteWorkflow(s.Context(), client.StartWorkflowOptions{ID: workflows.WorkflowID(s.dispute.ID), TaskQueue: s.queue()},
			workflows.WorkflowType, s.dispute)
		require.NoError(s, err)
		s.waitsFor(dispute.WaitAgreement)
		s.withdraw()
	}, dispute.ClosedByWithdrawal},
	"taken-over": {func(s *stage) {
		before := time.Now().Add(-time.Hour)
		_, err := s.ledger.Pause(s.Context(), activities.Pause{Dispute: s.dispute, At: before, Today: before.Format(time.DateOnly)})
		require.NoError(s, err)
		s.open()
		s.waitsFor(dispute.WaitAgreement)
		s.withdraw()
	}, dispute.ClosedByWithdrawal},
	"everything-was-away": {func(s *stage) {
		s.takeAway("ledger", "mail", "arbiter")
		s.open()
		s.waitsFor(dispute.WaitPause)
		s.bringBack()
		s.waitsFor(dispute.WaitAgreement)
		s.done(s.disputes.Respond(s.Context(), s.dispute.ID, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant}))
		s.takeAway("mail")
		s.passes()
		s.until(func(view dispute.View) bool { return view.State == dispute.StateArbitrationPending })
		s.bringBack()
		s.waitsFor(dispute.WaitStatement)
		s.takeAway("arbiter", "ledger")
		s.done(s.disputes.StateReason(s.Context(), s.dispute.ID, dispute.Statement{Statement: "It never came."}))
		s.until(func(view dispute.View) bool { return view.WaitingFor == dispute.WaitJustification })
		s.agree()
		s.waitsFor(dispute.WaitSettlement)
		s.bringBack()
	}, dispute.ClosedByAgreement},
	"ended-before-the-pause": {func(s *stage) {
		s.reaches(dispute.WaitPause)
		s.cancel()
		s.until(func(view dispute.View) bool { return count(view, string(dispute.ClosedByOperator)) > 0 })
		s.bringBack()
	}, dispute.ClosedByOperator},
	"ended-before-the-notice": {func(s *stage) {
		s.reaches(dispute.WaitNotification)
		s.agree()
		s.waitsFor(dispute.WaitClosingMessages)
		s.bringBack()
	}, dispute.ClosedByAgreement},
	"portal-and-copy": {func(s *stage) {
		s.imports(dispute.Merchant{
			ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE", PortalActive: true, EmailOnDispute: true,
		})
		s.open()
		s.until(func(view dispute.View) bool { return count(view, "told-opened-copy") > 0 })
		s.agree()
	}, dispute.ClosedByAgreement},
	"unreachable-and-corrected": {func(s *stage) {
		s.refuse("jonas@example.de")
		s.reaches(dispute.WaitRetryNotification)
		s.done(s.disputes.RetryNotification(s.Context(), s.dispute.ID, dispute.Retry{RequestedBy: "operator-1"}))
		s.until(func(view dispute.View) bool {
			return count(view, "not-told-opened") == 2 && view.WaitingFor == dispute.WaitRetryNotification
		})
		s.done(s.disputes.RetryNotification(s.Context(), s.dispute.ID, dispute.Retry{Email: "mended@example.de", RequestedBy: "operator-1"}))
		s.waitsFor(dispute.WaitAgreement)
		s.done(s.disputes.Acknowledge(s.Context(), s.dispute.ID, dispute.Acknowledgement{Cause: dispute.CauseMessageFailed, AcknowledgedBy: "operator-1"}))
		s.withdraw()
	}, dispute.ClosedByWithdrawal},
	"impossible-signals": {func(s *stage) {
		s.reaches(dispute.WaitAgreement)
		for range 3 {
			require.NoError(s, server.SignalWorkflow(s.Context(), workflows.WorkflowID(s.dispute.ID), "", dispute.SignalAgreement, "nonsense"))
		}
		s.until(func(view dispute.View) bool { return count(view, "agreement-ignored") == 3 })
		s.done(s.disputes.Acknowledge(s.Context(), s.dispute.ID, dispute.Acknowledgement{Cause: dispute.CauseMessageIgnored, AcknowledgedBy: "operator-1"}))
		s.agree()
	}, dispute.ClosedByAgreement},
	"moved-and-reminded": {func(s *stage) {
		s.hurry(time.Hour, time.Second, 30*time.Minute)
		s.open()
		s.until(func(view dispute.View) bool { return count(view, "told-reminder-7") > 0 })
		s.move(time.Now().Add(2 * time.Hour))
		s.move(time.Now().Add(90 * time.Minute))
		s.until(func(view dispute.View) bool { return count(view, "told-deadline-moved") > 0 })
		s.passes()
	}, dispute.ClosedMerchantSilent},
	"the-arbiter-rules": {func(s *stage) {
		s.rulings[dispute.StageJustification] = dispute.Ruling{Stage: dispute.StageJustification, Justified: ptr(true), RuledBy: "rules", Rationale: "stated"}
		s.rulings[dispute.StageDecision] = dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "rules", Rationale: "proven"}
		s.reaches(dispute.WaitStatement)
		s.done(s.disputes.StateReason(s.Context(), s.dispute.ID, dispute.Statement{Statement: "It never came."}))
		s.waitsFor(dispute.WaitEvidence)
		s.done(s.disputes.SubmitEvidence(s.Context(), s.dispute.ID, dispute.Evidence{Text: "It was delivered."}))
	}, dispute.ClosedForMerchant},
	// A message that is in the history before the task that handles the deadline has started is honoured, whichever
	// event comes first.
	"agreement-before-the-deadline-in-its-task": {func(s *stage) {
		s.outage(s.closeDeadline(), s.agree, func() {})
	}, dispute.ClosedByAgreement},
	"agreement-after-the-deadline-in-its-task": {func(s *stage) {
		s.outage(s.closeDeadline(), func() {}, s.agree)
	}, dispute.ClosedByAgreement},
	"withdrawal-after-the-deadline-in-its-task": {func(s *stage) {
		s.outage(s.closeDeadline(), func() {}, s.withdraw)
	}, dispute.ClosedByWithdrawal},
	"outage-over-reminders-and-deadline": {func(s *stage) {
		s.hurry(7*time.Second, 5*time.Second, 6*time.Second)
		s.open()
		s.outage(*s.waitsFor(dispute.WaitAgreement).Deadline, func() {}, func() {})
		view := s.until(func(view dispute.View) bool { return view.WaitingFor == "" })
		require.Zero(s, count(view, "told-reminder-7")+count(view, "told-reminder-2"), "all are stale")
	}, dispute.ClosedMerchantSilent},
}

// closeDeadline brings the dispute to a deadline that passes soon.
func (s *stage) closeDeadline() time.Time {
	s.Helper()
	s.reaches(dispute.WaitAgreement)
	deadline := time.Now().Add(4 * time.Second)
	s.move(deadline)
	s.until(func(view dispute.View) bool { return count(view, "told-deadline-moved") > 0 })
	return deadline
}

// outage keeps the worker away over the deadline, and lets something happen before and after it.
func (s *stage) outage(deadline time.Time, before, after func()) {
	s.Helper()
	s.dismiss()
	before()
	require.Eventually(s, func() bool { return time.Now().After(deadline) && s.fired() }, patience, tick)
	after()
	s.employ()
}

// fired tells whether the timer has fired.
func (s *stage) fired() bool {
	return slices.ContainsFunc(fetch(s.T, server, workflows.WorkflowID(s.dispute.ID)).Events, func(event *historypb.HistoryEvent) bool {
		return event.EventType == enumspb.EVENT_TYPE_TIMER_FIRED
	})
}
