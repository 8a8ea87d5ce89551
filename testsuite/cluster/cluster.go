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
	// patience is how long each part may take until it answers.
	patience = 90 * time.Second
)

// cluster is what runs, in a temporary place.
type cluster struct {
	dir string
	// project is docker-compose.yml, with passwords and a key of this cluster's own.
	project *types.Project
	worker  string

	database *postgres.Server
	mailbox  *mailbox.Mailbox
	ports    []int
	temporal *process.Process
	client   client.Client
	workers  []*workerProcess
}

// startPostgres makes the databases and users with the script of docker-compose.yml.
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

// close stops everything and leaves nothing but the programs.
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

// quietly runs a command and prints what it says only where it fails.
func quietly(cmd *exec.Cmd) error {
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, output)
	}
	return nil
}

// retry tries something until it succeeds, for as long as patience allows.
func retry(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := try()
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
