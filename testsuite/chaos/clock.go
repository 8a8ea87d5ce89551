package main

import (
	"encoding/json"
	"os"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// hurry is how much faster the time passes while a server is away for long: an hour in a second.
const hurry = 3600

// clock is the time of a run: that of the machine, but for the long outages, in which it hurries. Parties, workers and their
// workflows all live by it. The workflows' time comes from Temporal's, so that a replay sees the same.
type clock struct {
	Start   time.Time `json:"start"`
	Hurries []stretch `json:"hurries"`
	// Skews is how far the clock of one worker is off, besides.
	Skews []stretch `json:"skews"`
}

// stretch is a part of a run, since its start.
type stretch struct {
	At     time.Duration `json:"at"`
	Length time.Duration `json:"length"`
	Skew   time.Duration `json:"skew"`
}

// of returns the time of the run at an instant of the machine.
func (c *clock) of(instant time.Time) time.Time {
	ahead := time.Duration(0)
	for _, h := range c.Hurries {
		ahead += min(max(instant.Sub(c.Start)-h.At, 0), h.Length) * (hurry - 1)
	}
	return instant.Add(ahead)
}

// until returns how long the machine takes from an instant of its own until a time of the run.
func (c *clock) until(from, to time.Time) time.Duration {
	ahead := time.Duration(0)
	for _, h := range c.Hurries {
		begin := c.Start.Add(h.At)
		if left := to.Sub(begin.Add(ahead)); left > 0 {
			ahead += min(left-left/hurry-1, h.Length*(hurry-1)) // rounded to a later instant
		}
	}
	return max(to.Add(-ahead).Sub(from), 0)
}

func (c *clock) now() time.Time { return c.of(time.Now()) }

// skewed is the clock of a worker.
func (c *clock) skewed() time.Time {
	now := time.Now()
	for _, s := range c.Skews {
		if passed := now.Sub(c.Start) - s.At; passed >= 0 && passed < s.Length {
			return c.of(now).Add(s.Skew)
		}
	}
	return c.of(now)
}

// envClock has the clock of a worker.
const envClock = "CHAOS_CLOCK"

// variable returns the value of envClock.
func (c *clock) variable() (string, error) {
	text, err := json.Marshal(c)
	return string(text), err
}

// clockFromEnv returns the clock of this worker.
func clockFromEnv() (*clock, error) {
	c := &clock{}
	return c, json.Unmarshal([]byte(os.Getenv(envClock)), c)
}

type timing struct {
	interceptor.InterceptorBase
	clock *clock
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (t *timing) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &timed{clock: t.clock}
	in.Next = next
	return in
}

type timed struct {
	interceptor.WorkflowInboundInterceptorBase
	clock *clock
}

// Init implements interceptor.WorkflowInboundInterceptor.
func (t *timed) Init(next interceptor.WorkflowOutboundInterceptor) error {
	out := &timers{clock: t.clock}
	out.Next = next
	return t.Next.Init(out)
}

type timers struct {
	interceptor.WorkflowOutboundInterceptorBase
	clock *clock
}

// Now implements interceptor.WorkflowOutboundInterceptor.
func (t *timers) Now(ctx workflow.Context) time.Time { return t.clock.of(t.Next.Now(ctx)) }

// NewTimerWithOptions implements interceptor.WorkflowOutboundInterceptor.
func (t *timers) NewTimerWithOptions(ctx workflow.Context, length time.Duration, options workflow.TimerOptions) workflow.Future {
	now := t.Next.Now(ctx)
	return t.Next.NewTimerWithOptions(ctx, t.clock.until(now, t.clock.of(now).Add(length)), options)
}
