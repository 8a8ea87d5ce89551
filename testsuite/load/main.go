// Command load measures how many disputes run in a second:
//
//	go run ./testsuite/load           ours against the floor and the usual way
//	go run ./testsuite/load storm     5,000 deadlines at the same instant
//	go run ./testsuite/load weight    new disputes beside 20,000 open ones
//	go run ./testsuite/load portal    the portal's pages while disputes run
//
// It starts a Temporal that keeps everything in memory, and keeps the ledgers in SQLite. The variables and profiles of
// Temporal's tools (TEMPORAL_ADDRESS and so on) name another server, LEDGER_URL names a PostgreSQL. Give it servers that
// are there to be measured: the namespaces and schemas that it creates, streitfall_load_…, stay there.
//
// Workers, ledgers and mails are real. On the paths that wait for a deadline, weeks pass within seconds.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "load: %v\n", err)
		os.Exit(1)
	}
}
