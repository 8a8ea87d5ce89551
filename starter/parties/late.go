package parties

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// lateMargin is about how long before the deadline the late parties act.
const lateMargin = 100 * time.Millisecond

// respondLate is a reaction close to the deadline. Once the dispute has accepted it, the dispute may not be decided
// by silence; once the dispute has refused it, silence is the right end.
var respondLate = immediate(step{wait: dispute.WaitAgreement, send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	if err := a.awaitLastMoment(ctx); err != nil {
		return err
	}
	err := respond("Give us another week.").send(ctx, a, request)
	if code := dispute.CodeOf(err); code == dispute.CodeNotAccepted || code == dispute.CodeDisputeClosed {
		a.ending.Reasons = []dispute.ClosingReason{dispute.ClosedMerchantSilent}
		return errOver
	}
	// The next step may come before or after the messages that follow the deadline.
	a.ending.May[stepsIn], a.ending.May[reasonAsked] = 1, 1
	a.ending.May[toldCustomer] = 1
	return err
}})

// agreeLate is an agreement close to the deadline. It was in time for certain if Temporal acknowledged it before the
// deadline; otherwise either the agreement or the deadline can have been first.
var agreeLate = immediate(step{wait: dispute.WaitAgreement, send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	if err := a.awaitLastMoment(ctx); err != nil {
		return err
	}
	err := agree("").send(ctx, a, request)
	if err != nil || !a.now().Before(a.deadline) {
		a.ending.Reasons = []dispute.ClosingReason{dispute.ClosedByAgreement, dispute.ClosedMerchantSilent}
	}
	return err
}})

// immediate returns a step that is taken without a look at what the dispute waits for.
func immediate(s step) step {
	s.immediate = true
	return s
}

func (a *actor) awaitLastMoment(ctx context.Context) error {
	jitter := time.Duration(a.ending.Case.number%20) * lateMargin / 10
	for at := a.deadline.Add(jitter - lateMargin); a.now().Before(at); {
		if err := pause(ctx, min(at.Sub(a.now()), lateMargin/10)); err != nil {
			return err
		}
	}
	return nil
}
