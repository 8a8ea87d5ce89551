package workflows

import "go.temporal.io/sdk/workflow"

// awaitUnlessDecided blocks the main line until done, or until the dispute is decided.
func (p *process) awaitUnlessDecided(done func() bool) {
	p.await(func() bool { return p.decision != nil || done() })
}

// await blocks the main line until done. It drains the signals before each look at done, so that a signal that is in the
// history when the task of a deadline starts is honoured, whichever event comes first. No goroutine may read the signals:
// it would run after the main line has seen the timer.
func (p *process) await(done func() bool) {
	for {
		p.drain()
		p.sendQueued()
		if done() {
			return
		}
		if !p.casefile.working {
			p.publish()
		}
		// The context is never cancelled, so Await returns no error.
		_ = workflow.Await(p.ctx, func() bool {
			return done() || p.hasPendingSignals() || len(p.delivery.queue) > 0 || p.casefile.stale && !p.casefile.working
		})
	}
}

// runUnlessDecided runs work in a coroutine while the main line keeps listening. A decision ends it early: it cancels
// work's context, and work's answer is dropped.
func (p *process) runUnlessDecided(work func(ctx workflow.Context)) {
	p.awaitUnlessDecided(p.start(p.untilDecision, work))
	p.casefile.working = false
}

// runToCompletion runs work in a coroutine while the main line keeps listening. A decision does not end it.
func (p *process) runToCompletion(work func(ctx workflow.Context)) {
	p.await(p.start(p.ctx, work))
	p.casefile.working = false
}

func (p *process) start(ctx workflow.Context, work func(ctx workflow.Context)) (finished func() bool) {
	done := false
	p.casefile.working = true
	workflow.Go(ctx, func(ctx workflow.Context) {
		work(ctx)
		done = true
	})
	return func() bool { return done }
}
