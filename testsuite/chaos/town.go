package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/workflows"
)

// town is everything that disputes need, and that fails.
type town struct {
	sabotage string
	temporal *devserver.Server
	postgres *postgres.Server
	mailbox  *mailbox.Mailbox
	workers  []*process.Server
	client   client.Client
	ledger   *ledger.Ledger
	// closers end what was opened, the last one first.
	closers []func() error
}

// open starts everything. What it has started when it fails, close stops.
func (t *town) open(ctx context.Context, progress io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "streitfall-chaos-")
	if err != nil {
		return err
	}
	t.later(func() error { return os.RemoveAll(dir) })
	t.temporal, err = devserver.Start(ctx, devserver.Options{
		DBFile: filepath.Join(dir, "temporal.db"), SearchAttributes: workflows.SearchAttributes, Progress: progress,
	})
	if err != nil {
		return err
	}
	t.later(t.temporal.Stop)
	if t.postgres, err = postgres.Start(ctx); err != nil {
		return err
	}
	t.later(t.postgres.Stop)
	if t.mailbox, err = mailbox.Open(); err != nil {
		return err
	}
	t.later(t.mailbox.Leave)
	if err := t.connect(ctx); err != nil {
		return err
	}
	for range workers {
		worker, err := workerprocess.Start(ctx, t.environment())
		if err != nil {
			return err
		}
		t.workers = append(t.workers, worker)
		t.later(worker.Stop)
	}
	return nil
}

func (t *town) connect(ctx context.Context) (err error) {
	t.client, err = t.temporal.Dial(ctx)
	if err != nil {
		return err
	}
	t.later(func() error {
		t.client.Close()
		return nil
	})
	if t.ledger, err = ledger.Open(ctx, t.postgres.URL("postgres")); err != nil {
		return err
	}
	t.later(t.ledger.Close)
	return nil
}

func (t *town) environment() map[string]string {
	return map[string]string{
		"TEMPORAL_ADDRESS": t.temporal.Address(), "LEDGER_URL": t.postgres.URL("postgres"), "SMTP_URL": t.mailbox.URL(),
		"DESK_EMAIL": "desk@klarna.example", envSabotage: t.sabotage,
	}
}

func (t *town) later(end func() error) { t.closers = append(t.closers, end) }

func (t *town) close() error {
	var errs []error
	for i := len(t.closers) - 1; i >= 0; i-- {
		errs = append(errs, t.closers[i]())
	}
	return errors.Join(errs...)
}

// suffer lets everything fail as planned, and returns when everything is back. Each target has its own life.
func (t *town) suffer(ctx context.Context, p plan, began time.Time) error {
	targets := map[target]func(context.Context, fault) error{
		postgresTarget: func(ctx context.Context, f fault) error { return killed(ctx, t.postgres.Server, f.away) },
		temporalTarget: func(ctx context.Context, f fault) error { return killed(ctx, t.temporal.Server, f.away) },
		mailTarget:     t.failMail,
	}
	for n, worker := range t.workers {
		targets[workerTarget(n)] = func(ctx context.Context, f fault) error { return killed(ctx, worker, f.away) }
	}
	var lives sync.WaitGroup
	results := make(chan error, len(targets))
	for target, fail := range targets {
		lives.Go(func() {
			for _, f := range p.of(target) {
				pause(ctx, time.Until(began.Add(f.at)))
				if err := fail(ctx, f); err != nil {
					results <- fmt.Errorf("%s: %w", target, err)
					return
				}
			}
		})
	}
	lives.Wait()
	close(results)
	var errs []error
	for err := range results {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// restartTime is how long a server may need to come back. A worker does not while others are away.
const restartTime = time.Minute

// killed kills a server and brings it back, as whatever supervises it in life would: again and again.
func killed(ctx context.Context, server *process.Server, away time.Duration) error {
	if err := server.Kill(); err != nil {
		return err
	}
	pause(ctx, away)
	bounded, cancel := context.WithTimeout(ctx, restartTime)
	defer cancel()
	for {
		err := server.Restart(bounded)
		if err == nil || bounded.Err() != nil {
			return err
		}
		pause(bounded, 500*time.Millisecond)
	}
}

// troubles are the faults of a mail server that answers.
var troubles = map[kind]mailbox.Trouble{mailBusy: mailbox.Busy, mailCut: mailbox.Cut}

func (t *town) failMail(ctx context.Context, f fault) error {
	if f.kind != mailGone {
		t.mailbox.Fail(troubles[f.kind])
		pause(ctx, f.away)
		t.mailbox.Fail(mailbox.None)
		return nil
	}
	if err := t.mailbox.Leave(); err != nil {
		return err
	}
	pause(ctx, f.away)
	return t.mailbox.Return()
}

// pause waits, but not longer than until ctx is over.
func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}
