package replay_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// paths are all ways through the process that are kept: to each closing reason, to each wait, where the dispute
// stays, and what else can stand in a history. The name says where the path ends: closed-REASON, waiting-WAIT.
var paths = map[string]func(*stage){
	closed(dispute.ClosedByAgreement): func(s *stage) {
		s.reaches(dispute.WaitAgreement)
		s.agree()
	},
	closed(dispute.ClosedByWithdrawal): func(s *stage) {
		s.reaches(dispute.WaitAgreement)
		s.withdraw()
	},
	closed(dispute.ClosedLossAccepted): func(s *stage) {
		s.reaches(dispute.WaitAgreement)
		s.done(s.disputes.AcceptLoss(s.Context(), s.dispute.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}))
	},
	closed(dispute.ClosedByOperator): func(s *stage) {
		s.reaches(dispute.WaitAgreement)
		s.cancel()
	},
	// With both reminders.
	closed(dispute.ClosedMerchantSilent): func(s *stage) {
		s.hurry(3*time.Second, time.Second, 2*time.Second)
		s.open()
	},
	closed(dispute.ClosedNotSubstantiated): func(s *stage) {
		s.reaches(dispute.WaitStatement)
		s.passes()
	},
	closed(dispute.ClosedNotJustified): func(s *stage) {
		s.reaches(dispute.WaitJustification)
		s.rule(dispute.Ruling{Stage: dispute.StageJustification, Justified: ptr(false)})
	},
	closed(dispute.ClosedNoInformation): func(s *stage) {
		s.reaches(dispute.WaitEvidence)
		s.passes()
	},
	closed(dispute.ClosedForMerchant): func(s *stage) {
		s.reaches(dispute.WaitDecision)
		s.rule(dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant})
	},
	closed(dispute.ClosedForCustomer): func(s *stage) {
		s.reaches(dispute.WaitDecision)
		s.rule(dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer})
	},
}

func init() {
	for _, wait := range dispute.Waits {
		paths[waiting(wait)] = func(s *stage) { s.reaches(wait) }
	}
}

func closed(reason dispute.ClosingReason) string { return "closed-" + string(reason) }

func waiting(wait dispute.Wait) string { return "waiting-" + string(wait) }

func ptr[T any](value T) *T { return &value }

// reaches brings a dispute, which it opens, to a wait.
func (s *stage) reaches(wait dispute.Wait) {
	s.Helper()
	ctx, id := s.Context(), s.dispute.ID
	switch wait {
	case dispute.WaitPause:
		s.takeAway("ledger")
		s.open()
	case dispute.WaitNotification:
		s.takeAway("mail")
		s.open()
	case dispute.WaitRetryNotification:
		s.refuse("shop@example.de")
		s.open()
	case dispute.WaitAgreement:
		s.open()
	case dispute.WaitStatement:
		s.reaches(dispute.WaitAgreement)
		s.done(s.disputes.Respond(ctx, id, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant}))
		s.passes()
	case dispute.WaitJustification:
		s.reaches(dispute.WaitStatement)
		s.done(s.disputes.StateReason(ctx, id, dispute.Statement{Statement: "It never came."}))
	case dispute.WaitEvidence:
		s.reaches(dispute.WaitJustification)
		s.rule(dispute.Ruling{Stage: dispute.StageJustification, Justified: ptr(true)})
	case dispute.WaitDecision:
		s.reaches(dispute.WaitEvidence)
		s.done(s.disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "It was delivered."}))
	case dispute.WaitSettlement:
		s.reaches(dispute.WaitAgreement)
		s.takeAway("ledger")
		s.withdraw()
	case dispute.WaitClosingMessages:
		s.reaches(dispute.WaitAgreement)
		s.takeAway("mail")
		s.withdraw()
	}
	s.waitsFor(wait)
}

// waitsFor waits until the dispute waits for this, and until the desk has been asked where it is to rule.
func (s *stage) waitsFor(wait dispute.Wait) dispute.View {
	s.Helper()
	return s.until(func(view dispute.View) bool {
		asked := wait != dispute.WaitJustification && wait != dispute.WaitDecision || count(view, "told-ruling-asked") == map[dispute.Wait]int{
			dispute.WaitJustification: 1, dispute.WaitDecision: 2,
		}[wait]
		return view.WaitingFor == wait && asked && s.published() == wait
	})
}

// published is what the lists say of the wait, which they do when a step does not succeed at once.
func (s *stage) published() dispute.Wait {
	s.Helper()
	run, err := server.DescribeWorkflow(s.Context(), workflows.WorkflowID(s.dispute.ID), "")
	require.NoError(s, err)
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

// tick is how often the tests look.
const tick = 20 * time.Millisecond

func (s *stage) until(done func(dispute.View) bool) dispute.View {
	s.Helper()
	var view dispute.View
	require.Eventually(s, func() bool {
		var err error
		view, err = s.disputes.Status(s.Context(), s.dispute.ID)
		return err == nil && done(view)
	}, patience, tick, "%s: %v", s.dispute.ID, &view)
	return view
}

// passes lets the running period pass: an operator moves its deadline close.
func (s *stage) passes() {
	s.Helper()
	s.move(time.Now().Add(2 * time.Second))
}

func (s *stage) move(to time.Time) {
	s.Helper()
	s.done(s.disputes.MoveDeadline(s.Context(), s.dispute.ID, dispute.DeadlineMove{To: to, Reason: "A holiday at the depot.", MovedBy: "operator-1"}))
}

func (s *stage) rule(ruling dispute.Ruling) {
	s.Helper()
	ruling.RuledBy, ruling.Rationale = "desk-7", "The tracking says so."
	s.done(s.disputes.Rule(s.Context(), s.dispute.ID, ruling))
}

func (s *stage) agree() {
	s.Helper()
	require.NoError(s, s.disputes.Agree(s.Context(), s.dispute.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant,
	}))
}

func (s *stage) withdraw() {
	s.Helper()
	require.NoError(s, s.disputes.Withdraw(s.Context(), s.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
}

func (s *stage) cancel() {
	s.Helper()
	require.NoError(s, s.disputes.Cancel(s.Context(), s.dispute.ID))
}

func (s *stage) done(_ dispute.View, err error) {
	s.Helper()
	require.NoError(s, err)
}

func (s *stage) refuse(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		s.refuses[name] = true
	}
}
