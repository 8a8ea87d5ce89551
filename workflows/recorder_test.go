package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// recorder records the workflow's commands, and can hold activities for any time: the test environment itself gives up
// a failing activity after ten attempts.
type recorder struct {
	interceptor.WorkerInterceptorBase
	env *testsuite.TestWorkflowEnvironment

	mu sync.Mutex
	// commands are the workflow's commands that cost history, in order.
	commands []command
	// holds reports whether an activity is to be held, by its name and input.
	holds func(name string, input any) bool
	held  map[string]heldActivity
	// outages means that the workers can be away. back is when they are back: until then no timer fires.
	outages bool
	back    time.Time
	// joined is the summary of a timer that fires only within a task that something else causes, once joins is set.
	joined string
	joins  bool
}

// command is one command of the workflow: a timer, a local or a regular activity, or an upsert.
type command struct {
	kind    string
	name    string
	summary string
	// attributes are the search attributes of an upsert; nil unsets one.
	attributes map[string]any
}

type heldActivity struct {
	token  []byte
	name   string
	input  any
	resume func() (any, error)
}

// hold holds the activities that holds reports from now on, and releases the others.
func (p *recorder) hold(holds func(name string, input any) bool) {
	p.mu.Lock()
	p.holds = holds
	var released []heldActivity
	for _, id := range slices.Sorted(maps.Keys(p.held)) {
		if step := p.held[id]; holds == nil || !holds(step.name, step.input) {
			released = append(released, step)
			delete(p.held, id)
		}
	}
	p.mu.Unlock()
	for _, step := range released {
		result, err := step.resume()
		for range 9 { // what is completed by hand is not tried again by the environment
			if err == nil || dispute.CodeOf(err) != "" {
				break
			}
			result, err = step.resume()
		}
		_ = p.env.CompleteActivity(step.token, result, activities.ApplicationError(err))
	}
}

// release releases every held activity.
func (p *recorder) release() {
	p.hold(nil)
}

// cancelled removes a held activity that the workflow has cancelled: it never runs.
func (p *recorder) cancelled(info *activity.Info) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.held, info.ActivityID)
}

func (p *recorder) record(c command) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commands = append(p.commands, c)
}

// of returns the commands of a kind.
func (p *recorder) of(kind string) []command {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []command
	for _, c := range p.commands {
		if c.kind == kind {
			found = append(found, c)
		}
	}
	return found
}

func (p *recorder) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	inbound := &holdUp{recorder: p}
	inbound.Next = next
	return inbound
}

type holdUp struct {
	interceptor.ActivityInboundInterceptorBase
	recorder *recorder
}

func (h *holdUp) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	h.recorder.mu.Lock()
	defer h.recorder.mu.Unlock()
	if h.recorder.holds == nil || !h.recorder.holds(info.ActivityType.Name, in.Args[0]) {
		h.recorder.mu.Unlock()
		defer h.recorder.mu.Lock()
		return h.Next.ExecuteActivity(ctx, in)
	}
	if info.IsLocalActivity || strings.HasPrefix(info.ActivityID, singleAttempt) {
		return nil, errors.New("held up")
	}
	if h.recorder.held == nil {
		h.recorder.held = map[string]heldActivity{}
	}
	h.recorder.held[info.ActivityID] = heldActivity{
		info.TaskToken, info.ActivityType.Name, in.Args[0],
		func() (any, error) { return h.Next.ExecuteActivity(ctx, in) },
	}
	return nil, activity.ErrResultPending
}

func (p *recorder) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	inbound := &watchedInbound{recorder: p}
	inbound.Next = next
	return inbound
}

type watchedInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	recorder *recorder
}

func (f *watchedInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	watched := &watchedOutbound{recorder: f.recorder}
	watched.Next = outbound
	return f.Next.Init(watched)
}

type watchedOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	recorder *recorder
	singles  int
}

func (f *watchedOutbound) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	f.recorder.record(command{kind: "local", name: name, summary: workflow.GetLocalActivityOptions(ctx).Summary})
	return f.Next.ExecuteLocalActivity(ctx, name, args...)
}

func (f *watchedOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	options := workflow.GetActivityOptions(ctx)
	f.recorder.record(command{kind: "regular", name: name, summary: options.Summary})
	if options.RetryPolicy.MaximumAttempts == 1 {
		f.singles++
		options.ActivityID = fmt.Sprint(singleAttempt, f.singles)
		ctx = workflow.WithActivityOptions(ctx, options)
	}
	return f.Next.ExecuteActivity(ctx, name, args...)
}

// singleAttempt begins the ids of the activities that have one attempt: held, they fail.
const singleAttempt = "single-attempt-"

func (f *watchedOutbound) NewTimerWithOptions(ctx workflow.Context, d time.Duration, options workflow.TimerOptions) workflow.Future {
	f.recorder.record(command{kind: "timer", summary: options.Summary})
	if !f.recorder.outages {
		return f.Next.NewTimerWithOptions(ctx, d, options)
	}
	timer, fire := workflow.NewFuture(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		err := f.Next.NewTimerWithOptions(ctx, d, options).Get(ctx, nil)
		if away := f.recorder.away(workflow.Now(ctx)); away > 0 && err == nil {
			err = f.Next.NewTimerWithOptions(ctx, away, options).Get(ctx, nil)
		}
		if err == nil && options.Summary == f.recorder.joined {
			ctx, _ := workflow.NewDisconnectedContext(ctx) // it has fired, and cannot be cancelled
			err = workflow.Await(ctx, func() bool { return f.recorder.joins })
		}
		fire.SetError(err)
	})
	return timer
}

// away returns for how long the workers are still away.
func (p *recorder) away(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.back.Sub(now)
}

// goAway keeps the workers away until an instant. Set outages before the run.
func (p *recorder) goAway(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.back = until
}

func (f *watchedOutbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	f.recorder.record(command{kind: "upsert", attributes: changed(updates)})
	return f.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

// changed returns the search attributes that an upsert changes, with nil for those that it unsets. It applies the updates to
// placeholders, because an update does not show its value: a placeholder that disappears was unset.
func changed(updates []temporal.SearchAttributeUpdate) map[string]any {
	var untouched []temporal.SearchAttributeUpdate
	for _, key := range workflows.SearchAttributes {
		switch key := key.(type) {
		case temporal.SearchAttributeKeyKeyword:
			untouched = append(untouched, key.ValueSet("untouched"))
		case temporal.SearchAttributeKeyKeywordList:
			untouched = append(untouched, key.ValueSet([]string{"untouched"}))
		case temporal.SearchAttributeKeyTime:
			untouched = append(untouched, key.ValueSet(time.Time{}))
		}
	}
	before := temporal.NewSearchAttributes(untouched...).GetUntypedValues()
	after := temporal.NewSearchAttributes(append(untouched, updates...)...).GetUntypedValues()
	changes := map[string]any{}
	for _, key := range workflows.SearchAttributes {
		if value, ok := after[key]; !ok || !reflect.DeepEqual(value, before[key]) {
			changes[key.GetName()] = value
		}
	}
	return changes
}
