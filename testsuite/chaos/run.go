package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

const (
	// workersTake is how long the workers take to start.
	workersTake = 3 * time.Second
	// grace is how long the last disputes may take after the length of a run.
	grace = 10 * time.Minute
	// maxConcurrent is how many disputes run at the same time; the others wait. Temporal on SQLite slows down with more.
	maxConcurrent = 50
	// progressInterval is how often a run reports its progress.
	progressInterval = 15 * time.Second
)

// run carries out a plan in an environment of its own and audits the result. An error means that the run itself failed.
func run(ctx context.Context, p plan, sabotage string, progress io.Writer) (r report, err error) {
	database, err := postgres.Start(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, database.Stop()) }()
	mails, err := mailbox.Open()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, mails.Leave()) }()
	env, err := environment.Start(ctx, environment.Options{
		Durable: true, LedgerURL: database.URL("postgres"), SMTPURL: mails.URL(), Progress: progress,
	})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, env.Close()) }()
	receiver, err := openReceiver(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, receiver.server.Close()) }()
	s := servers{
		mails: mails, receiver: receiver, processes: map[target]*process.Server{"postgres": database.Server, "temporal": env.Server.Server},
		busy: map[target]*sync.Mutex{},
	}
	for _, t := range targets {
		s.busy[t.target] = &sync.Mutex{}
	}
	start := time.Now().Add(workersTake).Round(0)
	if err := p.startWorkers(ctx, env, s, start, sabotage); err != nil {
		return r, err
	}
	fmt.Fprintf(progress, "%d disputes and %d faults in %s, seed %d …\n", len(p.openings), len(p.faults), p.length, p.seed)
	return p.run(ctx, env, s, start, progress)
}

// startWorkers starts the workers, each with a clock of its own, which deliver the events to the receiver.
func (p *plan) startWorkers(ctx context.Context, env *environment.Environment, s servers, start time.Time, sabotage string) error {
	for worker, of := range map[target]target{worker0: clock0, worker1: clock1} {
		variable, err := p.clock(start, of).variable()
		if err != nil {
			return err
		}
		variables := s.receiver.variables()
		variables[envSabotage], variables[envClock] = sabotage, variable
		if s.processes[worker], err = env.StartWorkerProcess(ctx, variables); err != nil {
			return err
		}
	}
	return nil
}

// run plays the disputes of the plan while the servers fail, and audits the result.
func (p *plan) run(ctx context.Context, env *environment.Environment, s servers, start time.Time, progress io.Writer) (report, error) {
	cases := p.cases()
	if _, err := env.Ledger.Import(ctx, parties.Import(cases)); err != nil {
		return report{}, err
	}
	failed := make(chan error, 1)
	go func() { failed <- s.fail(ctx, p.faults, start) }()
	clock := p.clock(start, "")
	driver := parties.Driver{
		Temporal: env.Temporal, Ledger: env.Ledger, Now: clock.now, Poll: 500 * time.Millisecond, Blink: 1500 * time.Millisecond,
	}
	endings, unfinished := p.play(ctx, driver, cases, start, progress)
	if err := errors.Join(<-failed, ctx.Err()); err != nil {
		return report{}, err
	}
	facts, err := audit.Gather(ctx, env.Ledger, env.Disputes, s.mails.Mails(), endings)
	if err != nil {
		return report{}, err
	}
	for _, fact := range facts.Disputes {
		for i := range fact.Arrivals {
			fact.Arrivals[i].At = clock.of(fact.Arrivals[i].At)
		}
	}
	r := report{plan: *p, facts: facts, endings: endings, violations: append(unfinished, audit.Audit(facts, endings)...)}
	if err := r.addEvents(ctx, s.receiver, env.Ledger); err != nil {
		return report{}, err
	}
	r.took = time.Since(start)
	return r, nil
}

// play opens each case at its time and plays it to its end. It returns a violation for each case that has not ended.
func (p *plan) play(ctx context.Context, driver parties.Driver, cases []parties.Case, start time.Time, progress io.Writer,
) (endings []parties.Ending, unfinished []audit.Violation) {
	ctx, cancel := context.WithTimeout(ctx, p.length+grace)
	defer cancel()
	endings = make([]parties.Ending, len(cases))
	errs := make([]error, len(cases))
	var opened, ended atomic.Int64
	slots := make(chan struct{}, maxConcurrent)
	var playing sync.WaitGroup
	for n, c := range cases {
		playing.Go(func() {
			pause(ctx, time.Until(start.Add(p.openings[n].at)))
			slots <- struct{}{}
			defer func() { <-slots }()
			opened.Add(1)
			endings[n], errs[n] = driver.Play(ctx, c)
			ended.Add(1)
		})
	}
	wait(&playing, func() {
		fmt.Fprintf(progress, "%s: %d opened, %d ended\n", time.Since(start).Round(time.Second), opened.Load(), ended.Load())
	})
	for n, err := range errs {
		if err != nil {
			unfinished = append(unfinished, audit.Violation{Dispute: cases[n].Dispute.ID, Invariant: "every dispute ends", What: err.Error()})
		}
	}
	return endings, unfinished
}

// wait waits for a group, and calls report at intervals meanwhile.
func wait(group *sync.WaitGroup, report func()) {
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	for {
		select {
		case <-done:
			return
		case <-time.After(progressInterval):
			report()
		}
	}
}
