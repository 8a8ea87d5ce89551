// Command load measures how fast disputes run, and what they cost:
//
//	go run ./testsuite/load             ours against the floor and the usual way
//	go run ./testsuite/load storm       5,000 deadlines at the same instant
//	go run ./testsuite/load weight      20,000 open disputes
//	go run ./testsuite/load longlife    a dispute with everything that may happen in one
//
// It runs on the embedded Temporal with ledgers in SQLite, or on the server that the environment or the profile of
// Temporal's tools names (TEMPORAL_ADDRESS and so on), with ledgers in the PostgreSQL at LEDGER_URL. Ledgers and mails
// are real, and so is the worker; only the weeks until a deadline are short on the paths that need it. What it makes on
// given servers, it removes.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/streitfall/streitfall/starter/workerprocess"
)

func main() {
	if workerprocess.Wanted() {
		os.Exit(work())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "load: %v\n", err)
		os.Exit(1)
	}
}
