package main

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
)

// inTurn runs a step as regular activities, each after the one before: one for each message.
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
		switch in := args[0].(type) {
		case activities.Notification:
			result.Set(c.notify(ctx, in))
		case activities.Both[activities.Notification]:
			merchant, merchantErr := c.notify(ctx, in.Merchant)
			customer, customerErr := c.notify(ctx, in.Customer)
			result.Set(activities.Both[activities.Told]{Merchant: taken(merchant), Customer: taken(customer)}, errors.Join(merchantErr, customerErr))
		case activities.Case:
			result.Set(c.judge(ctx, in))
		default:
			step := c.Next.ExecuteActivity(ctx, name, in)
			_ = step.Get(ctx, nil) // whoever asked gets the error
			result.Chain(step)
		}
	})
	return future
}

// judge asks the arbiter, and tells whoever has to act on the answer.
func (c *commands) judge(ctx workflow.Context, in activities.Case) (judgement activities.Judgement, err error) {
	alone := in
	alone.Referral, alone.Request = nil, nil
	err = c.Next.ExecuteActivity(ctx, "AskArbiter", alone).Get(ctx, &judgement)
	if next := in.Next(judgement.Ruling); err == nil && next != nil {
		var notified activities.Notified
		notified, err = c.notify(ctx, *next)
		told := taken(notified)
		judgement.Told = &told
	}
	return judgement, err
}

// notify sends a message, and gets the deadline that it sets with the answer, as our own step does.
func (c *commands) notify(ctx workflow.Context, in activities.Notification) (notified activities.Notified, err error) {
	err = c.Next.ExecuteActivity(ctx, "Notify", in).Get(ctx, &notified)
	return notified, err
}
