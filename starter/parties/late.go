package parties

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// margin is how long before the deadline the late ones speak, more or less.
const margin = 100 * time.Millisecond

// respondLate is a reaction close to the deadline. The answer to it says whether it was in time: once accepted, it
// may not be taken for silence.
var respondLate = atOnce(step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	if err := a.awaitLastMoment(ctx); err != nil {
		return err
	}
	err := respond.say(ctx, a, request)
	if code := dispute.CodeOf(err); code == dispute.CodeNotAccepted || code == dispute.CodeDisputeClosed {
		a.ending.Reasons = []dispute.ClosingReason{dispute.ClosedMerchantSilent}
		return errOver
	}
	// What comes between the deadline and the next step depends on which of them is faster.
	a.ending.May[stepsIn], a.ending.May[reasonAsked] = 1, 1
	return err
}})

// agreeLate is an agreement close to the deadline. Temporal had it in time when its answer came before the
// deadline; else either can have been first.
var agreeLate = atOnce(step{wait: dispute.WaitAgreement, say: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
	if err := a.awaitLastMoment(ctx); err != nil {
		return err
	}
	err := agree.say(ctx, a, request)
	if err != nil || !time.Now().Before(a.deadline) {
		a.ending.Reasons = []dispute.ClosingReason{dispute.ClosedByAgreement, dispute.ClosedMerchantSilent}
	}
	return err
}})

// atOnce is a step that is taken without a look at what the dispute waits for.
func atOnce(s step) step {
	s.atOnce = true
	return s
}

func (a *actor) awaitLastMoment(ctx context.Context) error {
	jitter := time.Duration(a.ending.Case.number%20) * margin / 10
	return pause(ctx, time.Until(a.deadline)-margin+jitter)
}
