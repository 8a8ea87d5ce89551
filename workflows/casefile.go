package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// casefile is what people see of a dispute: its state, its timeline, and why a person is needed.
type casefile struct {
	state     dispute.State
	wait      dispute.Wait
	attention []dispute.Cause
	timeline  timeline
	// published are the search attributes as Temporal has them. stale means that something has changed since. working
	// holds publishing back while a step is expected to end within the workflow task.
	published published
	stale     bool
	working   bool
	// retrying has the summaries of the steps whose first attempt did not succeed and that are being retried. stalled counts
	// those that the dispute has waited for longer than stalledAfter.
	retrying []string
	stalled  int
}

// The entries of the timeline in which this software, by itself, changes what the parties rely on.
const (
	entryTakenOver    = "taken-over"
	entryOutage       = "outage"
	entryDeadlineKept = "deadline-kept"
)

func newCasefile() casefile {
	return casefile{state: dispute.StateOpened, wait: dispute.WaitPause, timeline: timeline{room: maxDetails}}
}

// timeline has a limited length, because clients can send any number of messages, and Temporal answers no query beyond
// 2 MiB.
type timeline struct {
	entries []dispute.Entry
	omitted int
	// room is the number of bytes of details that are still kept in full; JSON may need six times as many.
	room int
}

const (
	// maxDetails is the number of bytes of details that a timeline keeps in full; after that each detail is cut to
	// shortDetail characters.
	maxDetails  = 200 << 10
	shortDetail = 80
)

// note adds an entry to the timeline. The log gets the entry without its detail, which can be personal data.
func (p *process) note(actor dispute.Party, event, detail string) {
	workflow.GetLogger(p.ctx).Info(event, "actor", actor)
	p.casefile.stale = true
	timeline := &p.casefile.timeline
	if len(timeline.entries) >= dispute.MaxTimeline {
		timeline.omitted++
		return
	}
	if timeline.room -= len(detail); timeline.room < 0 {
		detail = cut(detail, shortDetail)
	}
	timeline.entries = append(timeline.entries, dispute.Entry{At: workflow.Now(p.ctx), Actor: actor, Event: event, Detail: detail})
}

// cut shortens a text to a number of characters.
func cut(text string, limit int) string {
	if characters := []rune(text); len(characters) > limit {
		return string(characters[:limit-1]) + "…"
	}
	return text
}

// enter sets the state of the dispute and what it waits for.
func (p *process) enter(state dispute.State, wait dispute.Wait) {
	p.casefile.state, p.casefile.wait = state, wait
	p.casefile.stale = true
}

// raise records a cause for which a person is needed.
func (p *process) raise(cause dispute.Cause) {
	if !slices.Contains(p.casefile.attention, cause) {
		p.casefile.attention = append(p.casefile.attention, cause)
		p.countAttention(cause)
		p.casefile.stale = true
	}
}

// relieve removes a cause.
func (p *process) relieve(cause dispute.Cause) {
	if i := slices.Index(p.casefile.attention, cause); i >= 0 {
		p.casefile.attention = slices.Delete(p.casefile.attention, i, i+1)
		p.casefile.stale = true
	}
}

// calls returns the activities for steps that the dispute waits for. It is stalled when one of them is retried for longer
// than stalledAfter.
func (p *process) calls() calls {
	return calls{onRetry: func(ctx workflow.Context, summary string) (over func()) {
		timerCtx, cancel := workflow.WithCancel(ctx)
		finished, stalled := false, false
		workflow.Go(timerCtx, func(ctx workflow.Context) {
			timer := workflow.NewTimerWithOptions(ctx, stalledAfter, workflow.TimerOptions{Summary: "until the dispute is stalled"})
			// The step can succeed in the task in which the timer fires.
			if timer.Get(ctx, nil) == nil && !finished {
				stalled = true
				p.casefile.stalled++
				p.raise(dispute.CauseStalled)
			}
		})
		retried := p.retrying(ctx, summary)
		return func() {
			finished = true
			cancel()
			retried()
			if !stalled {
				return
			}
			if p.casefile.stalled--; p.casefile.stalled == 0 {
				p.relieve(dispute.CauseStalled)
			}
		}
	}}
}

// backgroundCalls returns the activities for steps that the dispute does not wait for.
func (p *process) backgroundCalls() calls {
	return calls{onRetry: p.retrying}
}

// retrying records a step that is being retried, and lets that be published.
func (p *process) retrying(_ workflow.Context, summary string) (over func()) {
	p.casefile.working, p.casefile.stale = false, true
	p.casefile.retrying = append(p.casefile.retrying, summary)
	return func() {
		if i := slices.Index(p.casefile.retrying, summary); i >= 0 {
			p.casefile.retrying = slices.Delete(p.casefile.retrying, i, i+1)
		}
		p.casefile.stale = true
	}
}

// validateAcknowledge refuses the causes that go away by themselves: acknowledged, they would hide that the dispute stands
// still.
func (p *process) validateAcknowledge(m dispute.Acknowledgement) error {
	switch {
	case !slices.Contains(p.casefile.attention, m.Cause):
		return dispute.Refuse(dispute.CodeNotAccepted, "%s is not raised; raised are %v", m.Cause, p.casefile.attention)
	case m.Cause == dispute.CauseUnreachable:
		return dispute.Refuse(dispute.CodeNotAccepted, "%s goes away when the message is delivered: %s", m.Cause, dispute.UpdateRetryNotification)
	case m.Cause == dispute.CauseDeskOverdue:
		return dispute.Refuse(dispute.CodeNotAccepted, "%s goes away with the ruling: %s", m.Cause, dispute.UpdateRule)
	case m.Cause == dispute.CauseStalled:
		return dispute.Refuse(dispute.CodeNotAccepted, "%s goes away when the step succeeds; its last error is among the pending activities", m.Cause)
	}
	return nil
}

func (p *process) handleAcknowledge(m dispute.Acknowledgement) {
	p.relieve(m.Cause)
	p.note(dispute.PartyOperator, dispute.UpdateAcknowledge, fmt.Sprintf("%s, %s: %s", m.Cause, m.AcknowledgedBy, m.Note))
}

func (p *process) view() dispute.View {
	view := dispute.View{
		ID: p.dispute.ID, State: p.casefile.state, WaitingFor: p.casefile.wait,
		Reason: p.dispute.Reason, MerchantID: p.dispute.MerchantID, InvoiceID: p.dispute.InvoiceID,
		DisputedAmount: p.dispute.DisputedAmount,
		Attention:      append([]dispute.Cause{}, p.casefile.attention...),
		Proposals:      p.standingProposals(),
		Timeline:       slices.Clone(p.casefile.timeline.entries), TimelineOmitted: p.casefile.timeline.omitted,
	}
	if p.period.deadline != nil && p.casefile.wait.HasDeadline() {
		view.Deadline = &p.period.deadline.At
		view.AtDeadline = dispute.AtDeadline(view.WaitingFor, p.answers.reacted, view.DisputedAmount)
		if p.period.pending != nil {
			view.PendingDeadline = &p.period.pending.At
		}
	}
	if p.decision != nil && p.paused != nil {
		view.Outcome, view.ClosingReason = p.decision.Outcome, p.decision.Reason
	}
	return view
}

func rfc3339(at time.Time) string {
	return at.Format(time.RFC3339)
}
