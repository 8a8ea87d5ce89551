package replay_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// paths lead to each closing reason and to each wait, where the dispute stays. Their names say where they end:
// closed-REASON, waiting-WAIT.
var paths = map[string]func(*env){
	closed(dispute.ClosedByAgreement): func(e *env) {
		e.driveTo(dispute.WaitAgreement)
		e.agree()
	},
	closed(dispute.ClosedByWithdrawal): func(e *env) {
		e.driveTo(dispute.WaitAgreement)
		e.withdraw()
	},
	closed(dispute.ClosedLossAccepted): func(e *env) {
		e.driveTo(dispute.WaitAgreement)
		e.accepted(e.Disputes.AcceptLoss(e.Context(), e.dispute.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}))
	},
	closed(dispute.ClosedByOperator): func(e *env) {
		e.driveTo(dispute.WaitAgreement)
		e.cancel()
	},
	// With both reminders.
	closed(dispute.ClosedMerchantSilent): func(e *env) {
		e.setPeriod(3*time.Second, time.Second, 2*time.Second)
		e.open()
	},
	closed(dispute.ClosedNotSubstantiated): func(e *env) {
		e.driveTo(dispute.WaitStatement)
		e.endPeriod()
	},
	closed(dispute.ClosedNotJustified): func(e *env) {
		e.driveTo(dispute.WaitJustification)
		e.rule(dispute.Ruling{Stage: dispute.StageJustification, Justified: ptr(false)})
	},
	closed(dispute.ClosedNoInformation): func(e *env) {
		e.driveTo(dispute.WaitEvidence)
		e.endPeriod()
	},
	closed(dispute.ClosedForMerchant): func(e *env) {
		e.driveTo(dispute.WaitDecision)
		e.rule(dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant})
	},
	closed(dispute.ClosedForCustomer): func(e *env) {
		e.driveTo(dispute.WaitDecision)
		e.rule(dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer})
	},
}

func init() {
	for _, wait := range dispute.Waits {
		paths[waiting(wait)] = func(e *env) { e.driveTo(wait) }
	}
}

func closed(reason dispute.ClosingReason) string { return "closed-" + string(reason) }

func waiting(wait dispute.Wait) string { return "waiting-" + string(wait) }

func ptr[T any](value T) *T { return &value }

// driveTo opens the dispute and drives it to a wait.
func (e *env) driveTo(wait dispute.Wait) {
	e.Helper()
	ctx, id := e.Context(), e.dispute.ID
	switch wait {
	case dispute.WaitPause:
		e.takeDown("ledger")
		e.open()
	case dispute.WaitNotification:
		e.takeDown("mail")
		e.open()
	case dispute.WaitRetryNotification:
		e.refuse("shop@example.de")
		e.open()
	case dispute.WaitAgreement:
		e.open()
	case dispute.WaitStatement:
		e.driveTo(dispute.WaitAgreement)
		e.accepted(e.Disputes.Respond(ctx, id, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant}))
		e.endPeriod()
	case dispute.WaitJustification:
		e.driveTo(dispute.WaitStatement)
		e.accepted(e.Disputes.StateReason(ctx, id, dispute.Statement{Statement: "It never came."}))
	case dispute.WaitEvidence:
		e.driveTo(dispute.WaitJustification)
		e.rule(dispute.Ruling{Stage: dispute.StageJustification, Justified: ptr(true)})
	case dispute.WaitDecision:
		e.driveTo(dispute.WaitEvidence)
		e.accepted(e.Disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "It was delivered."}))
	case dispute.WaitSettlement:
		e.driveTo(dispute.WaitAgreement)
		e.takeDown("ledger")
		e.withdraw()
	case dispute.WaitClosingMessages:
		e.driveTo(dispute.WaitAgreement)
		e.takeDown("mail")
		e.withdraw()
	}
	e.waitsFor(wait)
}

