package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sethvargo/go-retry"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/worker/assembly"
)

// testbed is one Temporal and one mail server, and a system for each mode.
type testbed struct {
	// temporal configures the connection to the server. Without an address, open starts a server.
	temporal client.Options
	// postgres is the URL of the database for the ledgers; "" keeps them in SQLite.
	postgres string
	// messages receives lines for people and the warnings of the workers.
	messages io.Writer

	mailbox *mailbox.Mailbox
	systems map[mode]*system
	opened  []*system // in the order of opening
}

// system runs the disputes of one mode, in a namespace and on a ledger of its own.
type system struct {
	*environment.Environment
	*progress
	mode     mode
	messages io.Writer
}

// open starts everything that the modes need. After an error too, close stops what has started.
func (t *testbed) open(ctx context.Context, modes ...mode) (err error) {
	if t.mailbox, err = mailbox.Open(); err != nil {
		return err
	}
	t.mailbox.KeepNothing()
	name := fmt.Sprintf("streitfall_load_%d_%d_", time.Now().Unix(), os.Getpid())
	t.systems = map[mode]*system{}
	for _, m := range modes {
		if err := t.openSystem(ctx, m, name+string(m)); err != nil {
			return fmt.Errorf("%s: %w", m, err)
		}
	}
	return nil
}

func (t *testbed) openSystem(ctx context.Context, m mode, name string) (err error) {
	s := &system{progress: &progress{}, mode: m, messages: t.messages}
	s.restart()
	options := environment.Options{Temporal: t.temporal, SMTPURL: t.mailbox.URL(), Progress: t.messages}
	options.Temporal.Namespace = name
	options.Temporal.Logger = log.NewStructuredLogger(assembly.Log{Level: slog.LevelWarn, Format: assembly.LogText}.New(t.messages))
	options.Temporal.Interceptors = []interceptor.ClientInterceptor{&instruments{mode: m, report: s.report}}
	if t.postgres != "" {
		if options.LedgerURL, err = createSchema(ctx, t.postgres, name); err != nil {
			return err
		}
	}
	if s.Environment, err = environment.Start(ctx, options); err != nil {
		return err
	}
	t.systems[m], t.opened = s, append(t.opened, s)
	t.temporal.HostPort = s.Address()
	if err := createNamespace(ctx, s.Temporal, name); err != nil {
		return err
	}
	variables := map[string]string{"ARBITER": assembly.ArbiterRules}
	if m == floor {
		return s.StartWorker(ctx, variables, useNothing)
	}
	return s.StartWorker(ctx, variables)
}

// close closes the systems in reverse order, because the first one may have started Temporal.
func (t *testbed) close() (err error) {
	for n := len(t.opened) - 1; n >= 0; n-- {
		err = errors.Join(err, t.opened[n].Close())
	}
	return errors.Join(err, t.mailbox.Leave())
}

// createNamespace creates a namespace and waits until all parts of the server know it.
func createNamespace(ctx context.Context, temporal client.Client, name string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := temporal.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return retry.Constant(ctx, 200*time.Millisecond, func(ctx context.Context) error {
		_, err := temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{})
		return retry.RetryableError(err)
	})
}

// createSchema creates a schema for a ledger in a PostgreSQL database and returns the URL of the ledger.
func createSchema(ctx context.Context, database, schema string) (string, error) {
	connection, err := pgx.Connect(ctx, database)
	if err != nil {
		return "", fmt.Errorf("LEDGER_URL (without it, ledgers are in SQLite): %w", err)
	}
	_, err = connection.Exec(ctx, "create schema "+schema)
	if err := errors.Join(err, connection.Close(ctx)); err != nil {
		return "", err
	}
	u, err := url.Parse(database)
	if err != nil {
		return "", errors.New("LEDGER_URL must be a URL: postgres://USER:PASSWORD@HOST:5432/DATABASE")
	}
	settings := u.Query()
	settings.Set("search_path", schema)
	u.RawQuery = settings.Encode()
	return u.String(), nil
}

// setting describes where something was measured.
func (t *testbed) setting() string {
	temporal, ledger := "embedded Temporal", "SQLite"
	if t.opened[0].Server == nil {
		temporal = "Temporal at " + t.temporal.HostPort
	}
	if t.postgres != "" {
		ledger = "PostgreSQL"
	}
	return fmt.Sprintf("%s, %d CPUs, %s, %s, ledger in %s",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.Version(), temporal, ledger)
}
