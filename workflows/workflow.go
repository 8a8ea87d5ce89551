package workflows

import (
	"slices"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// Dispute runs one dispute from opening to settlement and returns how it ended, without the timeline. Its input is a
// dispute.Dispute as JSON, taken raw, because the SDK would fail the task where we want to say what is
// wrong. An invalid dispute, or one that the ledger refuses, fails the run with the refusal's code.
func Dispute(ctx workflow.Context, input converter.RawValue) (dispute.View, error) {
	p := newProcess(ctx, input)
	p.listen()
	err := p.run()
	if err := workflow.Await(p.ctx, func() bool { return workflow.AllHandlersFinished(p.ctx) }); err != nil {
		return p.view().Summary(), err
	}
	return p.view().Summary(), err
}

// story is the process between pause and settlement. It ends with the step that brings the decision;
// the parties can bring it during any of them.
var story = []func(*process){
	(*process).notifyMerchant,
	(*process).awaitAgreement,
	(*process).askReason,
	(*process).judgeComplaint,
	(*process).askInformation,
	(*process).decideFinally,
}

func (p *process) run() error {
	p.begun = true
	if err := p.pauseInvoice(); err != nil {
		return err
	}
	for _, step := range story {
		if p.decision == nil {
			step(p)
		}
	}
	p.settleInvoice()
	p.tellResult()
	if p.decision.Outcome == dispute.OutcomeCancelled {
		return temporal.NewCanceledError()
	}
	return nil
}

// process is the state of one dispute. Handlers change it, the main line acts on it.
type process struct {
	// ctx is cut off from the workflow's cancellation: that is one more message to the dispute.
	ctx  workflow.Context
	root workflow.Context
	// untilDecision is cancelled by the decision, and with it whatever is still under way then.
	untilDecision workflow.Context
	endWork       workflow.CancelFunc

	input   []byte
	dispute dispute.Dispute
	// refusal is why the run ends without a dispute.
	refusal error
	begun   bool

	state     dispute.State
	wait      dispute.Wait
	attention []dispute.Cause
	timeline  timeline
	published published
	// working holds back publishing while a step is expected to end within the task; stale asks for it.
	working bool
	stale   bool
	// troubled counts the steps that did not succeed at once and are tried again.
	troubled int

	paused   *activities.Paused
	decision *dispute.Decision
	// early tells that the dispute was decided before it was in the history that its invoice is paused.
	early   bool
	settled *activities.Settled

	signals   signals
	taken     map[string]int
	corrected map[dispute.Party]string

	deadline *dispute.Deadline
	// periods counts the periods and the moves of their deadlines; it tells messages apart.
	periods int
	moved   *dispute.DeadlineMove
	// shortened tells that moved brings the deadline closer.
	shortened bool
	retry     *dispute.Retry

	reacted   bool
	statement string
	evidence  []dispute.Evidence
	// informed tells that the merchant has answered the request for information.
	informed bool
	// deskAsked is what the desk has been asked to rule on, if anything.
	deskAsked dispute.Stage
	ruling    *dispute.Ruling
	// requested is what became of the request for information when the arbiter found the complaint justified.
	requested *activities.Told
}

func newProcess(root workflow.Context, input converter.RawValue) *process {
	ctx, _ := workflow.NewDisconnectedContext(root)
	p := &process{
		ctx: ctx, root: root, input: payload(input),
		state: dispute.StateOpened, wait: dispute.WaitPause,
		timeline: timeline{room: maxDetails},
		taken:    map[string]int{}, corrected: map[dispute.Party]string{},
	}
	p.untilDecision, p.endWork = workflow.WithCancel(ctx)
	p.dispute, p.refusal = started(ctx, input)
	return p
}

// started reads the dispute that the run was started with. The workflow id must be the dispute's: two
// runs of one dispute at a time would move the same money.
func started(ctx workflow.Context, input converter.RawValue) (dispute.Dispute, error) {
	d, err := dispute.DecodeDispute(payload(input), strict.TolerateUnknownNames, workflow.Now(ctx))
	if id := workflow.GetInfo(ctx).WorkflowExecution.ID; err == nil && id != WorkflowID(d.ID) {
		err = dispute.Refuse(dispute.CodeInvalidDispute, "the workflow id is %q; allowed is %q for the dispute %q", id, WorkflowID(d.ID), d.ID)
	}
	if err != nil {
		return dispute.Dispute{}, err
	}
	return d, nil
}

// calls are the activities, on behalf of this dispute.
func (p *process) calls() calls {
	return calls{onTrouble: func() (over func()) {
		p.working, p.stale = false, true
		p.troubled++
		return func() {
			p.troubled--
			p.stale = true
		}
	}}
}

// enter says where the dispute stands and what happens next.
func (p *process) enter(state dispute.State, wait dispute.Wait) {
	p.state, p.wait = state, wait
	p.stale = true
}

// decide fixes how the dispute ends. Whatever was still under way is dropped.
func (p *process) decide(by dispute.Party, reason dispute.ClosingReason, refund *dispute.Money, detail string) {
	decision := dispute.Decide(reason, p.dispute.DisputedAmount, refund)
	p.decision, p.early = &decision, p.state == dispute.StateOpened
	if p.paused != nil {
		p.wait = dispute.WaitSettlement
	}
	p.deadline = nil
	p.relieve(dispute.CauseUnreachable)
	p.relieve(dispute.CauseDeskOverdue)
	p.note(by, string(reason), detail)
	p.endWork()
}

// raise calls for a person, relieve takes the call back.
func (p *process) raise(cause dispute.Cause) {
	if !slices.Contains(p.attention, cause) {
		p.attention = append(p.attention, cause)
		p.countAttention(cause)
		p.stale = true
	}
}

func (p *process) relieve(cause dispute.Cause) {
	if i := slices.Index(p.attention, cause); i >= 0 {
		p.attention = slices.Delete(p.attention, i, i+1)
		p.stale = true
	}
}

// payload is the JSON of a raw value; nothing when there was no argument.
func payload(raw converter.RawValue) []byte {
	return raw.Payload().GetData()
}
