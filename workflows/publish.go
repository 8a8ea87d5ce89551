package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/plain"
)

// published holds the search attributes as Temporal has them, at first those of the start.
type published struct {
	known     bool
	keywords  map[string]string
	deadline  time.Time
	attention []string
}

// publish updates what Temporal shows of the dispute: the search attributes that have changed, and the current details
// of the Web UI. It is called when the main line begins to wait.
func (p *process) publish() {
	p.casefile.stale = false
	view := p.view()
	workflow.SetCurrentDetails(p.ctx, p.details(view))
	if changes := p.casefile.published.changes(p.ctx, view); len(changes) > 0 {
		if err := workflow.UpsertTypedSearchAttributes(p.ctx, changes...); err != nil {
			workflow.GetLogger(p.ctx).Error("cannot publish the search attributes", "error", err)
		}
	}
}

// changes returns the updates of the attributes that differ from the view, and remembers the view.
func (was *published) changes(ctx workflow.Context, view dispute.View) []temporal.SearchAttributeUpdate {
	if !was.known {
		was.read(workflow.GetTypedSearchAttributes(ctx))
	}
	var updates []temporal.SearchAttributeUpdate
	for _, attribute := range []struct {
		key   temporal.SearchAttributeKeyKeyword
		value string
	}{
		{AttributeState, string(view.State)},
		{AttributeWaitingFor, string(view.WaitingFor)},
		{AttributeReason, string(view.Reason)},
		{AttributeMerchant, cut(view.MerchantID, dispute.MaxLine)},
		{AttributeOutcome, string(view.Outcome)},
	} {
		if was.keywords[attribute.key.GetName()] == attribute.value {
			continue
		}
		was.keywords[attribute.key.GetName()] = attribute.value
		update := attribute.key.ValueUnset()
		if attribute.value != "" {
			update = attribute.key.ValueSet(attribute.value)
		}
		updates = append(updates, update)
	}
	return append(append(updates, was.deadlineChange(view)...), was.attentionChange(view)...)
}

func (was *published) deadlineChange(view dispute.View) []temporal.SearchAttributeUpdate {
	switch {
	case view.Deadline == nil && !was.deadline.IsZero():
		was.deadline = time.Time{}
		return []temporal.SearchAttributeUpdate{AttributeDeadline.ValueUnset()}
	case view.Deadline != nil && !view.Deadline.Equal(was.deadline):
		was.deadline = *view.Deadline
		return []temporal.SearchAttributeUpdate{AttributeDeadline.ValueSet(was.deadline)}
	}
	return nil
}

func (was *published) attentionChange(view dispute.View) []temporal.SearchAttributeUpdate {
	causes := names(view.Attention)
	if slices.Equal(causes, was.attention) {
		return nil
	}
	was.attention = causes
	if len(causes) == 0 {
		return []temporal.SearchAttributeUpdate{AttributeAttention.ValueUnset()}
	}
	return []temporal.SearchAttributeUpdate{AttributeAttention.ValueSet(causes)}
}

func (was *published) read(given temporal.SearchAttributes) {
	was.known = true
	was.keywords = map[string]string{}
	for _, key := range []temporal.SearchAttributeKeyKeyword{AttributeState, AttributeWaitingFor, AttributeReason, AttributeMerchant, AttributeOutcome} {
		if value, ok := given.GetKeyword(key); ok {
			was.keywords[key.GetName()] = value
		}
	}
	was.deadline, _ = given.GetTime(AttributeDeadline)
	was.attention, _ = given.GetKeywordList(AttributeAttention)
}

// startAttributes returns the attributes of a dispute that is being started.
func startAttributes(d dispute.Dispute) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(
		AttributeState.ValueSet(string(dispute.StateOpened)),
		AttributeWaitingFor.ValueSet(string(dispute.WaitPause)),
		AttributeReason.ValueSet(string(d.Reason)),
		AttributeMerchant.ValueSet(d.MerchantID),
	)
}

