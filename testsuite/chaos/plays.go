package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
)

// grace is how long after a run its last disputes may take.
const grace = 10 * time.Minute

// atOnce is how many disputes run at the same time: more wait until others have ended. Temporal on SQLite works
// off fewer the more there are.
const atOnce = 100

// signOfLife is how often a run says how far it is.
const signOfLife = 15 * time.Second

// plays are all disputes of a plan under way.
type plays struct {
	began         time.Time
	endings       []parties.Ending
	failures      []error
	opened, ended atomic.Int64
	done          chan struct{}
}

// play opens the disputes at their time and plays each to its end.
func (t *town) play(ctx context.Context, p plan, cases []parties.Case, began time.Time) *plays {
	all := &plays{
		began: began, endings: make([]parties.Ending, len(cases)), failures: make([]error, len(cases)), done: make(chan struct{}),
	}
	ctx, cancel := context.WithTimeout(ctx, p.length+grace)
	driver := parties.Driver{Temporal: t.client, Poll: 500 * time.Millisecond, Blink: 1500 * time.Millisecond}
	places := make(chan struct{}, atOnce)
	var playing sync.WaitGroup
	for n, c := range cases {
		playing.Go(func() {
			pause(ctx, time.Until(began.Add(p.openings[n].at)))
			places <- struct{}{}
			defer func() { <-places }()
			all.opened.Add(1)
			all.endings[n], all.failures[n] = driver.Play(ctx, c)
			all.ended.Add(1)
		})
	}
	go func() {
		defer cancel()
		playing.Wait()
		close(all.done)
	}()
	return all
}

// await returns when all disputes have ended, and tells how far they are meanwhile.
func (p *plays) await(progress io.Writer) {
	ticker := time.NewTicker(signOfLife)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fmt.Fprintf(progress, "%s: %d opened, %d ended\n", time.Since(p.began).Round(time.Second), p.opened.Load(), p.ended.Load())
		case <-p.done:
			return
		}
	}
}

// unfinished are the disputes that have not come to their end.
func (p *plays) unfinished() []audit.Violation {
	var found []audit.Violation
	for n, err := range p.failures {
		if err != nil {
			found = append(found, audit.Violation{
				Dispute: p.endings[n].Case.Dispute.ID, Invariant: "every dispute comes to its end", What: err.Error(),
			})
		}
	}
	return found
}
