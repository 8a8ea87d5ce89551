package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/testsuite/devserver"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// stage is what all lanes share: one Temporal, one mail server, and the place of their ledgers.
type stage struct {
	// temporalAt is the server that is measured: a given one, or the embedded one, which keeps everything in memory.
	temporalAt string
	// embedded is the server that we have started, if we have.
	embedded *devserver.Server
	version  string
	// postgres is where the ledgers are made, each in a schema of its own; "" makes files for SQLite.
	postgres string
	dir      string
	// prefix begins the names of everything that is made on servers of others.
	prefix  string
	mailbox *mailbox.Mailbox
	root    client.Client
	lanes   map[mode]*lane
	// closers end what was opened, the last one first.
	closers []func() error
}

// open starts everything for these modes. What it has started when it fails, close stops.
func (s *stage) open(ctx context.Context, progress io.Writer, modes ...mode) (err error) {
	s.prefix = fmt.Sprintf("streitfall_load_%d_", time.Now().Unix())
	if s.dir, err = os.MkdirTemp("", "streitfall-load-"); err != nil {
		return err
	}
	s.later(func() error { return os.RemoveAll(s.dir) })
	if s.temporalAt == "" {
		if s.embedded, err = devserver.Start(ctx, devserver.Options{Progress: progress}); err != nil {
			return err
		}
		s.later(s.embedded.Stop)
		s.temporalAt = s.embedded.Address()
	}
	if s.mailbox, err = mailbox.Open(); err != nil {
		return err
	}
	s.later(s.mailbox.Leave)
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.lanes = map[mode]*lane{}
	for _, m := range modes {
		if s.lanes[m], err = s.openLane(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", m, err)
		}
	}
	return nil
}

func (s *stage) connect(ctx context.Context) (err error) {
	s.root, err = client.DialContext(ctx, client.Options{HostPort: s.temporalAt, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		return fmt.Errorf("temporal cannot be reached at %s (TEMPORAL_ADDRESS): %w", s.temporalAt, err)
	}
	s.later(func() error {
		s.root.Close()
		return nil
	})
	info, err := s.root.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	s.version = info.GetServerVersion()
	return err
}

// known is how long servers may take until all of them know a new namespace.
const known = time.Minute

// makeNamespace makes a namespace, so that no worker of somebody else takes what is measured. On a given server it is
// deleted in the end.
func (s *stage) makeNamespace(ctx context.Context, name string) error {
	_, err := s.root.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		return fmt.Errorf("make namespace %s: %w", name, err)
	}
	if s.embedded == nil {
		s.later(func() error {
			_, err := s.root.OperatorService().DeleteNamespace(context.WithoutCancel(ctx), &operatorservice.DeleteNamespaceRequest{Namespace: name})
			return err
		})
	}
	deadline, cancel := context.WithTimeout(ctx, known)
	defer cancel()
	for {
		_, err := s.root.WorkflowService().CountWorkflowExecutions(deadline, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name})
		if err == nil {
			return nil
		}
		if pause(deadline, 200*time.Millisecond) != nil {
			return fmt.Errorf("the servers do not get to know namespace %s: %w", name, err)
		}
	}
}

func (s *stage) later(end func() error) { s.closers = append(s.closers, end) }

func (s *stage) close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	return errors.Join(errs...)
}

// ledgerKind says where the ledgers are.
func (s *stage) ledgerKind() string {
	if s.postgres == "" {
		return "SQLite"
	}
	return "PostgreSQL"
}

func (s *stage) temporalKind() string {
	if s.embedded != nil {
		return "embedded, in memory"
	}
	return strings.TrimSpace("given, at " + s.temporalAt)
}

// pause waits, and fails when ctx is over.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
