package workflows

import (
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Dispute runs one dispute from opening to settlement and returns its view without the timeline. The input is a
// dispute.Dispute as JSON; it is taken raw, because the SDK would fail the workflow task on JSON that it cannot decode. The
// second argument is optional: an activities.Takeover, what the parties had said to a run that was stopped.
// An invalid dispute, or one that the ledger refuses, fails the run with the code of the refusal.
func Dispute(ctx workflow.Context, input, takeover converter.RawValue) (dispute.View, error) {
	p := newProcess(ctx, input)
	p.inherit(takeover)
	p.listen()
	err := p.run()
	if err := workflow.Await(p.ctx, func() bool { return workflow.AllHandlersFinished(p.ctx) }); err != nil {
		return p.view().Summary(), err
	}
	return p.view().Summary(), err
}

// The steps of the story, in their order.
const (
	stepNotifyMerchant = iota
	stepAwaitAgreement
	stepAskReason
	stepJudgeComplaint
	stepAskInformation
	stepDecideFinally
)

// story lists the steps between pause and settlement. The first step that brings a decision ends it; the parties can bring
// one at any time.
var story = []func(*process){
	stepNotifyMerchant: (*process).notifyMerchant,
	stepAwaitAgreement: (*process).awaitAgreement,
	stepAskReason:      (*process).askReason,
	stepJudgeComplaint: (*process).judgeComplaint,
	stepAskInformation: (*process).askInformation,
	stepDecideFinally:  (*process).decideFinally,
}

func (p *process) run() error {
	p.begun = true
	if err := p.pauseInvoice(); err != nil {
		return err
	}
	for _, step := range p.remaining() {
		if p.decision == nil {
			step(p)
		}
	}
	p.settleInvoice()
	p.notifyResult()
	p.archiveCase()
	if p.decision.Outcome == dispute.OutcomeCancelled {
		return temporal.NewCanceledError()
	}
	return nil
}

// process is the state of one dispute. Handlers change it, the main line (run) acts on it.
type process struct {
	// ctx is disconnected from the workflow's cancellation, which is one more message to the dispute; root is not.
	ctx  workflow.Context
	root workflow.Context
	// untilDecision is cancelled by the decision, which drops what is still under way.
	untilDecision workflow.Context
	endWork       workflow.CancelFunc

	input   []byte
	dispute dispute.Dispute
	// inherited is what a run that was stopped had heard and decided; nil unless this run takes over from one.
	inherited *activities.Takeover
	// refusal is the error with which the run ends without a dispute.
	refusal error
	// begun means that run has started.
	begun bool
	// strict means that the update open came before run began: the pause then refuses a dispute with unknown names.
	strict bool

	paused   *activities.Paused
	decision *dispute.Decision
	settled  *activities.Settled

	// recorded is the part of the case that is kept as it happens; currentCase adds the rest.
	recorded dispute.Case
	casefile casefile
	signals  signals
	period   period
	// lastMove is the last move of a deadline that has taken effect.
	lastMove    *dispute.DeadlineMove
	answers     answers
	negotiation negotiation
	arbitration arbitration
	delivery    delivery
}

func newProcess(root workflow.Context, input converter.RawValue) *process {
	ctx, _ := workflow.NewDisconnectedContext(root)
	p := &process{
		ctx: ctx, root: root, input: payload(input),
		casefile: newCasefile(),
		answers:  answers{accepted: map[string]int{}},
		delivery: delivery{corrected: map[dispute.Party]string{}},
	}
	p.untilDecision, p.endWork = workflow.WithCancel(ctx)
	p.dispute, p.refusal = started(ctx, input)
	return p
}

// answers are the parties' answers so far.
type answers struct {
	// accepted counts the updates that were accepted, by name, and by party where both can send them.
	accepted map[string]int
	// opening counts the openings that wait for the pause.
	opening int
	// reacted means that the merchant has reacted in any way, so that silence no longer loses.
	reacted   bool
	statement string
	evidence  []dispute.Evidence
	// gaveInformation means that the merchant has answered the request for information.
	gaveInformation bool
}

// decide fixes how the dispute ends, and cancels the work under way.
func (p *process) decide(by dispute.Party, reason dispute.ClosingReason, refund *dispute.Money, detail string) {
	decision := dispute.Decide(reason, p.dispute.DisputedAmount, refund)
	p.decision = &decision
	p.recorded.Decision = &dispute.MadeDecision{At: workflow.Now(p.ctx), By: by, Decision: decision}
	p.recordPeriodEnd()
	p.expireProposals()
	p.delivery.queue = nil
	if p.paused != nil {
		p.casefile.wait = dispute.WaitSettlement
	}
	p.period = period{}
	p.relieve(dispute.CauseUnreachable)
	p.relieve(dispute.CauseDeskOverdue)
	p.note(by, string(reason), detail)
	p.endWork()
}

// payload returns the JSON of a raw value; nothing when there was no argument.
func payload(raw converter.RawValue) []byte {
	return raw.Payload().GetData()
}
