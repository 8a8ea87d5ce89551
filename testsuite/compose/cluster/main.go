//go:build unix

// Command cluster runs the services of docker-compose.yml as processes, with the scripts and settings of the file:
// PostgreSQL with separate databases and users for Temporal and the ledger, the release of Temporal that the file names,
// and workers as versions of a Worker Deployment, with encrypted payloads. It runs a dispute to every closing reason,
// replaces one build of the workers by another meanwhile, and then kills PostgreSQL and restarts it:
//
//	go -C testsuite/compose run ./cluster
//	go -C testsuite/compose run ./cluster -stay    # keeps everything running until Ctrl-C
//
// PostgreSQL must be installed. The first run builds Temporal from source, which takes some minutes; the programs are
// kept in the user's cache folder.
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

var stay = flag.Bool("stay", false, "keep everything running until Ctrl-C")

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
		{"start PostgreSQL and create its databases", c.startPostgres},
		{"create the tables of Temporal", c.setUpSchema},
		{"start Temporal and create the namespace", c.startTemporal},
		{"start two workers of build 1 and make it the current one", c.startFirst},
		{"run disputes and replace build 1 by build 2 meanwhile", c.runDisputes},
		{"kill PostgreSQL and restart it", c.killPostgres},
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

// remain writes addresses and secrets to a file that only its owner can read, and returns when ctx ends.
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
	fmt.Println("Everything runs until Ctrl-C. To set the environment variables for it: . " + file)
	<-ctx.Done()
	return nil
}

// startFirst starts two workers and makes their build the current one; before, they get no tasks.
func (c *cluster) startFirst(ctx context.Context) error {
	for range 2 {
		if _, err := c.startWorker(ctx, "1"); err != nil {
			return err
		}
	}
	return c.makeCurrent(ctx, "1")
}

// runDisputes runs a dispute to every closing reason. Meanwhile one worker stops, two of another build start, their build
// becomes the current one, and the last worker of the first build stops.
func (c *cluster) runDisputes(ctx context.Context) error {
	ledgerURL, err := c.ledgerURL()
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, ledgerURL)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // it was only read
	played := make(chan error, 1)
	go func() { played <- demo.Play(ctx, os.Stdout, c.client, l) }()
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

// makeCurrent makes a build the current one as soon as Temporal knows it.
func (c *cluster) makeCurrent(ctx context.Context, build string) error {
	return retry(ctx, func() error {
		_, err := c.client.WorkerDeploymentClient().GetHandle(deployment).SetCurrentVersion(ctx,
			client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		return err
	})
}

// killPostgres kills PostgreSQL and restarts it. It prints health and metrics of a worker before and meanwhile, and waits
// until the worker is ready again.
func (c *cluster) killPostgres(ctx context.Context) error {
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
	fmt.Println("-- PostgreSQL runs again")
	return retry(ctx, func() error { return last.ready(ctx) })
}
