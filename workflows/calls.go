package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// The receivers of method references; the worker registers the real activities.
var (
	invoices       *activities.Invoices
	notifications  *activities.Notifications
	deadlines      *activities.Deadlines
	arbiter        *activities.Arbitration
	archive        *activities.Archive
	reconciliation *activities.Reconciliation
)

// calls are the activities as typed functions; only this file names activities.
type calls struct {
	// onRetry is called when a first attempt has failed; the function it returns is called when the retries end.
	onRetry func(ctx workflow.Context, summary string) (over func())
}

func (c calls) pauseInvoice(ctx workflow.Context, in activities.Opening) (activities.Paused, error) {
	return localFirst[activities.Paused](ctx, c, ownSystem, "Pause the invoice", invoices.PauseInvoice, in)
}

// settleInvoice moves the money once the decision and the pause are in the history. A workflow task that is executed
// again after a crash must decide as before, because the ledger has settled by then. An agreement that arrives as a signal
// and needs nobody else (inHistory) has its order in the history already, and the task decides the same way again: it can
// be settled within its own task, unless it came in the task that pauses the invoice. Every other decision must be in the
// history before money moves.
func (c calls) settleInvoice(ctx workflow.Context, in activities.Settle, inHistory bool) (activities.Settled, error) {
	summary := "Settle: " + string(in.Decision.Reason)
	if inHistory {
		return localFirst[activities.Settled](ctx, c, ownSystem, summary, invoices.SettleInvoice, in)
	}
	return regularFirst[activities.Settled](ctx, c, ownSystem, summary, invoices.SettleInvoice, in)
}

// deliver attempts messages once, side by side in one local activity: one event in the history.
func (c calls) deliver(ctx workflow.Context, messages []activities.Notification) (attempts []activities.Delivery, err error) {
	err = local(ctx, summaryOf(messages...), notifications.Deliver, messages).Get(ctx, &attempts)
	return attempts, err
}

// notify sends the message that a deadline was moved, once the move is in the history. Before that the move can still
// be lost, and the party would rely on a deadline that never was.
func (c calls) notify(ctx workflow.Context, message activities.Notification) (activities.Delivery, error) {
	return regularFirst[activities.Delivery](ctx, c, foreignSystem, summaryOf(message), notifications.Notify, message)
}

// retryNotify sends a message whose first attempt did not succeed. It starts after the delay.
func (c calls) retryNotify(ctx workflow.Context, message activities.Notification, delay time.Duration) (activities.Delivery, error) {
	return retryForever[activities.Delivery](ctx, c, foreignSystem, summaryOf(message), delay, notifications.Notify, message)
}

// summaryOf returns the summary, shown in the Web UI, of a step that sends messages.
func summaryOf(messages ...activities.Notification) string {
	recipient := "the " + string(messages[0].Recipient)
	if len(messages) > 1 {
		recipient = "both parties"
	}
	return fmt.Sprintf("Notify %s: %s", recipient, occasionsOf(messages))
}

func (c calls) planDeadline(ctx workflow.Context, in activities.Plan) (dispute.Deadline, error) {
	return localFirst[dispute.Deadline](ctx, c, ownSystem, "Plan the moved deadline", deadlines.PlanDeadline, in)
}

func (c calls) askArbiter(ctx workflow.Context, in activities.Case) (activities.Judgement, error) {
	return localFirst[activities.Judgement](ctx, c, ownSystem, "Ask the arbiter: "+string(in.Stage), arbiter.AskArbiter, in)
}

func (c calls) archiveCase(ctx workflow.Context, in dispute.Case) (activities.Archived, error) {
	return localFirst[activities.Archived](ctx, c, ownSystem, "Archive the case", archive.ArchiveCase, in)
}

// findStranded runs as a regular activity from the start, because it asks Temporal one question for each open dispute.
func findStranded(ctx workflow.Context) (report activities.StrandedReport, err error) {
	ctx = workflow.WithActivityOptions(ctx, longReport.options("Find the disputes that no workflow works on"))
	err = workflow.ExecuteActivity(ctx, reconciliation.FindStranded).Get(ctx, &report)
	return report, unwrap(ctx, err)
}

// localFirst runs a step as a local activity first, which takes a third of the history and of the time. Its result is
// in the history only with the end of the workflow task, and the task can be executed again with more messages than
// before: after a crash, or when a message arrives as it ends. The step must therefore do no harm when the dispute is
// then decided otherwise, or when an earlier step of the task runs again after it.
func localFirst[Out any](ctx workflow.Context, c calls, p profile, summary string, activity, in any) (Out, error) {
	return withFallback[Out](ctx, c, p, summary, local(ctx, summary, activity, in), activity, in)
}

// regularFirst runs a step as a regular activity from the start, so that the cause of the step is in the history before
// the step changes anything.
func regularFirst[Out any](ctx workflow.Context, c calls, p profile, summary string, activity, in any) (Out, error) {
	once := p.options(summary)
	once.RetryPolicy.MaximumAttempts = 1
	first := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, once), activity, in)
	return withFallback[Out](ctx, c, p, summary, first, activity, in)
}

// local starts a local activity, which has a single attempt.
func local(ctx workflow.Context, summary string, activity, in any) workflow.Future {
	options := localOnce
	options.Summary = summary
	return workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, options), activity, in)
}

// withFallback waits for the first attempt of a step. Unless the attempt succeeded, was refused or was cancelled, a
// regular activity retries the step without end.
func withFallback[Out any](ctx workflow.Context, c calls, p profile, summary string, first workflow.Future, activity, in any) (Out, error) {
	var out Out
	err := first.Get(ctx, &out)
	if err == nil || isRefusal(err) || ctx.Err() != nil {
		return out, unwrap(ctx, err)
	}
	return retryForever[Out](ctx, c, p, summary, retryAfter(err), activity, in)
}

// retryForever runs a step as a regular activity that is retried without end. It starts after the delay for which the
// other side has asked; the delays of later attempts are applied by Temporal.
func retryForever[Out any](ctx workflow.Context, c calls, p profile, summary string, delay time.Duration, activity, in any) (out Out, err error) {
	defer c.onRetry(ctx, summary)()
	if delay > 0 {
		options := workflow.TimerOptions{Summary: summary + ", retry when the other side allows it"}
		if err := workflow.NewTimerWithOptions(ctx, delay, options).Get(ctx, nil); err != nil {
			return out, err
		}
	}
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, p.options(summary)), activity, in).Get(ctx, &out)
	return out, unwrap(ctx, err)
}