// actors has the party that acts next, and how, for each wait.
var actors = map[dispute.Wait]string{
	dispute.WaitPause:             "Streitfall pauses the invoice",
	dispute.WaitNotification:      "Streitfall delivers a message",
	dispute.WaitRetryNotification: "an **operator** corrects the address and has the message sent again (`retry-notification`)",
	dispute.WaitAgreement:         "**merchant and customer** agree (`propose`, `agreement`); the merchant reacts at least (`respond`)",
	dispute.WaitStatement:         "the **customer** states the reason (`state-reason`)",
	dispute.WaitJustification:     "the **desk** judges whether the complaint is justified (`rule`)",
	dispute.WaitEvidence:          "the **merchant** provides information (`submit-evidence`)",
	dispute.WaitDecision:          "the **desk** decides (`rule`)",
	dispute.WaitSettlement:        "Streitfall settles the invoice",
	dispute.WaitClosingMessages:   "Streitfall informs both parties of the result",
	"":                            "nobody: the dispute is over",
}

// next returns who acts next. That is the desk only once the arbiter has referred the case.
func (p *process) next() string {
	if p.arbitration.deskAsked == "" && (p.casefile.wait == dispute.WaitJustification || p.casefile.wait == dispute.WaitDecision) {
		return "Streitfall asks the arbiter"
	}
	return actors[p.casefile.wait]
}

// latest is the number of timeline entries that the current details repeat, newest first.
const latest = 6

// details returns the cover of the case file in Markdown. The parties' texts are left out: the Web UI shows the details
// to everybody, and they are encrypted only where keys are configured. The Web UI may cut off the last line, so nothing
// depends on that line.
func (p *process) details(view dispute.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", headline(view))
	if p.settled != nil {
		fmt.Fprintf(&b, "**Money:** %s  \n", p.settled.Movement(view.DisputedAmount.Currency))
	}
	fmt.Fprintf(&b, "**Next:** %s  \n", p.next())
	if view.Deadline != nil {
		fmt.Fprintf(&b, "**Until:** %s  \n**At the deadline:** %s\n", dispute.Until(*view.Deadline), view.AtDeadline)
	}
	if view.PendingDeadline != nil {
		fmt.Fprintf(&b, "\n**Earlier deadline, once the party knows:** %s\n", dispute.Until(*view.PendingDeadline))
	}
	for _, proposal := range view.Proposals {
		fmt.Fprintf(&b, "\n**Proposal %d:** %s; the **%s** answers (`answer-proposal`)\n", proposal.Number, proposal, proposal.By.Other())
	}
	if retried := p.casefile.retrying; len(retried) > 0 {
		fmt.Fprintf(&b, "\n> **Retrying:** %s; the last error is under *Pending Activities*, or a timer says when the next attempt is due\n",
			strings.Join(retried, ", "))
	}
	if len(view.Attention) > 0 {
		fmt.Fprintf(&b, "\n> **Needs attention:** %s\n", strings.Join(names(view.Attention), ", "))
	}
	fmt.Fprintf(&b, "\n%s · %s · merchant %s · invoice %s\n\n", view.DisputedAmount, plain.Line(string(view.Reason)),
		plain.Line(view.MerchantID), plain.Line(view.InvoiceID))
	for _, entry := range slices.Backward(view.Timeline[max(0, len(view.Timeline)-latest):]) {
		fmt.Fprintf(&b, "- %s · %s · %s%s\n", entry.At.UTC().Format("2006-01-02 15:04"), entry.Actor, entry.Event, shown(entry))
	}
	b.WriteString("\nThe query `status` has the whole case file.\n")
	return b.String()
}

// shown returns what the details repeat of an entry's text: all of what this software says by itself, and the recipient of a
// message.
func shown(entry dispute.Entry) string {
	switch entry.Event {
	case entryTakenOver, entryOutage, entryDeadlineKept:
		return ": " + entry.Detail
	}
	if strings.HasPrefix(entry.Event, "sent-") || strings.HasPrefix(entry.Event, "not-sent-") {
		recipient, _, _ := strings.Cut(strings.ReplaceAll(entry.Detail, ":", " "), " ")
		return " to the " + recipient
	}
	return ""
}

func headline(view dispute.View) string {
	if view.Outcome != "" {
		return fmt.Sprintf("%s · %s (%s)", view.State, view.Outcome, view.ClosingReason)
	}
	return string(view.State)
}

func names(causes []dispute.Cause) []string {
	out := make([]string, len(causes))
	for i, cause := range causes {
		out[i] = string(cause)
	}
	return out
}
