package workflows_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// comparison runs the workflow and the model side by side through the same sequence.
type comparison struct {
	*fixture
	model *model
	steps []step
	done  int
	tries map[string]int
	// signalled is the last signal. late counts the actions after the decision, which have no effect.
	signalled action
	late      int
	// wasAway are the systems that were away before the last step.
	wasAway []string
	// awaited is the answer to the last update.
	awaited *expectation
	// changed means that the last step, or its pause, has changed anything in the model, and not ended the run. before is
	// the model's summary after the step before.
	changed bool
	before  string
	// difference is the first difference between the workflow and the model; "" when they agree.
	difference string
}

// expectation is the reply to an update, and what the model expects it to be. (CodeDisputeClosed is Temporal's answer
// and does not occur here.)
type expectation struct {
	*reply
	what string
	code dispute.Code
	view string
}

// repeated stands for the answer to an update that was accepted before under the same id.
const repeated dispute.Code = "repeated"

// shortestPause is longer than three failures of a system take.
const shortestPause = time.Minute

// compare runs a sequence on the workflow and on the model.
func compare(t *testing.T, s sequence) *comparison {
	t.Helper()
	f := newFixture(t)
	f.dispute.Calendar, f.dispute.Policy.ResponseBusinessDays, f.dispute.DisputedAmount.Amount = s.Calendar, s.Days, s.Disputed
	f.merchant.PortalActive, f.merchant.EmailOnDispute, f.merchant.EmailOnDeadlines = s.Portal, s.EmailOnDispute, s.EmailOnDeadlines
	if s.TakeOver {
		f.pausedBefore = &activities.Paused{At: monday.Add(-month), InvoiceID: f.dispute.InvoiceID, Outstanding: invoiced, Run: 2}
	}
	f.recorder.outages = slices.ContainsFunc(s.steps, func(step step) bool { return strings.Contains(step.what, "outage") })
	f.paid, f.rulings = s.Paid, s.rulings()
	if s.DeskHasNoAddress {
		f.registerNotifications("")
	}
	if s.LedgerRefuses {
		f.refusal = dispute.Refuse(dispute.CodeDisputeRefused, "the invoice is in dispute already")
	}
	c := &comparison{fixture: f, model: newModel(s.circumstances), steps: s.steps, tries: map[string]int{}, signalled: actions["nothing"]}
	c.follow()
	f.at(c.pause(), c.next)
	f.env.ExecuteWorkflow(workflows.WorkflowType, f.dispute)
	c.end()
	return c
}

// pause returns the time until the next step. No two sums of pauses are equal, so that no step falls on the very
// instant of a deadline; and between what falls due and the next step there is always time for three failures.
func (t *comparison) pause() time.Duration {
	odd := time.Duration(t.done+1) * 7 * time.Millisecond
	pause := 200 * day
	if t.done < len(t.steps) {
		pause = t.steps[t.done].after
	}
	switch {
	case pause == afterDeadline && t.model.wait.HasDeadline():
		pause = t.model.deadline.Sub(t.model.now) + shortestPause/2
	case pause == afterDeadline:
		pause = shortestPause
	case pause < 0:
		beside := map[time.Duration]time.Duration{justBefore: -shortestPause / 2, justAfter: shortestPause / 2}[pause]
		pause = shortestPause
		if dues := t.model.dues(); len(dues) > 0 {
			pause = max(dues[0].Sub(t.model.now)+beside, shortestPause)
		}
	}
	pause = max(pause, t.model.back.Sub(t.model.now)+shortestPause)
	for _, due := range t.model.dues() {
		if late := t.model.now.Add(pause).Sub(due); late >= 0 && late < shortestPause/2 {
			pause += shortestPause
		}
	}
	return pause + odd
}

