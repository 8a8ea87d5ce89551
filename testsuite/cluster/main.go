//go:build unix

// Command cluster runs docker-compose.yml as processes, with its scripts and its settings: PostgreSQL with databases
// and users of their own for Temporal and the ledger, the Temporal that the file names, built from its sources, its
// schema and namespace, and workers as versions of a Worker Deployment, encrypted and watched. Disputes of every
// closing reason run on it, while one build of the workers is replaced by another; then PostgreSQL loses its power.
// It needs PostgreSQL installed:
//
//	go run ./testsuite/cluster
//	go run ./testsuite/cluster -stay    # it stays until Ctrl-C, for a look around
//
// The first run builds Temporal, which takes some minutes; the programs stay in the user's cache folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/demo"
)

var stay = flag.Bool("stay", false, "keep everything until Ctrl-C")

func main() {
	flag.Parse()
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
		{"build Temporal and the worker", c.build},
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
	if *stay {
		return c.remain(ctx)
	}
	return nil
}

// remain writes down how to reach everything, for the owner alone, and keeps it until ctx ends.
func (c *cluster) remain(ctx context.Context) error {
	ledgerURL, err := c.ledgerURL()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("export TEMPORAL_ADDRESS=%s LEDGER_URL='%s' PAYLOAD_KEYS='%s'\n# HTTP API of Temporal: http://127.0.0.1:%d\n",
		c.address(), ledgerURL, c.environment("worker", nil)["PAYLOAD_KEYS"], c.ports[slices.Index(ports, "FRONTEND_HTTP_PORT")])
	for _, w := range c.workers {
		if !w.stopped {
			text += fmt.Sprintf("# metrics and health of a worker of build %s: http://%s\n", w.build, w.address)
		}
	}
	file := filepath.Join(c.dir, "environment")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	fmt.Println("Everything stays until Ctrl-C. Its addresses and secrets: . " + file)
	<-ctx.Done()
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
	ledgerURL, err := c.ledgerURL()
	if err != nil {
		return err
	}
	books, err := ledger.Open(ctx, ledgerURL)
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
