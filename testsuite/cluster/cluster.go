//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/testsuite/postgres"
)

const (
	// version is that of the Temporal server, newer than the embedded one.
	version    = "v1.32.1"
	deployment = "streitfall"
	// patience is how long each part may take until it answers.
	patience = 90 * time.Second
)

// cluster is what runs, in a temporary place.
type cluster struct {
	dir             string
	server, sqlTool string
	worker          string

	database *postgres.Server
	// passwords are those of the databases' users, by name.
	passwords map[string]string
	ports     []int
	temporal  *process
	client    client.Client
	workers   []*workerProcess
	keys      string
}

// build builds the programs: Temporal's into the user's cache folder, where they stay.
func (c *cluster) build(ctx context.Context) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	programs := filepath.Join(cache, "streitfall", "temporal-"+version)
	c.server, c.sqlTool, c.worker = filepath.Join(programs, "server"), filepath.Join(programs, "sql"), filepath.Join(c.dir, "worker")
	_, errServer := os.Stat(c.server)
	_, errTool := os.Stat(c.sqlTool)
	if errors.Join(errServer, errTool) != nil {
		install := exec.CommandContext(ctx, "go", "install", "go.temporal.io/server/cmd/server@"+version, "go.temporal.io/server/cmd/tools/sql@"+version)
		install.Env = append(os.Environ(), "GOBIN="+programs)
		if err := quietly(install); err != nil {
			return err
		}
	}
	return quietly(exec.CommandContext(ctx, "go", "build", "-o", c.worker, "github.com/streitfall/streitfall/worker"))
}

// startPostgres makes the databases and users of docker-compose.yml.
func (c *cluster) startPostgres(ctx context.Context) error {
	var err error
	if c.database, err = postgres.Start(ctx); err != nil {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	c.keys = "k1:" + base64.StdEncoding.EncodeToString(key)
	c.passwords = map[string]string{"temporal": rand.Text(), "ledger": rand.Text()}
	super, err := pgx.Connect(ctx, c.database.URL("postgres"))
	if err != nil {
		return err
	}
	defer super.Close(ctx) //nolint:errcheck // all statements were answered
	for _, statement := range []string{
		"create role temporal login password '" + c.passwords["temporal"] + "'",
		"create role ledger login password '" + c.passwords["ledger"] + "'",
		"create database temporal owner temporal",
		"create database temporal_visibility owner temporal",
		"create database ledger owner ledger",
		"revoke connect on database temporal, temporal_visibility, ledger from public",
	} {
		if _, err := super.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// url is that of a database, as its owner.
func (c *cluster) url(owner, database string) *url.URL {
	u, err := url.Parse(c.database.URL(database))
	if err != nil {
		return &url.URL{} // the URL is always one
	}
	u.User = url.UserPassword(owner, c.passwords[owner])
	return u
}

func (c *cluster) ledgerURL() string {
	return c.url("ledger", "ledger").String()
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
		errs = append(errs, c.temporal.stop())
	}
	if c.database != nil {
		errs = append(errs, c.database.Stop())
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
