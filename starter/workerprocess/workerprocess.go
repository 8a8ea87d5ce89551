// Package workerprocess runs the assembled worker as a process of its own, so that it can be killed. A program starts
// itself again for that, so its main function begins with:
//
//	if workerprocess.Wanted() {
//		os.Exit(workerprocess.Work(nil))
//	}
package workerprocess

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/worker/assembly"
)

// asWorker is set in the environment of worker processes.
const asWorker = "STREITFALL_AS_WORKER"

// inherited are the variables that any program may need.
var inherited = []string{"PATH", "HOME", "TMPDIR"}

// Start starts this program again as a worker, and returns when it polls for tasks. The variables configure it as they do
// the worker command; it inherits no other configuration.
func Start(ctx context.Context, variables map[string]string) (*process.Server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	server := process.NewServer(process.Program{
		Name: "worker", Command: func() *exec.Cmd { return command(program, variables) },
		Ready: ready, Remove: func() error { return nil },
	})
	if err := server.Launch(ctx); err != nil {
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	return server, nil
}

func command(program string, variables map[string]string) *exec.Cmd {
	cmd := exec.Command(program)
	cmd.Env = []string{asWorker + "=1"}
	for _, name := range inherited {
		cmd.Env = append(cmd.Env, name+"="+os.Getenv(name))
	}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

func ready(ctx context.Context, child *process.Process) error {
	select {
	case <-child.Printed():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Wanted reports whether this process was started as a worker.
func Wanted() bool { return os.Getenv(asWorker) != "" }

// Work runs the worker until the process is interrupted, and returns its exit code. The program may configure the client of
// Temporal (nil changes nothing), and decorate the systems that the worker acts on.
func Work(configure func(*client.Options), decorators ...func(*assembly.Systems)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := work(ctx, configure, decorators); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func work(ctx context.Context, configure func(*client.Options), decorators []func(*assembly.Systems)) (err error) {
	config, err := assembly.ConfigFromEnv(os.Getenv)
	if err != nil {
		return err
	}
	quiet, namespace := slog.New(slog.DiscardHandler), cmp.Or(os.Getenv("TEMPORAL_NAMESPACE"), client.DefaultNamespace)
	options := client.Options{HostPort: os.Getenv("TEMPORAL_ADDRESS"), Namespace: namespace, Logger: log.NewStructuredLogger(quiet)}
	if configure != nil {
		configure(&options)
	}
	temporal, err := client.DialContext(ctx, assembly.AnyWorkflowID(options))
	if err != nil {
		return err
	}
	defer temporal.Close()
	worker, err := assembly.New(ctx, temporal, namespace, config, quiet, decorators...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, "polling for tasks") // Start waits for it
	return errors.Join(err, worker.Run(ctx))
}
