// Package demo shows the whole process: it starts all that is needed in a temporary folder, opens a dispute
// for every closing reason and drives each as the real parties would. One of them it tells step by step.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/parties"
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
}

// coldStart says what the first run waits for.
const coldStart = "Ten payment disputes, live, on a Temporal server of their own. An installed `temporal` (server 1.29 or newer) is " +
	"used; where there is none on PATH, Go builds one from its source: several minutes the first time, with no sign of progress " +
	"from Go's compiler, and a second afterwards."

// Run shows the demo on out. It fails when a dispute does not end as it should, when the ledger is not consistent,
// and with Options.Exit also when ctx ends before all has been shown. It leaves nothing behind. The demo's worker is
// the program itself, started once more: see workerprocess.
func Run(ctx context.Context, out io.Writer, o Options) error {
	s, err := newStage()
	if err != nil {
		return err
	}
	screen := newScreen(out)
	screen.says(coldStart)
	err = s.show(ctx, screen, o)
	screen.prints("\nStopping; everything that the demo made is removed.")
	return errors.Join(err, s.close())
}

// show runs the demo from the start of its servers until the user leaves.
func (s *stage) show(ctx context.Context, screen *screen, o Options) error {
	err := s.start(ctx, screen.out)
	started := err == nil
	if started {
		screen.prints("Web UI: " + s.server.UIURL() + "\n")
		err = s.play(ctx, screen, o)
	}
	if ctx.Err() != nil && !o.Exit {
		return nil // the user has left
	}
	if started && !o.Exit {
		s.whereToLook(screen)
		screen.prints("\nEverything stays until Ctrl-C.")
		<-ctx.Done()
	}
	return err
}

// Play opens and drives the demo's disputes in an installation that runs already, with an empty ledger and its
// workers, and prints on out what happens. It fails when a dispute does not end as it should, and when the
// ledger is not consistent.
func Play(ctx context.Context, out io.Writer, temporal client.Client, books *ledger.Ledger) error {
	return (&stage{temporal: temporal, ledger: books}).play(ctx, newScreen(out), Options{})
}

// play drives all disputes at the same time, tells one of them and prints how each ended.
func (s *stage) play(ctx context.Context, screen *screen, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, driveTimeout)
	defer cancel()
	all := cases(time.Now())
	in := parties.Import(all)
	in.Merchants = merchants // once each
	if _, err := s.ledger.Import(ctx, in); err != nil {
		return err
	}
	results := make([]result, len(all))
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() {
			if c.Path.Ends == toldSlowly {
				results[i] = s.tell(ctx, screen, c, o.Pace)
			} else {
				results[i] = s.drive(ctx, c, nil)
			}
		})
	}
	var killing error
	if o.KillWorker {
		killing = s.killWorker(ctx, screen, &wg)
	}
	wg.Wait()
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return errors.Join(killing, screen.printResults(results), s.check(ctx, screen))
}

// tell drives a dispute and tells it step by step.
func (s *stage) tell(ctx context.Context, screen *screen, c parties.Case, pace time.Duration) result {
	told := &story{screen: screen, Case: c, disputes: workflows.NewClient(s.temporal), books: s.ledger, pace: pace}
	caseURL := ""
	if s.server != nil {
		caseURL = s.caseURL(c.Dispute.ID)
		told.mailDir = s.mailDir()
	}
	told.begin(caseURL)
	r := s.drive(ctx, c, told.catchUp)
	if r.err == nil {
		r.err = told.catchUp(ctx)
	}
	return r
}

// caseURL is the page of a dispute in the Web UI.
func (s *stage) caseURL(id string) string {
	return fmt.Sprintf("%s/namespaces/%s/workflows/%s", s.server.UIURL(), client.DefaultNamespace, workflows.WorkflowID(id))
}

// whereToLook names what the user can open.
func (s *stage) whereToLook(screen *screen) {
	screen.prints(fmt.Sprintf(`
Where to look:
  all cases      %s/namespaces/%s/workflows
  all mails      %s
  an invoice     LEDGER_URL=%s go run ./starter ledger show invoice-01
  a case         TEMPORAL_ADDRESS=%s go run ./starter status demo-05`,
		s.server.UIURL(), client.DefaultNamespace, s.mailDir(), s.ledgerURL(), s.server.Address()))
}
