// Package demo shows the whole process: it starts all that is needed in a temporary folder, opens a dispute
// for every closing reason and drives each as the real parties would. One of them it tells step by step.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/workflows"
)

const (
	// driveTimeout bounds the disputes of the demo, which take about a minute.
	driveTimeout = 3 * time.Minute
	// period is how long a period of the demo still lasts once its deadline has been moved.
	period = 2 * time.Second
	// poll is how often the parties look whether it is their turn.
	poll = 150 * time.Millisecond
)

// Options change the demo.
type Options struct {
	// Exit ends the demo when all disputes have ended; otherwise only the end of the context does.
	Exit bool
	// KillWorker kills the worker while the disputes run, and starts another one.
	KillWorker bool
	// Pace is how long each sentence stands before the next one.
	Pace time.Duration
	// Portal serves the portal, in which two more disputes wait for the user. Without it there are none.
	Portal Portal
}

// coldStart says what the first run waits for.
const coldStart = "Ten payment disputes, live, on a Temporal server of their own. An installed `temporal` (server 1.29 or newer) is " +
	"used; where there is none on PATH, Go builds one from its source: several minutes the first time, with no sign of progress " +
	"from Go's compiler, and a second afterwards."

// demo is a demo that runs.
type demo struct {
	Options
	*screen
	// environment is what the demo has started; nil for Play, which has a client and a ledger alone.
	environment *environment.Environment
	temporal    client.Client
	disputes    *workflows.Client
	ledger      *ledger.Ledger
	worker      *process.Server
	portal      *pages
}

// Run shows the demo on out. It fails when a dispute does not end as it should, when the ledger is not consistent,
// and with Options.Exit also when ctx ends before all has been shown. It leaves nothing behind. The demo's worker is
// the program itself, started once more: see workerprocess.
func Run(ctx context.Context, out io.Writer, o Options) error {
	d := &demo{Options: o, screen: newScreen(out)}
	d.says(coldStart)
	err := d.show(ctx)
	d.prints("\nStopping; everything that the demo made is removed.")
	err = errors.Join(err, d.stopPortal())
	if d.environment != nil {
		err = errors.Join(err, d.environment.Close())
	}
	return err
}

// Play opens and drives the demo's disputes in an installation that runs already, with an empty ledger and its
// workers, and prints on out what happens. It fails when a dispute does not end as it should, and when the
// ledger is not consistent.
func Play(ctx context.Context, out io.Writer, temporal client.Client, books *ledger.Ledger) error {
	d := &demo{screen: newScreen(out), temporal: temporal, disputes: workflows.NewClient(temporal), ledger: books}
	return d.play(ctx)
}

// show runs the demo from the start of its servers until the user leaves.
func (d *demo) show(ctx context.Context) error {
	err := d.start(ctx)
	started := err == nil
	if started {
		d.prints("Web UI: " + d.environment.Server.UIURL() + "\n")
		err = d.play(ctx)
	}
	if ctx.Err() != nil && !d.Exit {
		return nil // the user has left
	}
	if started && !d.Exit {
		d.whereToLook()
		d.prints("\nEverything stays until Ctrl-C.")
		<-ctx.Done()
	}
	return err
}

// start starts the environment, which is the demo's own and never one that has real disputes, and the worker in a
// process of its own.
func (d *demo) start(ctx context.Context) (err error) {
	d.prints("Starting Temporal with its Web UI …")
	if d.environment, err = environment.Start(ctx, environment.Options{UI: true, Progress: d.out}); err != nil {
		return err
	}
	d.temporal, d.disputes, d.ledger = d.environment.Temporal, d.environment.Disputes, d.environment.Ledger
	if err := d.startPortal(ctx); err != nil {
		return err
	}
	d.worker, err = d.environment.StartWorkerProcess(ctx, d.portalVariables())
	return err
}

// play drives all disputes at the same time, tells one of them and prints how each ended.
func (d *demo) play(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, driveTimeout)
	defer cancel()
	all := cases(time.Now())
	in := parties.Import(slices.Concat(all, d.yours(time.Now())))
	in.Merchants = merchants // once each
	if _, err := d.ledger.Import(ctx, in); err != nil {
		return err
	}
	if err := d.invite(ctx); err != nil {
		return err
	}
	results := make([]result, len(all))
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() {
			if c.Path.Ends == toldSlowly {
				results[i] = d.tell(ctx, c)
			} else {
				results[i] = d.drive(ctx, c, nil)
			}
		})
	}
	var killing error
	if d.KillWorker {
		killing = d.killWorker(ctx, &wg)
	}
	wg.Wait()
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return errors.Join(killing, d.printResults(results), d.check(ctx), d.printEvents(ctx, results))
}

// drive plays one dispute to its end. before, if there is one, is called before each step.
func (d *demo) drive(ctx context.Context, c parties.Case, before func(context.Context) error) result {
	r := result{Case: c}
	driver := parties.Driver{Temporal: d.temporal, Poll: poll, Blink: period, Before: before}
	if _, r.err = driver.Play(ctx, c); r.err != nil {
		return r
	}
	if r.view, r.err = status(ctx, d.disputes, c.Dispute.ID); r.err != nil {
		return r
	}
	r.invoice, r.err = d.ledger.Invoice(ctx, c.Invoice.ID)
	return r
}

// tell drives a dispute and tells it step by step.
func (d *demo) tell(ctx context.Context, c parties.Case) result {
	told := &story{demo: d, Case: c}
	told.begin()
	r := d.drive(ctx, c, told.catchUp)
	if r.err == nil {
		r.err = told.catchUp(ctx)
	}
	return r
}

// whereToLook names what the user can open.
func (d *demo) whereToLook() {
	d.prints(fmt.Sprintf(`
Where to look:
  all cases   %[1]s/namespaces/%[2]s/workflows
  all mails   %[3]s
  an invoice  LEDGER_URL=%[4]s go run ./starter ledger show invoice-01
  all events  LEDGER_URL=%[4]s go run ./starter events --json
  a case      TEMPORAL_ADDRESS=%[5]s go run ./starter status demo-05`,
		d.environment.Server.UIURL(), client.DefaultNamespace, d.environment.MailDir(), d.environment.LedgerURL, d.environment.Address()))
}
