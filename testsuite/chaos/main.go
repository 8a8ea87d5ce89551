// Command chaos runs many disputes on a real Temporal and PostgreSQL while workers, database, Temporal, mail server
// and the receiver of events fail at random, the clocks of the workers are wrong, and customers pay, and checks afterwards that
// nothing was lost:
//
//	go run ./testsuite/chaos -disputes 1000 -minutes 5 -seed 7
//
// The same seed makes the same plan: which disputes are opened when, and what fails when and for how long. Temporal keeps
// its data in a SQLite file; PostgreSQL has to be installed. Periods of weeks pass because an operator moves their
// deadlines, so no reminders are sent. The hours of a long outage pass within seconds, because the time of a run hurries then.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/streitfall/streitfall/starter/workerprocess"
)

func main() {
	if workerprocess.Wanted() {
		os.Exit(work())
	}
	disputes := flag.Int("disputes", 1000, "how many disputes are opened")
	minutes := flag.Float64("minutes", 5, "how many minutes it takes")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "the seed of the plan; different each time by default")
	flag.Parse()
	if flag.NArg() > 0 || *disputes < 1 || *minutes <= 0 {
		fmt.Fprintln(os.Stderr, "chaos: -disputes and -minutes must be positive, and no arguments are allowed")
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	plan := newPlan(*seed, *disputes, time.Duration(*minutes*float64(time.Minute)))
	report, err := run(ctx, plan, os.Getenv(envSabotage), os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "chaos: %v\n", err)
		os.Exit(1)
	}
	report.print(os.Stdout)
	if len(report.violations) > 0 {
		os.Exit(1)
	}
}
