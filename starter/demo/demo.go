// Package demo shows the whole process: it starts all that is needed in a temporary place, opens a dispute
// for every closing reason and drives each as the real parties would.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// driveTime bounds the disputes of the demo, which take some ten seconds.
const driveTime = 3 * time.Minute

// Options change the demo.
type Options struct {
	// Exit ends it when all disputes have ended, else only ctx does.
	Exit bool
	// KillWorker lets the worker die while the disputes run, and come back.
	KillWorker bool
}

// Run shows the demo on out. It fails when a dispute does not end as it should, when the ledger does not agree,
// and with Exit also when ctx ends before all has been shown. Whenever it ends, nothing of it is left. Its worker
// is the program itself, started once more: see workerprocess.
func Run(ctx context.Context, out io.Writer, o Options) error {
	s := &stage{}
	err := s.show(ctx, out, o)
	fmt.Fprintln(out, "\nStopping; everything that the demo made is removed.")
	return errors.Join(err, s.close())
}

// show is the demo from the start of its servers to the last look at them.
func (s *stage) show(ctx context.Context, out io.Writer, o Options) error {
	err := s.start(ctx, out)
	started := err == nil
	if started {
		fmt.Fprintf(out, "Web UI: %s\n\n", s.environment.Server.UIURL())
		err = s.play(ctx, out, o)
	}
	if ctx.Err() != nil && !o.Exit {
		return nil // the spectator has left
	}
	if started && !o.Exit {
		s.whereToLook(out)
		fmt.Fprintln(out, "\nEverything stays until Ctrl-C.")
		<-ctx.Done()
	}
	return err
}

// play opens and drives all disputes at the same time and prints what happens.
func (s *stage) play(ctx context.Context, out io.Writer, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, driveTime)
	defer cancel()
	if err := s.fill(ctx); err != nil {
		return err
	}
	live := &live{out: out}
	results := make([]result, len(scenarios))
	var wg sync.WaitGroup
	for i, scenario := range scenarios {
		wg.Go(func() { results[i] = s.perform(ctx, live, number(i), scenario) })
	}
	var killing error
	if o.KillWorker {
		killing = s.killWorker(ctx, live, &wg)
	}
	wg.Wait()
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return errors.Join(killing, printResults(out, results), s.check(ctx, out))
}

// fill imports the merchants and one invoice for each dispute.
func (s *stage) fill(ctx context.Context) error {
	in := dispute.Import{Merchants: merchants}
	for i, scenario := range scenarios {
		in.Invoices = append(in.Invoices, scenario.invoice(number(i), time.Now()))
	}
	_, err := s.ledger.Import(ctx, in)
	return err
}

// number tells the disputes apart: "01" to "10".
func number(i int) string {
	return fmt.Sprintf("%02d", i+1)
}

// result is how a dispute of the demo ended.
type result struct {
	scenario scenario
	view     dispute.View
	err      error
}

// perform opens one dispute, plays its script and waits for its end.
func (s *stage) perform(ctx context.Context, live *live, number string, scenario scenario) result {
	d := scenario.dispute(number, time.Now())
	a := actor{disputes: workflows.NewClient(s.temporal), id: d.ID}
	live.line(d.ID, "demo", scenario.story)
	err := insist(ctx, func(ctx context.Context) error {
		_, err := a.disputes.Open(ctx, d)
		return err
	})
	if err != nil {
		return result{scenario: scenario, err: err}
	}
	leave := live.watch(ctx, a)
	err = a.play(ctx, scenario.script)
	var view dispute.View
	if err == nil {
		view, err = a.reaches(ctx, "its end", over)
	}
	leave()
	return result{scenario: scenario, view: view, err: err}
}

func (a actor) play(ctx context.Context, script []step) error {
	for i, step := range script {
		a.request = workflows.WithUpdateID(fmt.Sprint(a.id, "-", i))
		if err := step(ctx, a); err != nil {
			return err
		}
	}
	return nil
}
