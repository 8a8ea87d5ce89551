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

// load reads the file as "docker compose" does, with generated secrets.
func (c *cluster) load(ctx context.Context, file string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv([]string{
		"POSTGRES_PASSWORD=" + rand.Text(), "TEMPORAL_DB_PASSWORD=" + rand.Text(), "LEDGER_DB_PASSWORD=" + rand.Text(),
		"PORTAL_KEYS=" + newKey(), "PAYLOAD_KEYS=" + newKey(), "TEMPORAL_DEPLOYMENT_NAME=" + deployment,
	}))
	if err != nil {
		return err
	}
	c.project, err = options.LoadProject(ctx)
	return err
}

func newKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return "k1:" + base64.StdEncoding.EncodeToString(key)
}

// environment returns the environment variables of a service. Those in local replace the addresses of its network of
// containers.
func (c *cluster) environment(service string, local map[string]string) map[string]string {
	environment := map[string]string{"HOME": c.dir, "PATH": c.programs() + string(filepath.ListSeparator) + os.Getenv("PATH")}
	for name, value := range c.project.Services[service].Environment {
		if value != nil {
			environment[name] = *value
		}
	}
	maps.Copy(environment, local)
	return environment
}

// settings returns the environment of a service in the form NAME=value.
func (c *cluster) settings(service string, local map[string]string) (settings []string) {
	for name, value := range c.environment(service, local) {
		settings = append(settings, name+"="+value)
	}
	return settings
}

// do runs a service that ends when its work is done. It runs it twice, because running it again must change nothing.
func (c *cluster) do(ctx context.Context, service string, local map[string]string) error {
	s := c.project.Services[service]
	line := slices.Concat(s.Entrypoint, s.Command)
	for range 2 {
		job := exec.CommandContext(ctx, line[0], line[1:]...)
		job.Env = c.settings(service, local)
		if err := quietly(job); err != nil {
			return err
		}
	}
	return nil
}

// postgres returns the URL of PostgreSQL for the superuser.
func (c *cluster) postgres() *url.URL {
	u, err := url.Parse(c.database.URL("postgres"))
	if err != nil {
		return &url.URL{User: &url.Userinfo{}} // postgres.Server.URL is always valid
	}
	return u
}

// ledgerURL returns the URL of the ledger, with the local address of PostgreSQL.
func (c *cluster) ledgerURL() (string, error) {
	u, err := url.Parse(c.environment("worker", nil)["LEDGER_URL"])
	if err != nil {
		return "", err
	}
	u.Host = net.JoinHostPort(c.postgres().Hostname(), c.postgres().Port())
	return u.String(), nil
}
