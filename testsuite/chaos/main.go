// Command chaos runs many disputes on a real Temporal and PostgreSQL while workers, database, Temporal and mail
// server fail at random, and checks afterwards that nothing was lost:
//
//	go run ./testsuite/chaos -disputes 1000 -minutes 5 -seed 7
//
// The same seed gives the same plan: which disputes are opened when, and what fails when and for how long.
// Temporal is the embedded one, on a SQLite file; PostgreSQL has to be installed. Periods of weeks pass because an
// operator moves their deadlines, so reminders are the one kind of message that does not come up.
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
		os.Exit(workerprocess.Work(nil, sabotage))
	}
	disputes := flag.Int("disputes", 1000, "how many disputes are opened")
	minutes := flag.Float64("minutes", 5, "how long it goes on")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "what the plan is made from; the default is another one each time")
	flag.Parse()
	if flag.NArg() > 0 || *disputes < 1 || *minutes <= 0 {
		fmt.Fprintln(os.Stderr, "chaos takes at least one dispute and more than no time, and no other arguments")
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
