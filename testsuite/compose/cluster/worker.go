//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/streitfall/streitfall/starter/process"
)

// stopTime is how long a process may take to stop gracefully, as in docker-compose.yml.
const stopTime = 40 * time.Second

// workerProcess is a worker of one build.
type workerProcess struct {
	*process.Process
	build   string
	address string
	stopped bool
}

// startWorker starts a worker and waits until it is ready.
func (c *cluster) startWorker(ctx context.Context, build string) (*workerProcess, error) {
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	ledgerURL, err := c.ledgerURL()
	if err != nil {
		return nil, err
	}
	w := &workerProcess{build: build, address: net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[0]))}
	cmd := exec.Command(c.worker)
	cmd.Env = c.settings("worker", map[string]string{
		"TEMPORAL_ADDRESS": c.address(), "LEDGER_URL": ledgerURL, "SMTP_URL": c.mailbox.URL(), "METRICS_ADDR": w.address,
		"TEMPORAL_WORKER_BUILD_ID": build,
	})
	if w.Process, err = process.Start(cmd); err != nil {
		return nil, err
	}
	c.workers = append(c.workers, w)
	if err := retry(ctx, func() error { return w.ready(ctx) }); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, w.Logs())
	}
	fmt.Printf("-- a worker of build %s is ready\n", build)
	return w, nil
}

// stop stops the worker gracefully. Stopping again does nothing.
func (w *workerProcess) stop() error {
	if w.stopped {
		return nil
	}
	w.stopped = true
	return w.Stop(stopTime)
}

func (w *workerProcess) ready(ctx context.Context) error {
	status, body, err := w.get(ctx, "/readyz")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("not ready: %s", body)
	}
	return err
}

// report prints the health of a worker and the metrics of the product.
func (w *workerProcess) report(ctx context.Context) error {
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		status, body, err := w.get(ctx, path)
		if err != nil {
			return err
		}
		fmt.Printf("GET %s: %d\n", path, status)
		for line := range strings.Lines(body) {
			if path != "/metrics" || strings.HasPrefix(line, "streitfall_") && !strings.Contains(line, "_bucket{") {
				fmt.Print("  " + line)
			}
		}
	}
	return nil
}

func (w *workerProcess) get(ctx context.Context, path string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.address+path, nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := (&http.Client{}).Do(request)
	if err != nil {
		return 0, "", err
	}
	content, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(content), errors.Join(err, answer.Body.Close())
}
