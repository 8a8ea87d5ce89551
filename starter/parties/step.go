package parties

import (
	"context"
	"errors"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// step is one thing that a party says when the dispute waits for it.
type step struct {
	wait dispute.Wait
	say  func(ctx context.Context, a *actor, request workflows.UpdateOption) error
	// causes are the messages that the dispute sends in answer, or on the way to the next step.
	causes []string
	// atOnce tells that the step follows the one before without a look at what the dispute waits for.
	atOnce bool
}

var (
	movedForMerchant = Message(dispute.OccasionDeadlineMoved, dispute.PartyMerchant)
	movedForCustomer = Message(dispute.OccasionDeadlineMoved, dispute.PartyCustomer)
	stepsIn          = Message(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant)
	reasonAsked      = Message(dispute.OccasionReasonAsked, dispute.PartyCustomer)
	rulingAsked      = Message(dispute.OccasionRulingAsked, dispute.PartyDesk)
	informationAsked = Message(dispute.OccasionInformationRequested, dispute.PartyMerchant)
)

var respond = step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	_, err := a.disputes.Respond(ctx, a.id, dispute.Response{Message: "Wir prüfen das.", ReportedBy: dispute.PartyMerchant}, request)
	a.ending.Reacted = a.ending.Reacted || err == nil
	return err
}}

var agree = step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
	return a.disputes.Agree(ctx, a.id, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: agreedRefund, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant,
	})
}}

var withdraw = step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
	return a.disputes.Withdraw(ctx, a.id, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
}}

var acceptLoss = step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	_, err := a.disputes.AcceptLoss(ctx, a.id, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}, request)
	return err
}}

var cancel = step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
	return a.disputes.Cancel(ctx, a.id)
}}

var state = step{
	wait: dispute.WaitStatement, causes: []string{stepsIn, reasonAsked, rulingAsked},
	say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		_, err := a.disputes.StateReason(ctx, a.id, dispute.Statement{Statement: "Es kam nichts an."}, request)
		return err
	},
}

func judge(justified bool) step {
	return step{wait: dispute.WaitJustification, say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		_, err := a.disputes.Rule(ctx, a.id, dispute.Ruling{
			Stage: dispute.StageJustification, Justified: &justified, RuledBy: "anna", Rationale: "schlüssig oder nicht",
		}, request)
		return err
	}}
}

var submit = step{
	wait: dispute.WaitEvidence, causes: []string{informationAsked, rulingAsked},
	say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		_, err := a.disputes.SubmitEvidence(ctx, a.id, dispute.Evidence{Text: "Zugestellt laut Sendungsverfolgung."}, request)
		return err
	},
}

func decide(inFavourOf dispute.Party) step {
	return step{wait: dispute.WaitDecision, say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		_, err := a.disputes.Rule(ctx, a.id, dispute.Ruling{
			Stage: dispute.StageDecision, InFavourOf: inFavourOf, RuledBy: "anna", Rationale: "nach Aktenlage",
		}, request)
		return err
	}}
}

var (
	windowPasses    = step{wait: dispute.WaitAgreement, say: passes, causes: []string{movedForMerchant}}
	statementPasses = step{wait: dispute.WaitStatement, say: passes, causes: []string{stepsIn, reasonAsked, movedForCustomer}}
	evidencePasses  = step{wait: dispute.WaitEvidence, say: passes, causes: []string{informationAsked, movedForMerchant}}
)

// errTooLate is a call that took so long that what it said is no longer so.
var errTooLate = errors.New("the call came too late")

// passes lets a period pass the only way there is: an operator moves its deadline close. When Temporal or the
// workers are away, that instant can be over before the dispute hears of it; then another one is said.
func passes(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	to := time.Now().Add(a.Blink)
	_, err := a.disputes.MoveDeadline(ctx, a.id, dispute.DeadlineMove{To: to, Reason: "nobody waits for weeks", MovedBy: "test"}, request)
	if dispute.CodeOf(err) == dispute.CodeInvalidMessage {
		return errTooLate
	}
	a.deadline = to
	return err
}
