// Command worker runs disputes: it takes tasks from Temporal until it is asked to stop. It is configured
// by its environment; the README lists the variables.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/worker/assembly"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		os.Exit(1)
	}
}

// run works until ctx ends.
func run(ctx context.Context) error {
	config, configErr := assembly.ConfigFromEnv(os.Getenv)
	options, clientErr := envconfig.LoadDefaultClientOptions()
	if err := errors.Join(configErr, clientErr); err != nil {
		return fmt.Errorf("the configuration is not usable:\n%w", err)
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: config.LogLevel}))
	options.Logger = log.NewStructuredLogger(logger)
	options.HostPort = cmp.Or(options.HostPort, client.DefaultHostPort)
	options.Namespace = cmp.Or(options.Namespace, client.DefaultNamespace)
	temporal, err := client.DialContext(ctx, options)
	if err != nil {
		return fmt.Errorf("temporal cannot be reached at %s (TEMPORAL_ADDRESS): %w", options.HostPort, err)
	}
	defer temporal.Close()
	worker, err := assembly.New(ctx, temporal, options.Namespace, config, logger)
	if err != nil {
		return err
	}
	logger.Info("taking disputes", "namespace", options.Namespace, "arbiter", config.Arbiter)
	return worker.Run(ctx)
}
