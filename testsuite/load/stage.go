package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// stage is what all lanes share: one Temporal, one mail server, and the place of their ledgers.
type stage struct {
	// temporal is how to reach the server that is measured: a given one, or the embedded one, which keeps everything in
	// memory.
	temporal client.Options
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
	s.prefix = fmt.Sprintf("streitfall_load_%d_%d_", time.Now().Unix(), os.Getpid()) // no two at the same time alike
	if s.dir, err = os.MkdirTemp("", "streitfall-load-"); err != nil {
		return err
	}
	s.later(func() error { return os.RemoveAll(s.dir) })
	if s.temporal.HostPort == "" {
		if s.embedded, err = devserver.Start(ctx, devserver.Options{Progress: progress}); err != nil {
			return err
		}
		s.later(s.embedded.Stop)
		s.temporal = client.Options{HostPort: s.embedded.Address()}
	}
	s.temporal.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	if s.mailbox, err = mailbox.Open(); err != nil {
		return err
	}
	s.later(s.mailbox.Leave)
	s.mailbox.KeepNothing()
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

// temporalEnvironment is how a worker reaches the same server as we do, less the namespace. Of a given one that is all
// that configures Temporal's tools, but no version, of which a namespace of ours knows nothing; the embedded one is open to
// all, whatever is configured for others.
func (s *stage) temporalEnvironment(ours []string) map[string]string {
	if s.embedded != nil {
		return map[string]string{"TEMPORAL_ADDRESS": s.temporal.HostPort, "TEMPORAL_CONFIG_FILE": filepath.Join(s.dir, "none.toml")}
	}
	environment := map[string]string{}
	for _, setting := range ours {
		name, value, _ := strings.Cut(setting, "=")
		isVersion := name == "TEMPORAL_DEPLOYMENT_NAME" || name == "TEMPORAL_WORKER_BUILD_ID"
		if strings.HasPrefix(name, "TEMPORAL_") && !isVersion || name == "XDG_CONFIG_HOME" {
			environment[name] = value
		}
	}
	return environment
}

func (s *stage) connect(ctx context.Context) (err error) {
	s.root, err = client.DialContext(ctx, s.temporal)
	if err != nil {
		return fmt.Errorf("temporal cannot be reached at %s (TEMPORAL_ADDRESS): %w", s.temporal.HostPort, err)
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
	// Not to be interrupted: the server would make it after we had deleted it.
	whole, done := context.WithTimeout(context.WithoutCancel(ctx), known)
	defer done()
	if s.embedded == nil {
		s.later(func() error { return s.deleteNamespace(context.WithoutCancel(ctx), name) })
	}
	_, err := s.root.WorkflowService().RegisterNamespace(whole, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		return fmt.Errorf("make namespace %s: %w", name, err)
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

// tidyWithin bounds each removal of what was made on servers of others, which does not end with the measurement.
const tidyWithin = time.Minute

// deleteNamespace deletes a namespace, which may not have come to be, and the disputes in it.
func (s *stage) deleteNamespace(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, tidyWithin)
	defer cancel()
	_, err := s.root.OperatorService().DeleteNamespace(ctx, &operatorservice.DeleteNamespaceRequest{Namespace: name})
	if _, none := errors.AsType[*serviceerror.NamespaceNotFound](err); none || err == nil {
		return nil
	}
	return fmt.Errorf("namespace %s is left on the server: %w", name, err)
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
	return "given, at " + s.temporal.HostPort
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
