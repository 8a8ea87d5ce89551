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
	// ours is the product as it is.
	ours mode = "ours"
	// floor is what Temporal alone costs: the same workflow, whose steps return at once and touch nothing.
	floor mode = "floor"
	// usual is the same workflow as most are written: each step is one regular activity, and waits for the one before.
	usual mode = "usual"
)

var modes = []mode{ours, floor, usual}

// staging turns an assembled worker into one of a mode. It also lets time pass faster where a path needs that, and
// keeps count of how far the disputes have come. It is put on the worker's client, so that the worker itself is
// the one of production.
type staging struct {
	interceptor.InterceptorBase
	mode mode
	seen *milestones
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (s *staging) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	steps := &steps{staging: s}
	steps.Next = next
	return steps
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (s *staging) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	run := &execution{staging: s}
	run.Next = next
	return run
}

// steps are the activities.
type steps struct {
	interceptor.ActivityInboundInterceptorBase
	staging *staging
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (s *steps) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	var answer any
	var err error
	if s.staging.mode == floor {
		answer, err = atOnce(ctx, in.Args[0], time.Now())
	} else {
		answer, err = s.Next.ExecuteActivity(ctx, in)
	}
	if err != nil {
		return answer, err
	}
	return s.done(in.Args[0], answer), nil
}

// done keeps count of what a step has done, and hurries the periods that its messages open.
func (s *steps) done(asked, answer any) any {
	switch answer := answer.(type) {
	case activities.Notified:
		return s.sentOne(asked.(activities.Notification), answer)
	case activities.Both[activities.Told]:
		messages := asked.(activities.Both[activities.Notification])
		answer.Merchant = s.sentTried(&messages.Merchant, answer.Merchant)
		answer.Customer = s.sentTried(&messages.Customer, answer.Customer)
		return answer
	case activities.Settled:
		s.staging.seen.settle(asked.(activities.Settle).DisputeID, time.Now())
		return answer
	case activities.Judgement:
		if answer.Told != nil {
			told := s.sentTried(asked.(activities.Case).Next(answer.Ruling), *answer.Told)
			answer.Told = &told
		}
		return answer
	default:
		return answer
	}
}

func (s *steps) sentTried(asked *activities.Notification, told activities.Told) activities.Told {
	if told.Notified == nil {
		return told
	}
	return taken(s.sentOne(*asked, *told.Notified))
}

func (s *steps) sentOne(asked activities.Notification, notified activities.Notified) activities.Notified {
	s.staging.seen.add(told(asked.Occasion), asked.Dispute.ID)
	return hurried(asked, notified)
}

// execution is one run of the workflow.
type execution struct {
	interceptor.WorkflowInboundInterceptorBase
	staging *staging
	// turn lets one step at a time run, where each waits for the one before.
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
	r.reach(ctx, ended)
	return result, err
}

func (r *execution) reach(ctx workflow.Context, milestone string) {
	if !workflow.IsReplaying(ctx) {
		r.staging.seen.add(milestone, workflows.DisputeID(workflow.GetInfo(ctx).WorkflowExecution.ID))
	}
}

// commands are what the workflow asks Temporal for.
type commands struct {
	interceptor.WorkflowOutboundInterceptorBase
	run *execution
}

// UpsertTypedSearchAttributes implements interceptor.WorkflowOutboundInterceptor.
func (c *commands) UpsertTypedSearchAttributes(ctx workflow.Context, attributes ...temporal.SearchAttributeUpdate) error {
	if wait, ok := temporal.NewSearchAttributes(attributes...).GetKeyword(workflows.AttributeWaitingFor); ok {
		c.run.reach(ctx, waitsFor(dispute.Wait(wait)))
	}
	return c.Next.UpsertTypedSearchAttributes(ctx, attributes...)
}

// ExecuteLocalActivity implements interceptor.WorkflowOutboundInterceptor.
func (c *commands) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if c.run.staging.mode == usual {
		return c.inTurn(ctx, name, args)
	}
	return c.Next.ExecuteLocalActivity(ctx, name, args...)
}
