// Package environment runs everything that a dispute needs on this machine: Temporal, a ledger, and workers, each in
// this process or in one of its own that can be killed. The demo and the tests of the whole product run in it.
package environment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// Options say what an environment starts itself and what exists already. The zero value starts a Temporal in memory,
// a new SQLite ledger, and a folder for mails.
type Options struct {
	// Temporal configures the client. If it has a HostPort, that server is used and none is started.
	Temporal client.Options
	// UI serves the Web UI of the Temporal that is started.
	UI bool
	// Durable keeps the data of the Temporal that is started in a file, so that it survives Server.Kill.
	Durable bool
	// LedgerURL is the ledger's database; empty means a new SQLite file.
	LedgerURL string
	// SMTPURL is the mail server; empty means that mails are written to MailDir.
	SMTPURL string
	// Progress receives the progress of building Temporal, which takes minutes the first time. Nil discards it.
	Progress io.Writer
}

// Environment is a running environment. Close ends it.
type Environment struct {
	// Dir is a temporary folder, which Close removes.
	Dir string
	// Server is the Temporal server that was started; nil if one was given.
	Server *devserver.Server
	// Temporal is connected to the server, and Disputes is the typed client on that connection.
	Temporal client.Client
	Disputes *workflows.Client
	// Ledger is open on LedgerURL.
	Ledger    *ledger.Ledger
	LedgerURL string

	options Options
	closers []func() error // in the order of starting
}

// Start starts an environment without workers. If it fails, it leaves nothing behind. The context bounds the start, not
// the life of the environment.
func Start(ctx context.Context, o Options) (*Environment, error) {
	e := &Environment{options: o, LedgerURL: o.LedgerURL}
	if err := e.start(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Environment) start(ctx context.Context) (err error) {
	if e.Dir, err = os.MkdirTemp("", "streitfall-"); err != nil {
		return err
	}
	e.onClose(func() error { return os.RemoveAll(e.Dir) })
	if e.options.Temporal.HostPort == "" {
		if err := e.startTemporal(ctx); err != nil {
			return err
		}
	}
	if e.options.Temporal.Logger == nil {
		e.options.Temporal.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	}
	if e.Temporal, err = client.DialContext(ctx, assembly.AnyWorkflowID(e.options.Temporal)); err != nil {
		return fmt.Errorf("temporal cannot be reached at %s: %w", e.Address(), err)
	}
	e.onClose(func() error { e.Temporal.Close(); return nil })
	e.Disputes = workflows.NewClient(e.Temporal)
	if e.LedgerURL == "" {
		e.LedgerURL = "sqlite:" + filepath.Join(e.Dir, "ledger.db")
	}
	if e.Ledger, err = ledger.Open(ctx, e.LedgerURL); err != nil {
		return err
	}
	e.onClose(e.Ledger.Close)
	return nil
}

func (e *Environment) startTemporal(ctx context.Context) (err error) {
	o := devserver.Options{UI: e.options.UI, SearchAttributes: workflows.SearchAttributes, Progress: e.options.Progress}
	if e.options.Durable {
		o.DBFile = filepath.Join(e.Dir, "temporal.db")
	}
	if e.Server, err = devserver.Start(ctx, o); err != nil {
		return err
	}
	e.onClose(e.Server.Stop)
	e.options.Temporal.HostPort = e.Server.Address()
	return nil
}

// Address is the host:port of Temporal.
func (e *Environment) Address() string { return e.options.Temporal.HostPort }

// MailDir is the folder for mails if there is no mail server.
func (e *Environment) MailDir() string { return filepath.Join(e.Dir, "mails") }

func (e *Environment) onClose(end func() error) { e.closers = append(e.closers, end) }

// Close ends everything in the reverse order of starting, workers first, and removes Dir. Closing again does nothing.
func (e *Environment) Close() error {
	var errs []error
	for ; len(e.closers) > 0; e.closers = e.closers[:len(e.closers)-1] {
		errs = append(errs, e.closers[len(e.closers)-1]())
	}
	return errors.Join(errs...)
}
