//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
)

// load reads the file as "docker compose" does, in an environment that has secrets of this cluster's own.
func (c *cluster) load(ctx context.Context, file string) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv([]string{
		"POSTGRES_PASSWORD=" + rand.Text(), "TEMPORAL_DB_PASSWORD=" + rand.Text(), "LEDGER_DB_PASSWORD=" + rand.Text(),
		"PAYLOAD_KEYS=k1:" + base64.StdEncoding.EncodeToString(key), "TEMPORAL_DEPLOYMENT_NAME=" + deployment,
	}))
	if err != nil {
		return err
	}
	c.project, err = options.LoadProject(ctx)
	return err
}

// environment is that of a service, with what has another address here than in its network of containers.
func (c *cluster) environment(service string, here map[string]string) map[string]string {
	environment := map[string]string{"HOME": c.dir, "PATH": c.programs() + string(filepath.ListSeparator) + os.Getenv("PATH")}
	for name, value := range c.project.Services[service].Environment {
		if value != nil {
			environment[name] = *value
		}
	}
	maps.Copy(environment, here)
	return environment
}

// settings are the same as a process takes them.
func (c *cluster) settings(service string, here map[string]string) (settings []string) {
	for name, value := range c.environment(service, here) {
		settings = append(settings, name+"="+value)
	}
	return settings
}

// do runs a service that does its job and ends, twice: what has been done already is no fault.
func (c *cluster) do(ctx context.Context, service string, here map[string]string) error {
	s := c.project.Services[service]
	line := slices.Concat(s.Entrypoint, s.Command)
	for range 2 {
		job := exec.CommandContext(ctx, line[0], line[1:]...)
		job.Env = c.settings(service, here)
		if err := quietly(job); err != nil {
			return err
		}
	}
	return nil
}

// postgres is where PostgreSQL listens, with the superuser's password.
func (c *cluster) postgres() *url.URL {
	u, err := url.Parse(c.database.URL("postgres"))
	if err != nil {
		return &url.URL{User: &url.Userinfo{}} // the URL is always one
	}
	return u
}

// ledgerURL is that of the worker, with the address of PostgreSQL here.
func (c *cluster) ledgerURL() (string, error) {
	u, err := url.Parse(c.environment("worker", nil)["LEDGER_URL"])
	if err != nil {
		return "", err
	}
	u.Host = net.JoinHostPort(c.postgres().Hostname(), c.postgres().Port())
	return u.String(), nil
}
