//go:build unix

// Command cluster runs the topology of docker-compose.yml as processes: PostgreSQL with databases and users of
// their own for Temporal and the ledger, a Temporal server built from its sources, its schema tool, and workers as
// versions of a Worker Deployment, encrypted and watched. Disputes of every closing reason run on it, while one
// build of the workers is replaced by another; then PostgreSQL loses its power. It needs PostgreSQL installed:
//
//	go run ./testsuite/cluster
//
// The first run builds Temporal, which takes some minutes; the programs stay in the user's cache folder.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/demo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "cluster: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "streitfall-cluster-")
	if err != nil {
		return err
	}
	c := &cluster{dir: dir}
	defer func() { err = errors.Join(err, c.close()) }()
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"build Temporal " + version + " and the worker", c.build},
		{"start PostgreSQL and make its databases", c.startPostgres},
		{"set up the schema of Temporal", c.setUpSchema},
		{"start Temporal and make the namespace", c.startTemporal},
		{"start two workers of build 1 and make it current", c.startFirst},
		{"run disputes, and replace build 1 by build 2 under them", c.runDisputes},
		{"take the power from PostgreSQL, and give it back", c.losePower},
	} {
		began := time.Now()
		fmt.Printf("== %s\n", step.name)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("-- %.1f s\n\n", time.Since(began).Seconds())
	}
	return nil
}

// startFirst starts two workers, which get no tasks before their build is the current one.
func (c *cluster) startFirst(ctx context.Context) error {
	for range 2 {
		if _, err := c.startWorker(ctx, "1"); err != nil {
			return err
		}
	}
	return c.makeCurrent(ctx, "1")
}

// runDisputes drives a dispute to every closing reason. Meanwhile one worker stops, two of another build start
// and take over, and the last of the old ones stops.
func (c *cluster) runDisputes(ctx context.Context) error {
	books, err := ledger.Open(ctx, c.ledgerURL())
	if err != nil {
		return err
	}
	defer books.Close() //nolint:errcheck // it was only read
	played := make(chan error, 1)
	go func() { played <- demo.Play(ctx, os.Stdout, c.client, books) }()
	err = c.replace(ctx)
	return errors.Join(err, <-played)
}

func (c *cluster) replace(ctx context.Context) error {
	old := c.workers
	if err := old[0].stop(); err != nil {
		return err
	}
	for range 2 {
		if _, err := c.startWorker(ctx, "2"); err != nil {
			return err
		}
	}
	if err := c.makeCurrent(ctx, "2"); err != nil {
		return err
	}
	fmt.Println("-- build 2 is current; the last worker of build 1 stops")
	return old[1].stop()
}

// makeCurrent makes a build the current one, once Temporal knows it.
func (c *cluster) makeCurrent(ctx context.Context, build string) error {
	return retry(ctx, func() error {
		_, err := c.client.WorkerDeploymentClient().GetHandle(deployment).SetCurrentVersion(ctx,
			client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		return err
	})
}

// losePower kills PostgreSQL and asks a worker how it is, before, meanwhile and afterwards.
func (c *cluster) losePower(ctx context.Context) error {
	last := c.workers[len(c.workers)-1]
	if err := last.report(ctx); err != nil {
		return err
	}
	if err := c.database.Kill(); err != nil {
		return err
	}
	fmt.Println("-- PostgreSQL is killed")
	if err := last.report(ctx); err != nil {
		return err
	}
	if err := c.database.Restart(ctx); err != nil {
		return err
	}
	fmt.Println("-- PostgreSQL is back")
	return retry(ctx, func() error { return last.ready(ctx) })
}