// next compares the workflow with the model and, if they agree, performs the next step. After the last step every
// system comes back, and 200 days later the customer withdraws.
func (t *comparison) next() {
	t.before = t.model.summary()
	t.model.advance(t.env.Now())
	t.compareView(t.status())
	what, chosen := "everything is back", actions["everything is back"]
	switch {
	case t.difference != "":
		t.model.Away = nil
		t.follow()
		t.env.CancelWorkflow()
		return
	case t.done < len(t.steps):
		what = t.steps[t.done].what
		chosen = actions[what]
	case t.done > len(t.steps):
		what, chosen = "withdrawal", actions["withdrawal"]
	}
	t.done++
	t.perform(what, chosen)
	t.at(t.pause(), t.next)
}

func (t *comparison) perform(what string, chosen action) {
	switch what {
	case "what the dispute waits for":
		chosen = t.expected()
	case "what they bargain":
		chosen = t.bargained()
	case "the same signal again":
		chosen = t.signalled
	case "the other ruling":
		chosen = t.otherRuling()
	}
	if chosen.repeats {
		t.signalled = chosen
	}
	reply := chosen.does(t)
	code := chosen.means(t.model)
	if reply != nil {
		t.awaited = &expectation{reply, what, code, line(t.model.view())}
	}
	t.model.proceed()
	if t.done == len(t.steps) {
		t.changed = t.model.summary() != t.before && t.model.wait != ""
	}
	t.follow()
}

// follow sets the systems of the fixture to their state in the model.
func (t *comparison) follow() {
	t.mu.Lock()
	for _, system := range t.model.Away { // what is away does not fail too
		delete(t.outages, system)
	}
	clear(t.refused)
	for _, name := range t.model.Refusing {
		t.refused[name] = true
	}
	t.mu.Unlock()
	away, portalRefuses := slices.Clone(t.model.Away), t.model.refuses(thePortal)
	portal, desk := t.model.Portal, !t.model.DeskHasNoAddress
	holds := func(in activities.Notification) bool {
		byPortal := in.Recipient == dispute.PartyMerchant && portal && !in.Occasion.IsCopy()
		byMail := !byPortal || portalRefuses
		if in.Recipient == dispute.PartyDesk {
			byMail = desk
		}
		return byPortal && slices.Contains(away, thePortal) || byMail && slices.Contains(away, theMail)
	}
	hold := func(away []string) {
		t.recorder.hold(func(_ string, input any) bool {
			switch in := input.(type) {
			case activities.Opening, activities.Settle:
				return slices.Contains(away, theLedger)
			case activities.Case:
				return slices.Contains(away, theArbiter)
			case activities.Notification:
				return holds(in)
			case []activities.Notification:
				return slices.ContainsFunc(in, holds)
			default:
				return false
			}
		})
	}
	// Messages under way go out before the dispute goes on and overtakes them, as in the model.
	hold(slices.Concat(t.wasAway, away))
	if t.wasAway = away; t.done > 0 {
		t.at(time.Millisecond, func() { hold(away) })
	}
}

// fails makes a system fail a number of times, and ends the failures of every other one.
func (t *comparison) fails(system string, times int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.outages)
	t.outages[system] = times
}

// idOf returns the id of the next update of a name. It changes until an update was accepted under it, and then stays.
func (t *comparison) idOf(name string) string {
	if !t.model.once[name] {
		t.tries[name]++
	}
	return fmt.Sprint(name, t.tries[name])
}

func (t *comparison) differs(what string, got, want any) {
	if t.difference == "" && fmt.Sprint(got) != fmt.Sprint(want) {
		t.difference = fmt.Sprintf("%s after step %d:\n got %v\nwant %v", what, t.done, got, want)
	}
}

// compareView compares the views and, once it is due, the answer to the last update.
func (t *comparison) compareView(view dispute.View) {
	t.differs("view", line(view), line(t.model.view()))
	ignored := 0
	for _, entry := range view.Timeline {
		if strings.HasSuffix(entry.Event, "-ignored") {
			ignored++
		}
	}
	t.differs("ignored messages", ignored, t.model.ignored)
	want := t.awaited
	if want == nil || want.what == "opened again" && !t.model.paused && t.model.refused == "" {
		return
	}
	t.awaited = nil
	t.differs(want.what+" was answered", want.answered, true)
	switch {
	case strings.HasPrefix(want.what, "opened again") || want.code == repeated:
	case want.code == "" && want.err == nil:
		t.differs("answer to "+want.what, line(want.reply.view), want.view)
	default:
		t.differs("refusal of "+want.what, codeOf(want.err), want.code)
	}
}