// waitsFor waits until the dispute waits for this, and until the desk was asked where it has to rule.
func (e *env) waitsFor(wait dispute.Wait) dispute.View {
	e.Helper()
	return e.await(func(view dispute.View) bool {
		asked := wait != dispute.WaitJustification && wait != dispute.WaitDecision || count(view, "sent-ruling-asked") == map[dispute.Wait]int{
			dispute.WaitJustification: 1, dispute.WaitDecision: 2,
		}[wait]
		return view.WaitingFor == wait && asked && e.published() == wait
	})
}

// published returns the wait in the search attributes, which are updated if a step does not succeed at once.
func (e *env) published() dispute.Wait {
	e.Helper()
	run, err := e.Temporal.DescribeWorkflow(e.Context(), workflows.WorkflowID(e.dispute.ID), "")
	require.NoError(e, err)
	wait, _ := run.TypedSearchAttributes.GetKeyword(workflows.AttributeWaitingFor)
	return dispute.Wait(wait)
}

func count(view dispute.View, event string) int {
	n := 0
	for _, entry := range view.Timeline {
		if entry.Event == event {
			n++
		}
	}
	return n
}

// tick is the interval of polling.
const tick = 20 * time.Millisecond

// await waits until the condition holds for the dispute.
func (e *env) await(condition func(dispute.View) bool) dispute.View {
	e.Helper()
	var view dispute.View
	var err error
	require.Eventually(e, func() bool {
		view, err = e.Disputes.Status(e.Context(), e.dispute.ID)
		return err == nil && condition(view)
	}, timeout, tick, "%s: %v %v", e.dispute.ID, &view, &err)
	return view
}

// endPeriod lets the running period pass: an operator moves its deadline to the next second.
func (e *env) endPeriod() {
	e.Helper()
	view, err := e.Disputes.Status(e.Context(), e.dispute.ID)
	require.NoError(e, err)
	require.NoError(e, parties.EndPeriod(e.Context(), e.Disputes, e.dispute.ID, view.WaitingFor,
		dispute.DeadlineMove{Reason: "A holiday at the depot.", MovedBy: "operator-1"}))
}

func (e *env) move(to time.Time) {
	e.Helper()
	e.accepted(e.Disputes.MoveDeadline(e.Context(), e.dispute.ID, dispute.DeadlineMove{To: to, Reason: "A holiday at the depot.", MovedBy: "operator-1"}))
}

func (e *env) rule(ruling dispute.Ruling) {
	e.Helper()
	ruling.RuledBy, ruling.Rationale = "desk-7", "The tracking says so."
	e.accepted(e.Disputes.Rule(e.Context(), e.dispute.ID, ruling))
}

func (e *env) agree() {
	e.Helper()
	e.reports(dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: e.dispute.DisputedAmount.Currency}, ReportedBy: dispute.PartyOperator,
	})
}

func (e *env) reports(agreement dispute.Agreement) {
	e.Helper()
	require.NoError(e, e.Disputes.Agree(e.Context(), e.dispute.ID, agreement))
}

// propose makes a party's proposal of a refund, and returns its number.
func (e *env) propose(by dispute.Party, refund int64) int {
	e.Helper()
	view, err := e.Disputes.Propose(e.Context(), e.dispute.ID, dispute.Offer{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: refund, Currency: "EUR"}, Message: "This is fair.", ProposedBy: by,
	})
	require.NoError(e, err)
	return view.Proposals[dispute.StandingOf(view.Proposals, by)].Number
}

func (e *env) answer(proposal int, accept bool, by dispute.Party) {
	e.Helper()
	e.accepted(e.Disputes.AnswerProposal(e.Context(), e.dispute.ID, dispute.ProposalAnswer{
		Proposal: proposal, Accept: &accept, AnsweredBy: by, Note: "That is my answer.",
	}))
}

func (e *env) withdraw() {
	e.Helper()
	require.NoError(e, e.Disputes.Withdraw(e.Context(), e.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
}

func (e *env) cancel() {
	e.Helper()
	require.NoError(e, e.Disputes.Cancel(e.Context(), e.dispute.ID))
}

func (e *env) accepted(_ dispute.View, err error) {
	e.Helper()
	require.NoError(e, err)
}

func (e *env) refuse(names ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range names {
		e.refuses[name] = true
	}
}
