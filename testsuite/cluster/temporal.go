//go:build unix

package main

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"text/template"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/workflows/encryption"
)

//go:embed temporal.yaml
var config string

// setUpSchema makes the tables of Temporal, as its user, twice: the second time changes nothing.
func (c *cluster) setUpSchema(ctx context.Context) error {
	for range 2 {
		for database, schema := range map[string]string{"temporal": "temporal", "temporal_visibility": "visibility"} {
			for _, command := range [][]string{
				{"setup-schema", "--version", "0.0"},
				{"update-schema", "--schema-name", "postgresql/v12/" + schema},
			} {
				tool := exec.CommandContext(ctx, c.sqlTool, append([]string{"--database", database}, command...)...)
				u := c.url("temporal", database)
				tool.Env = append(os.Environ(), "SQL_PLUGIN=postgres12", "SQL_HOST="+u.Hostname(), "SQL_PORT="+u.Port(),
					"SQL_USER=temporal", "SQL_PASSWORD="+c.passwords["temporal"])
				if err := quietly(tool); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// startTemporal starts the server, and makes a namespace in which closed disputes stay for 90 days.
func (c *cluster) startTemporal(ctx context.Context) error {
	var err error
	if c.ports, err = freePorts(9); err != nil {
		return err
	}
	file, err := c.writeConfig()
	if err != nil {
		return err
	}
	if c.temporal, err = c.start(exec.Command(c.server, "--config-file", file, "start"), "temporal.log"); err != nil {
		return err
	}
	keys, err := encryption.ParseKeys(c.keys)
	if err != nil {
		return err
	}
	options := keys.Client(client.Options{HostPort: c.address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	err = retry(ctx, func() error {
		c.client, err = client.DialContext(ctx, options)
		return err
	})
	if err != nil {
		return errors.Join(err, c.temporal.failure())
	}
	return retry(ctx, func() error {
		_, err := c.client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: client.DefaultNamespace, WorkflowExecutionRetentionPeriod: durationpb.New(90 * 24 * time.Hour),
		})
		if _, there := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); there {
			return nil
		}
		return err
	})
}

func (c *cluster) address() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.ports[0]))
}

// writeConfig writes the server's configuration, which has the password.
func (c *cluster) writeConfig() (path string, err error) {
	filled, err := template.New("temporal.yaml").Parse(config)
	if err != nil {
		return "", err
	}
	path = filepath.Join(c.dir, "temporal.yaml")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	err = filled.Execute(file, map[string]any{
		"Database": c.url("temporal", "temporal").Host, "Password": c.passwords["temporal"], "Ports": c.ports,
	})
	return path, errors.Join(err, file.Close())
}

// freePorts finds different free ports below 32768: Temporal keeps its own in a PostgreSQL smallint.
func freePorts(n int) (ports []int, err error) {
	for port := 20000 + mathrand.IntN(10000); len(ports) < n && port < 1<<15; port++ {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue // somebody has it
		}
		if err := listener.Close(); err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	if len(ports) < n {
		return nil, errors.New("there are not enough free ports")
	}
	return ports, nil
}
