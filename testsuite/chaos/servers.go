package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// restartTimeout bounds a restart. A worker does not start while the others are down.
const restartTimeout = time.Minute

// servers are the servers that fail.
type servers struct {
	mails     *mailbox.Mailbox
	receiver  *receiver
	processes map[target]*process.Server
	// busy keeps faults of one server apart.
	busy map[target]*sync.Mutex
}

// fail lets the faults happen at their times, and returns when all servers are up again. Those of one target happen one
// after the other.
func (s servers) fail(ctx context.Context, faults []fault, start time.Time) error {
	var failing errgroup.Group
	for _, t := range targets {
		failing.Go(func() error {
			for _, f := range faults {
				if f.target != t.target {
					continue
				}
				pause(ctx, time.Until(start.Add(f.at)))
				if err := s.failOnce(ctx, f); err != nil {
					return fmt.Errorf("%s: %w", f.target, err)
				}
			}
			return nil
		})
	}
	return failing.Wait()
}

func (s servers) failOnce(ctx context.Context, f fault) error {
	if skews[f.kind] != 0 { // the worker does it by itself
		return nil
	}
	if parts := away[f.kind]; len(parts) > 0 {
		var failing errgroup.Group
		for _, part := range parts {
			part.down = f.down
			failing.Go(func() error { return s.failOnce(ctx, part) })
		}
		return failing.Wait()
	}
	s.busy[f.target].Lock()
	defer s.busy[f.target].Unlock()
	switch f.target { //nolint:exhaustive // the others are processes
	case "receiver":
		return s.receiver.fail(ctx, f)
	case "mail":
		return s.failMail(ctx, f)
	default:
		return kill(ctx, s.processes[f.target], f.down)
	}
}

func (s servers) failMail(ctx context.Context, f fault) error {
	if f.kind == mailGone {
		if err := s.mails.Leave(); err != nil {
			return err
		}
		pause(ctx, f.down)
		return s.mails.Return()
	}
	s.mails.Fail(map[kind]mailbox.Fault{mailBusy: mailbox.Busy, mailCut: mailbox.Cut}[f.kind])
	pause(ctx, f.down)
	s.mails.Fail(mailbox.None)
	return nil
}

// kill kills a server and restarts it, as a supervisor would: again and again, until it starts.
func kill(ctx context.Context, server *process.Server, down time.Duration) error {
	if err := server.Kill(); err != nil {
		return err
	}
	pause(ctx, down)
	ctx, cancel := context.WithTimeout(ctx, restartTimeout)
	defer cancel()
	for {
		err := server.Restart(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		pause(ctx, 500*time.Millisecond)
	}
}

// pause waits for a time, or until ctx ends.
func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}
