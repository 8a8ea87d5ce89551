package main

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
)

// inTurn runs a step as one regular activity, after the one before. A deadline is a step of its own.
func (c *commands) inTurn(ctx workflow.Context, name string, args []any) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, Summary: workflow.GetLocalActivityOptions(ctx).Summary,
	})
	future, result := workflow.NewFuture(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		if err := c.run.turn.Lock(ctx); err != nil {
			result.SetError(err)
			return
		}
		defer c.run.turn.Unlock()
		step := c.Next.ExecuteActivity(ctx, name, args...)
		var notified activities.Notified
		if asked, opens := args[0].(activities.Notification); opens && asked.Period > 0 && step.Get(ctx, &notified) == nil {
			plan := activities.Plan{Calendar: asked.Dispute.Calendar, At: notified.Deadline.At, Reminders: asked.Reminders}
			_ = c.Next.ExecuteActivity(ctx, "PlanDeadline", plan).Get(ctx, nil)
		}
		_ = step.Get(ctx, nil) // whoever asked gets the error
		result.Chain(step)
	})
	return future
}
