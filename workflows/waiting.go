package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// until blocks the main line until done, or until the dispute is decided.
func (p *process) until(done func() bool) {
	p.always(func() bool { return p.decision != nil || done() })
}

// always blocks the main line until done. Messages are drained before every look at done, so that one
// that is in the history when a deadline's task starts is honoured, whichever event comes first. No
// goroutine of its own may read the signals: it would run after the main line has seen the timer.
func (p *process) always(done func() bool) {
	for {
		p.drain()
		if done() {
			return
		}
		if !p.working {
			p.publish()
		}
		// The context is never cancelled, so there is no error to look at.
		_ = workflow.Await(p.ctx, func() bool {
			return done() || p.mail() || p.stale && !p.working
		})
	}
}

// during runs work in a coroutine of its own while the main line keeps listening, and ends early when
// the dispute is decided: then work's context is cancelled and its answer dropped.
func (p *process) during(work func(ctx workflow.Context)) {
	finished := p.start(p.untilDecision, work)
	p.until(finished)
	p.working = false
}

// completely does the same with work that a decision does not end.
func (p *process) completely(work func(ctx workflow.Context)) {
	p.always(p.start(p.ctx, work))
	p.working = false
}

func (p *process) start(ctx workflow.Context, work func(ctx workflow.Context)) (finished func() bool) {
	done := false
	p.working = true
	workflow.Go(ctx, func(ctx workflow.Context) {
		work(ctx)
		done = true
	})
	return func() bool { return done }
}

// awaitDeadline waits until done or until the deadline has passed, which may be moved meanwhile.
func (p *process) awaitDeadline(concerned dispute.Party, done func() bool) {
	for p.decision == nil && !done() && p.ahead(p.deadline.At) {
		scope, leave := workflow.WithCancel(p.untilDecision)
		if p.moved != nil {
			p.followMove(scope, concerned)
		}
		p.awaitInstant(done)
		leave()
	}
	p.deadline, p.moved = nil, nil
}

// awaitInstant waits until one of: done, the deadline passed, the deadline moved. One timer runs to the
// next instant at which something is due: each timer that fires costs five events. A reminder that is
// still under way then is stale, as it is when the merchant has reacted.
func (p *process) awaitInstant(done func() bool) {
	over := func() bool { return done() || p.moved != nil }
	for p.decision == nil && !over() && p.ahead(p.deadline.At) {
		scope, leave := workflow.WithCancel(p.untilDecision)
		p.remind(scope)
		due, name := p.nextDue()
		timerCtx, cancel := workflow.WithCancel(p.ctx)
		timer := workflow.NewTimerWithOptions(timerCtx, due.Sub(workflow.Now(p.ctx)), workflow.TimerOptions{Summary: name})
		reacted := p.reacted
		p.until(func() bool { return over() || timer.IsReady() || p.reacted != reacted })
		if p.decision == nil {
			cancel() // else the run is about to end, and its timer with it
		}
		leave()
	}
}

// ahead tells whether an instant is still to come.
func (p *process) ahead(at time.Time) bool {
	return workflow.Now(p.ctx).Before(at)
}
