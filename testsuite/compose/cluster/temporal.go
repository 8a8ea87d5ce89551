//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// setUpSchema creates the tables of Temporal as its user.
func (c *cluster) setUpSchema(ctx context.Context) error {
	return c.do(ctx, "temporal-schema", map[string]string{"SQL_HOST": c.postgres().Hostname(), "SQL_PORT": c.postgres().Port()})
}

// ports are the variables for the ports of Temporal's image. The first one is the port for clients.
var ports = []string{
	"FRONTEND_GRPC_PORT", "FRONTEND_MEMBERSHIP_PORT", "FRONTEND_HTTP_PORT", "MATCHING_GRPC_PORT", "MATCHING_MEMBERSHIP_PORT",
	"HISTORY_GRPC_PORT", "HISTORY_MEMBERSHIP_PORT", "WORKER_GRPC_PORT", "WORKER_MEMBERSHIP_PORT",
}

// startTemporal starts the server as its image does and creates the namespace with its search attributes.
func (c *cluster) startTemporal(ctx context.Context) error {
	file := filepath.Join(c.dir, "dynamicconfig.yaml")
	if err := os.WriteFile(file, []byte(c.project.Configs["dynamicconfig"].Content), 0o600); err != nil {
		return err
	}
	local := map[string]string{
		"POSTGRES_SEEDS": c.postgres().Hostname(), "DB_PORT": c.postgres().Port(),
		"BIND_ON_IP": "127.0.0.1", "DYNAMIC_CONFIG_FILE_PATH": file, "LOG_LEVEL": "warn",
	}
	var err error
	if c.ports, err = freePorts(len(ports)); err != nil {
		return err
	}
	for i, name := range ports {
		local[name] = strconv.Itoa(c.ports[i])
	}
	server := exec.Command(filepath.Join(c.programs(), "temporal-server"), "start")
	server.Env = c.settings("temporal", local)
	if c.temporal, err = process.Start(server); err != nil {
		return err
	}
	if err := c.do(ctx, "temporal-namespace", map[string]string{"TEMPORAL_ADDRESS": c.address()}); err != nil {
		return fmt.Errorf("%w\n%s", err, c.temporal.Logs())
	}
	return c.dial(ctx)
}

// dial connects with the keys, as a backend service does.
func (c *cluster) dial(ctx context.Context) error {
	keys, err := encryption.ParseKeys(c.environment("worker", nil)["PAYLOAD_KEYS"])
	if err != nil {
		return err
	}
	c.client, err = client.DialContext(ctx, keys.Client(client.Options{
		HostPort: c.address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}))
	return err
}

func (c *cluster) address() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.ports[0]))
}

// freePorts returns n free ports below 32768, because Temporal stores its ports in a PostgreSQL smallint.
func freePorts(n int) (ports []int, err error) {
	for port := 20000 + mathrand.IntN(10000); len(ports) < n && port < 1<<15; port++ {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue // taken
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
