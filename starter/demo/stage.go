package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/workflows"
)

// stage is everything that the demo starts, in a temporary place: a Temporal of its own (never one that
// has real disputes), a worker in a process of its own, a ledger and a mail folder.
type stage struct {
	dir      string
	server   *devserver.Server
	temporal client.Client
	ledger   *ledger.Ledger
	worker   *process.Server
}

func newStage() (*stage, error) {
	dir, err := os.MkdirTemp("", "streitfall-demo-")
	if err != nil {
		return nil, err
	}
	return &stage{dir: dir}, nil
}

// start starts everything. What it has started when it fails or is interrupted, close stops.
func (s *stage) start(ctx context.Context, out io.Writer) error {
	var err error
	fmt.Fprintln(out, "Starting Temporal with its Web UI …")
	s.server, err = devserver.Start(ctx, devserver.Options{UI: true, SearchAttributes: workflows.SearchAttributes, Progress: out})
	if err != nil {
		return err
	}
	if s.temporal, err = s.server.Dial(ctx); err != nil {
		return err
	}
	if s.ledger, err = ledger.Open(ctx, s.ledgerURL()); err != nil {
		return err
	}
	s.worker, err = workerprocess.Start(ctx, map[string]string{
		"TEMPORAL_ADDRESS": s.server.Address(), "LEDGER_URL": s.ledgerURL(), "MAIL_DIR": s.mailDir(),
		"MAIL_FROM": "Streitfall <streitfall@klarna.example>", "DESK_EMAIL": "desk@klarna.example",
	})
	return err
}

func (s *stage) ledgerURL() string { return "sqlite:" + filepath.Join(s.dir, "ledger.db") }
func (s *stage) mailDir() string   { return filepath.Join(s.dir, "mails") }

// close stops everything and leaves nothing lying about.
func (s *stage) close() error {
	var errs []error
	if s.worker != nil {
		errs = append(errs, s.worker.Stop())
	}
	if s.ledger != nil {
		errs = append(errs, s.ledger.Close())
	}
	if s.temporal != nil {
		s.temporal.Close()
	}
	if s.server != nil {
		errs = append(errs, s.server.Stop())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
