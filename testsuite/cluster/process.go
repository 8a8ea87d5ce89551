//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// process is a program that runs until it is stopped, and its log.
type process struct {
	cmd    *exec.Cmd
	log    string
	exited chan error
	gone   bool
}

func (c *cluster) start(cmd *exec.Cmd, log string) (*process, error) {
	path := filepath.Join(c.dir, log)
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = file, file
	// A Ctrl-C is for us: we stop what we have started in its order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := errors.Join(cmd.Start(), file.Close()); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, log: path, exited: make(chan error, 1)}
	go func() { p.exited <- cmd.Wait() }()
	return p, nil
}

// stop asks the process to end and waits until it has. Stopping again does nothing.
func (p *process) stop() error {
	if p.gone {
		return nil
	}
	p.gone = true
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only when it has ended, which Wait tells
	if err := <-p.exited; err != nil {
		return errors.Join(err, p.failure())
	}
	return nil
}

// failure is the end of the log, as an error.
func (p *process) failure() error {
	text, err := os.ReadFile(p.log)
	return errors.Join(err, fmt.Errorf("%s", text[max(0, len(text)-4096):]))
}

// workerProcess is a worker of one build.
type workerProcess struct {
	*process
	build   string
	address string
}

// startWorker starts a worker and waits until it is ready.
func (c *cluster) startWorker(ctx context.Context, build string) (*workerProcess, error) {
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	w := &workerProcess{build: build, address: net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[0]))}
	cmd := exec.Command(c.worker)
	cmd.Env = []string{
		"HOME=" + c.dir, "TEMPORAL_ADDRESS=" + c.address(), "LEDGER_URL=" + c.ledgerURL(), "PAYLOAD_KEYS=" + c.keys,
		"MAIL_DIR=" + filepath.Join(c.dir, "mails"), "DESK_EMAIL=desk@klarna.example", "METRICS_ADDR=" + w.address,
		"TEMPORAL_DEPLOYMENT_NAME=" + deployment, "TEMPORAL_WORKER_BUILD_ID=" + build,
	}
	if w.process, err = c.start(cmd, fmt.Sprintf("worker-%d.log", len(c.workers)+1)); err != nil {
		return nil, err
	}
	c.workers = append(c.workers, w)
	if err := retry(ctx, func() error { return w.ready(ctx) }); err != nil {
		return nil, errors.Join(err, w.failure())
	}
	fmt.Printf("-- a worker of build %s is ready\n", build)
	return w, nil
}

func (w *workerProcess) ready(ctx context.Context) error {
	status, body, err := w.get(ctx, "/readyz")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("not ready: %s", body)
	}
	return err
}

// report prints what a worker says of itself: its health, and its own metrics.
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
	ctx, cancel := context.WithTimeout(ctx, patience)
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
