package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// mode is a way to run the same disputes, on workers that differ in nothing else.
type mode string

const (
	// ours is the product.
	ours mode = "ours"
	// floor is the cost of Temporal alone: the same worker on a ledger and channels that answer at once and do nothing.
	floor mode = "floor"
	// usual is the same workflow as most are written: each ledger step and each message is one regular activity and
	// waits for the one before.
	usual mode = "usual"
)

var modes = []mode{ours, floor, usual}

// instruments report the progress of disputes, shorten their response windows, and run the steps of the usual mode. They
// intercept the client that the worker runs on, so that the worker itself is the one of production.
type instruments struct {
	interceptor.InterceptorBase
	mode   mode
	report func(milestone, disputeID string)
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (i *instruments) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	steps := &steps{instruments: i}
	steps.Next = next
	return steps
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (i *instruments) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	run := &execution{instruments: i}
	run.Next = next
	return run
}

// steps are the activities.
type steps struct {
	interceptor.ActivityInboundInterceptorBase
	instruments *instruments
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (s *steps) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	answer, err := s.Next.ExecuteActivity(ctx, in)
	if err != nil {
		return answer, err
	}
	if asked, ok := in.Args[0].(activities.Settle); ok {
		s.instruments.report(settled, asked.DisputeID)
	}
	forEachSent(in.Args[0], answer, func(message activities.Notification, deadline *dispute.Deadline) {
		shorten(message, deadline)
		s.instruments.report(sent(message.Occasion), message.Dispute.ID)
	})
	return answer, nil
}

// execution is one run of the workflow.
type execution struct {
	interceptor.WorkflowInboundInterceptorBase
	instruments *instruments
	// turn makes each step of the usual mode wait for the one before.
	turn workflow.Mutex
}

// Init implements interceptor.WorkflowInboundInterceptor.
func (r *execution) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	commands := &commands{run: r}
	commands.Next = outbound
	return r.Next.Init(commands)
}

// ExecuteWorkflow implements interceptor.WorkflowInboundInterceptor.
func (r *execution) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	r.turn = workflow.NewMutex(ctx)
	result, err := r.Next.ExecuteWorkflow(ctx, in)
	r.report(ctx, ended)
	return result, err
}

func (r *execution) report(ctx workflow.Context, milestone string) {
	if !workflow.IsReplaying(ctx) {
		r.instruments.report(milestone, workflows.DisputeID(workflow.GetInfo(ctx).WorkflowExecution.ID))
	}
}

// commands are the calls of the workflow to Temporal.
type commands struct {
	interceptor.WorkflowOutboundInterceptorBase
	run *execution
}

// UpsertTypedSearchAttributes implements interceptor.WorkflowOutboundInterceptor.
func (c *commands) UpsertTypedSearchAttributes(ctx workflow.Context, attributes ...temporal.SearchAttributeUpdate) error {
	if wait, ok := temporal.NewSearchAttributes(attributes...).GetKeyword(workflows.AttributeWaitingFor); ok {
		c.run.report(ctx, waitingFor(dispute.Wait(wait)))
	}
	return c.Next.UpsertTypedSearchAttributes(ctx, attributes...)
}

// ExecuteLocalActivity implements interceptor.WorkflowOutboundInterceptor.
func (c *commands) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if c.run.instruments.mode != usual {
		return c.Next.ExecuteLocalActivity(ctx, name, args...)
	}
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
		c.regular(ctx, name, args[0], result)
	})
	return future
}

// regular runs a step as a regular activity, or as one for each of its messages.
func (c *commands) regular(ctx workflow.Context, name string, asked any, result workflow.Settable) {
	notify := func(message activities.Notification) workflow.Future {
		return c.Next.ExecuteActivity(ctx, "Notify", message)
	}
	if answer, ok, err := oneByOne(ctx, asked, notify); ok {
		result.Set(answer, err)
		return
	}
	step := c.Next.ExecuteActivity(ctx, name, asked)
	_ = step.Get(ctx, nil) // the error goes to the workflow
	result.Chain(step)
}
