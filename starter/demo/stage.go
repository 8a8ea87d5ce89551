package demo

import (
	"context"
	"fmt"
	"io"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/process"
)

// stage is where the disputes of the demo run: an environment of its own, never one that has real disputes, with a
// worker in a process of its own. Play has a client and a ledger alone.
type stage struct {
	environment *environment.Environment
	temporal    client.Client
	ledger      *ledger.Ledger
	worker      *process.Server
}

// start starts the environment and the worker. close is needed even if it fails.
func (s *stage) start(ctx context.Context, out io.Writer) (err error) {
	fmt.Fprintln(out, "Starting Temporal with its Web UI …")
	if s.environment, err = environment.Start(ctx, environment.Options{UI: true, Progress: out}); err != nil {
		return err
	}
	s.temporal, s.ledger = s.environment.Temporal, s.environment.Ledger
	s.worker, err = s.environment.StartWorkerProcess(ctx, nil)
	return err
}

// close stops everything and removes what it has written.
func (s *stage) close() error {
	if s.environment == nil {
		return nil
	}
	return s.environment.Close()
}
