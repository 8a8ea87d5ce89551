//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

const (
	deployment = "streitfall"
	// readyTimeout bounds the start of each service.
	readyTimeout = 90 * time.Second
)

// cluster has the running services.
type cluster struct {
	dir string // temporary
	// project is docker-compose.yml with generated passwords and a generated key.
	project *types.Project
	worker  string

	database *postgres.Server
	mailbox  *mailbox.Mailbox
	ports    []int
	temporal *process.Process
	client   client.Client
	workers  []*workerProcess
}

// startPostgres starts PostgreSQL and runs the script of docker-compose.yml that creates databases and users. It also
// starts the mail server.
func (c *cluster) startPostgres(ctx context.Context) error {
	var err error
	if c.mailbox, err = mailbox.Open(); err != nil {
		return err
	}
	if c.database, err = postgres.Start(ctx); err != nil {
		return err
	}
	super := c.postgres()
	password, _ := super.User.Password()
	script := exec.CommandContext(ctx, "/bin/sh", "-euc", c.project.Configs["databases"].Content)
	script.Env = c.settings("postgresql", map[string]string{"PGHOST": super.Hostname(), "PGPORT": super.Port(), "PGPASSWORD": password})
	return quietly(script)
}

// close stops everything and removes all files but the programs of Temporal.
func (c *cluster) close() error {
	var errs []error
	for _, w := range c.workers {
		errs = append(errs, w.stop())
	}
	if c.client != nil {
		c.client.Close()
	}
	if c.temporal != nil {
		errs = append(errs, c.temporal.Stop(stopTime))
	}
	if c.database != nil {
		errs = append(errs, c.database.Stop())
	}
	if c.mailbox != nil {
		errs = append(errs, c.mailbox.Leave())
	}
	return errors.Join(append(errs, os.RemoveAll(c.dir))...)
}

// quietly runs a command. Its output is part of the error if it fails.
func quietly(cmd *exec.Cmd) error {
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, output)
	}
	return nil
}

// retry repeats a call until it succeeds, at most for readyTimeout.
func retry(ctx context.Context, call func() error) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		err := call()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
