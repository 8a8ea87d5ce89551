package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// timeline is the case file. It is bounded, because anybody can send messages without end, and Temporal
// answers no query beyond 2 MiB.
type timeline struct {
	entries []dispute.Entry
	omitted int
	// room is how many bytes of details are still kept; JSON may need six times as many.
	room int
}

// maxDetails is how many bytes of details a timeline keeps in all; after that they are cut short.
const (
	maxDetails  = 200 << 10
	shortDetail = 80
)

// note adds an entry to the case file. The log has it without its detail, which can be personal.
func (p *process) note(actor dispute.Party, event, detail string) {
	workflow.GetLogger(p.ctx).Info(event, "actor", actor)
	p.stale = true
	if len(p.timeline.entries) >= dispute.MaxTimeline {
		p.timeline.omitted++
		return
	}
	if p.timeline.room -= len(detail); p.timeline.room < 0 {
		detail = cut(detail, shortDetail)
	}
	p.timeline.entries = append(p.timeline.entries, dispute.Entry{At: workflow.Now(p.ctx), Actor: actor, Event: event, Detail: detail})
}

// cut shortens a text to a number of characters.
func cut(text string, limit int) string {
	if characters := []rune(text); len(characters) > limit {
		return string(characters[:limit-1]) + "…"
	}
	return text
}

func (p *process) noteRuling(by dispute.Party, ruling dispute.Ruling) {
	verdict := "in favour of the " + string(ruling.InFavourOf)
	if ruling.Justified != nil {
		verdict = map[bool]string{true: "justified", false: "not justified"}[*ruling.Justified]
	}
	p.note(by, dispute.UpdateRule, fmt.Sprintf("%s: %s, by %s: %s", ruling.Stage, verdict, ruling.RuledBy, ruling.Rationale))
}

func (p *process) view() dispute.View {
	view := dispute.View{
		ID: p.dispute.ID, State: p.state, WaitingFor: p.wait,
		Reason: p.dispute.Reason, MerchantID: p.dispute.MerchantID, InvoiceID: p.dispute.InvoiceID,
		DisputedAmount: p.dispute.DisputedAmount,
		Attention:      append([]dispute.Cause{}, p.attention...),
		Timeline:       slices.Clone(p.timeline.entries), TimelineOmitted: p.timeline.omitted,
	}
	if p.deadline != nil && p.wait.HasDeadline() {
		view.Deadline = &p.deadline.At
	}
	if p.decision != nil && p.paused != nil {
		view.Outcome, view.ClosingReason = p.decision.Outcome, p.decision.Reason
	}
	return view
}

func rfc3339(at time.Time) string {
	return at.Format(time.RFC3339)
}
