package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/workflows"
)

// run carries out a plan and audits what has become of it. An error means that the run itself has failed.
func run(ctx context.Context, p plan, sabotage string, progress io.Writer) (report, error) {
	t := town{sabotage: sabotage}
	err := t.open(ctx, progress)
	var r report
	if err == nil {
		fmt.Fprintf(progress, "%d disputes and %d faults in %s, seed %d …\n", len(p.openings), len(p.faults), p.length, p.seed)
		r, err = t.live(ctx, p, progress)
	}
	return r, errors.Join(err, t.close())
}

func (t *town) live(ctx context.Context, p plan, progress io.Writer) (report, error) {
	cases := p.cases()
	if _, err := t.ledger.Import(ctx, parties.Import(cases)); err != nil {
		return report{}, err
	}
	began := time.Now()
	suffered := make(chan error, 1)
	go func() { suffered <- t.suffer(ctx, p, began) }()
	plays := t.play(ctx, p, cases, began)
	plays.await(progress)
	if err := errors.Join(<-suffered, ctx.Err()); err != nil {
		return report{}, err
	}
	facts, err := audit.Gather(ctx, t.ledger, workflows.NewClient(t.client), t.mailbox.Mails(), plays.endings)
	if err != nil {
		return report{}, err
	}
	return report{
		plan: p, facts: facts, endings: plays.endings, took: time.Since(began),
		violations: append(plays.unfinished(), audit.Audit(facts, plays.endings)...),
	}, nil
}
