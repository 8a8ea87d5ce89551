package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Receivers for method references only: the worker registers the real ones.
var (
	invoices       *activities.Invoices
	notifications  *activities.Notifications
	deadlines      *activities.Deadlines
	arbitration    *activities.Arbitration
	reconciliation *activities.Reconciliation
)

// calls are the activities as typed functions: the only place that names them.
type calls struct {
	// onTrouble is told when the first attempt of a step did not succeed and it is tried without end, and over when
	// that has ended.
	onTrouble func() (over func())
}

func (c calls) pauseInvoice(ctx workflow.Context, d dispute.Dispute) (activities.Paused, error) {
	return localFirst[activities.Paused](ctx, c, ownSystem, "Pause the invoice "+d.InvoiceID,
		invoices.PauseInvoice, activities.Pause{Dispute: d})
}

// settleInvoice moves the money when what the dispute was decided by is in the history, and that its invoice is paused:
// a task that ran again would find the ledger settled and could neither pause nor decide as before. An agreement is
// there from the start: it came as a signal, and of all that a task finds the first agreement counts first, however much
// has come meanwhile. So it is settled within its task, unless it came early, before the end of the task that pauses.
func (c calls) settleInvoice(ctx workflow.Context, in activities.Settle, early bool) (activities.Settled, error) {
	summary := "Settle: " + string(in.Decision.Reason)
	if in.Decision.Reason == dispute.ClosedByAgreement && !early {
		return localFirst[activities.Settled](ctx, c, ownSystem, summary, invoices.SettleInvoice, in)
	}
	return recordedFirst[activities.Settled](ctx, c, ownSystem, summary, invoices.SettleInvoice, in)
}

// notify sends one message. That a deadline was moved is told when the move is in the history, not before: until then
// it can be lost, and the party would go by a deadline that there never was.
func (c calls) notify(ctx workflow.Context, in activities.Notification) (activities.Notified, error) {
	summary := summaryOf(in)
	if in.Occasion == dispute.OccasionDeadlineMoved {
		return recordedFirst[activities.Notified](ctx, c, foreignSystem, summary, notifications.Notify, in)
	}
	return localFirst[activities.Notified](ctx, c, foreignSystem, summary, notifications.Notify, in)
}

// notifyAgain goes on with a message that was tried together with something else and was not taken.
func (c calls) notifyAgain(ctx workflow.Context, in activities.Notification, told activities.Told) (notified activities.Notified, err error) {
	switch {
	case ctx.Err() != nil:
		return notified, ctx.Err()
	case told.Refusal != "":
		return notified, dispute.Refuse(dispute.CodeMessageRefused, "%s", told.Refusal)
	default:
		return again[activities.Notified](ctx, c, foreignSystem, summaryOf(in), told.Pause, notifications.Notify, in)
	}
}

// tryBoth tries two messages once, for one event instead of two.
func tryBoth(ctx workflow.Context, in activities.Both[activities.Notification]) (told activities.Both[activities.Told], err error) {
	occasions := string(in.Merchant.Occasion)
	if other := string(in.Customer.Occasion); other != occasions {
		occasions += ", " + other
	}
	err = locally(ctx, "Tell both parties: "+occasions, notifications.NotifyBoth, in).Get(ctx, &told)
	return told, err
}

// summaryOf names the step that sends a message.
func summaryOf(in activities.Notification) string {
	return fmt.Sprintf("Tell the %s: %s", in.Recipient, in.Occasion)
}

func (c calls) planDeadline(ctx workflow.Context, in activities.Plan) (dispute.Deadline, error) {
	return localFirst[dispute.Deadline](ctx, c, ownSystem, "Plan the moved deadline", deadlines.PlanDeadline, in)
}

func (c calls) askArbiter(ctx workflow.Context, in activities.Case) (activities.Judgement, error) {
	summary, onceMore := "Ask the arbiter: "+string(in.Stage), in
	onceMore.Referral, onceMore.Request = nil, nil // a message that is in trouble holds up no judgement
	return untilDone[activities.Judgement](ctx, c, ownSystem, summary, locally(ctx, summary, arbitration.AskArbiter, in), arbitration.AskArbiter, onceMore)
}

// findStranded asks Temporal one question for each open dispute: no step that ends within a workflow task.
func findStranded(ctx workflow.Context) (report activities.StrandedReport, err error) {
	ctx = workflow.WithActivityOptions(ctx, longReport.options("Find the disputes that nobody works on"))
	err = workflow.ExecuteActivity(ctx, reconciliation.FindStranded).Get(ctx, &report)
	return report, bare(ctx, err)
}

// localFirst runs a step as a local activity first, for a third of the history and the time. Such a step is in the
// history only with the end of its task, and a task can run again with more messages than before: after a crash, or
// because one arrived when it was about to end the run. So it must do no harm where the dispute is then decided otherwise,
// or where an earlier step of the task runs again after it.
func localFirst[Out any](ctx workflow.Context, c calls, p profile, summary string, activity, in any) (Out, error) {
	return untilDone[Out](ctx, c, p, summary, locally(ctx, summary, activity, in), activity, in)
}

// recordedFirst runs a step as a regular activity from the start: what it was decided by is in the history before the
// step changes anything, and can never become otherwise.
func recordedFirst[Out any](ctx workflow.Context, c calls, p profile, summary string, activity, in any) (Out, error) {
	once := p.options(summary)
	once.RetryPolicy.MaximumAttempts = 1
	first := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, once), activity, in)
	return untilDone[Out](ctx, c, p, summary, first, activity, in)
}

func locally(ctx workflow.Context, summary string, activity, in any) workflow.Future {
	options := localOnce
	options.Summary = summary
	return workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, options), activity, in)
}

// untilDone waits for the first attempt of a step and, unless that gave an answer, goes on with a regular activity that
// is retried without end. Only a refusal and a cancelled context are final.
func untilDone[Out any](ctx workflow.Context, c calls, p profile, summary string, first workflow.Future, activity, in any) (Out, error) {
	var out Out
	err := first.Get(ctx, &out)
	if err == nil || isRefusal(err) || ctx.Err() != nil {
		return out, bare(ctx, err)
	}
	return again[Out](ctx, c, p, summary, pauseAfter(err), activity, in)
}

// again goes on with a step whose first attempt was no success, as late as the other side has asked for. Later attempts
// are Temporal's, which does the same.
func again[Out any](ctx workflow.Context, c calls, p profile, summary string, pause time.Duration, activity, in any) (out Out, err error) {
	defer c.onTrouble()()
	if pause > 0 {
		options := workflow.TimerOptions{Summary: summary + ", again when the other side wants it"}
		if err := workflow.NewTimerWithOptions(ctx, pause, options).Get(ctx, nil); err != nil {
			return out, err
		}
	}
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, p.options(summary)), activity, in).Get(ctx, &out)
	return out, bare(ctx, err)
}

// pauseAfter is how long the other side wants to be left alone.
func pauseAfter(trouble error) time.Duration {
	if asked, ok := errors.AsType[*temporal.ApplicationError](trouble); ok {
		return asked.NextRetryDelay()
	}
	return 0
}

// bare takes a refusal out of what a regular activity wraps around it, so that callers of the dispute in
// any language read it in the same place, whether the step succeeded at once or not. Trouble with what nobody
// wants any more is no refusal.
func bare(ctx workflow.Context, err error) error {
	if err != nil && ctx.Err() != nil && !isRefusal(err) {
		return ctx.Err()
	}
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return refusal
	}
	return err
}

func isRefusal(err error) bool {
	refusal, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && refusal.NonRetryable()
}
