// Package workerprocess runs the assembled worker as a process of its own, so that it can be killed. The program
// that wants one starts itself again, and first of all asks Wanted what it has been started for:
//
//	func main() {
//		if workerprocess.Wanted() {
//			os.Exit(workerprocess.Work(nil))
//		}
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
	"google.golang.org/grpc"

	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/worker/assembly"
)

// asWorker is set in the environment of a process that is to be a worker.
const asWorker = "STREITFALL_AS_WORKER"

// kept are the variables of ours that any program may need.
var kept = []string{"PATH", "HOME", "TMPDIR", "SYSTEMROOT"}

// Start starts the program itself once more, as a worker, and returns when it takes tasks. The environment
// configures it as it does a worker in life; nothing else of ours does.
func Start(ctx context.Context, environment map[string]string) (*process.Server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	server := process.NewServer(process.Program{
		Name: "worker", Command: func() *exec.Cmd { return command(program, environment) },
		Ready: ready, Remove: func() error { return nil },
	})
	if err := server.Launch(ctx); err != nil {
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	return server, nil
}

func command(program string, environment map[string]string) *exec.Cmd {
	cmd := exec.Command(program)
	cmd.Env = []string{asWorker + "=1"}
	for _, name := range kept {
		cmd.Env = append(cmd.Env, name+"="+os.Getenv(name))
	}
	for name, value := range environment {
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

// Wanted tells whether this process is to be a worker.
func Wanted() bool { return os.Getenv(asWorker) != "" }

// Work is what a process does that is to be a worker, until it is interrupted. The result is its exit code. What
// is dialled, and what stands between the process and its systems, is up to the program.
func Work(dial []grpc.DialOption, detours ...func(*assembly.Systems)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := work(ctx, dial, detours); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func work(ctx context.Context, dial []grpc.DialOption, detours []func(*assembly.Systems)) (err error) {
	config, err := assembly.ConfigFromEnv(os.Getenv)
	if err != nil {
		return err
	}
	quiet, namespace := slog.New(slog.DiscardHandler), cmp.Or(os.Getenv("TEMPORAL_NAMESPACE"), client.DefaultNamespace)
	temporal, err := client.DialContext(ctx, client.Options{
		HostPort: os.Getenv("TEMPORAL_ADDRESS"), Namespace: namespace, Logger: log.NewStructuredLogger(quiet),
		ConnectionOptions: client.ConnectionOptions{DialOptions: dial},
	})
	if err != nil {
		return err
	}
	defer temporal.Close()
	worker, err := assembly.New(ctx, temporal, namespace, config, quiet, detours...)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, "taking disputes"); err != nil {
		return errors.Join(err, worker.Run(ctx))
	}
	return worker.Run(ctx)
}