// line formats a view in one line.
func line(view dispute.View) string {
	deadline := "-"
	if view.Deadline != nil {
		deadline = until(*view.Deadline)
	}
	if view.PendingDeadline != nil {
		deadline += ", an earlier one " + until(*view.PendingDeadline)
	}
	for _, p := range view.Proposals {
		deadline += fmt.Sprintf(", %d: %s", p.Number, p)
	}
	slices.Sort(view.Attention)
	return fmt.Sprintf("%s %s/%s %s attention %v, %s %s, about %s of %s at %s for %s", view.ID, view.State, view.WaitingFor, deadline, view.Attention,
		view.Outcome, view.ClosingReason, view.DisputedAmount, view.InvoiceID, view.MerchantID, view.Reason)
}

// end compares how the run ended, the bookings and the messages.
func (t *comparison) end() {
	t.model.advance(t.env.Now())
	t.compareView(t.status())
	t.differs("end of the run", endOf(t.env.GetWorkflowError()), t.model.end())
	t.differs("bookings", strings.Join(t.bookings(), "\n     "), strings.Join(t.model.booked, "\n     "))
	slices.Sort(t.model.sent)
	t.differs("messages", strings.Join(t.messages(), "\n     "), strings.Join(t.model.sent, "\n     "))
}

func endOf(err error) string {
	switch {
	case err == nil:
		return "completed"
	case temporal.IsCanceledError(err):
		return "cancelled"
	default:
		return string(codeOf(err))
	}
}

// end returns how the run ends.
func (m *model) end() string {
	switch {
	case m.refused != "":
		return string(m.refused)
	case m.decided == dispute.ClosedByOperator:
		return "cancelled"
	case m.wait == "":
		return "completed"
	default:
		return "not at all"
	}
}

func (t *comparison) bookings() []string {
	var booked []string
	for range t.pauses {
		booked = append(booked, "pause")
	}
	for i, in := range t.settles {
		booked = append(booked, fmt.Sprintf("settle %s %s: debit %d, open %d, refunded %d",
			in.Decision.Outcome, in.Decision.Reason, in.Decision.Debit, t.settled[i].Outstanding, t.settled[i].Refunded))
	}
	return booked
}

// messages returns the messages that were sent; one that was sent again because its receipt could not be saved counts
// once.
func (t *comparison) messages() []string {
	sent := map[string]bool{}
	for _, message := range t.sent {
		via := message.via
		if via == theMail {
			via += " " + message.To.Email
		}
		sent[fmt.Sprintf("%s/%d/%s by %s %s", message.Key.Occasion, message.Key.Number, message.Key.Recipient, via, says(message))] = true
	}
	return slices.Sorted(maps.Keys(sent))
}

func says(sent sending) string {
	switch sent.Key.Occasion.Original() {
	case dispute.OccasionDeadlineMoved:
		return fmt.Sprintf("%s, shortened %t, outage %t", until(sent.Deadline), sent.Shortened, sent.Move == dispute.MoveOutage)
	case dispute.OccasionRulingAsked:
		return fmt.Sprintf("%s, evidence %d", sent.Stage, len(sent.Evidence))
	case dispute.OccasionClosed:
		return fmt.Sprintf("%s, open %d, refunded %d", sent.Decision.Reason, sent.Outstanding, sent.Refunded)
	case dispute.OccasionMessage:
		return sent.Message
	case dispute.OccasionProposalMade, dispute.OccasionProposalDeclined:
		return sent.Proposal.Offer().String()
	case dispute.OccasionReceived, dispute.OccasionKlarnaStepsIn:
		return ""
	default:
		return until(sent.Deadline)
	}
}
