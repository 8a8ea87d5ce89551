package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/parties"
	"github.com/streitfall/streitfall/workflows"
)

// grace is how long after a run its last disputes may take.
const grace = 3 * time.Minute

// run carries out a plan and audits what has become of it. An error means that the run itself has failed.
func run(ctx context.Context, p plan, sabotage string, progress io.Writer) (report, error) {
	t := town{sabotage: sabotage}
	err := t.open(ctx, progress)
	var r report
	if err == nil {
		fmt.Fprintf(progress, "%d disputes and %d faults in %s, seed %d …\n", len(p.openings), len(p.faults), p.length, p.seed)
		r, err = t.live(ctx, p)
	}
	return r, errors.Join(err, t.close())
}

func (t *town) live(ctx context.Context, p plan) (report, error) {
	cases := p.cases()
	if _, err := t.ledger.Import(ctx, parties.Import(cases)); err != nil {
		return report{}, err
	}
	began := time.Now()
	suffered := make(chan error, 1)
	go func() { suffered <- t.suffer(ctx, p, began) }()
	endings, unfinished := t.drive(ctx, p, cases, began)
	if err := errors.Join(<-suffered, ctx.Err()); err != nil {
		return report{}, err
	}
	facts, err := audit.Gather(ctx, t.ledger, workflows.NewClient(t.client), t.mailbox.Mails(), endings)
	if err != nil {
		return report{}, err
	}
	return report{
		plan: p, facts: facts, endings: endings, took: time.Since(began),
		violations: append(unfinished, audit.Audit(facts, endings)...),
	}, nil
}

// drive opens the disputes at their time and plays each to its end. Those that do not get there are violations.
func (t *town) drive(ctx context.Context, p plan, cases []parties.Case, began time.Time) ([]parties.Ending, []audit.Violation) {
	ctx, cancel := context.WithTimeout(ctx, p.length+grace)
	defer cancel()
	driver := parties.Driver{Temporal: t.client, Poll: 300 * time.Millisecond, Blink: 1500 * time.Millisecond}
	endings, failures := make([]parties.Ending, len(cases)), make([]error, len(cases))
	var playing sync.WaitGroup
	for n, c := range cases {
		playing.Go(func() {
			pause(ctx, time.Until(began.Add(p.openings[n].at)))
			endings[n], failures[n] = driver.Play(ctx, c)
		})
	}
	playing.Wait()
	var unfinished []audit.Violation
	for n, err := range failures {
		if err != nil {
			unfinished = append(unfinished, audit.Violation{
				Dispute: cases[n].Dispute.ID, Invariant: "every dispute comes to its end", What: err.Error(),
			})
		}
	}
	return endings, unfinished
}
