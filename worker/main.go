// Command worker runs disputes: it takes tasks from Temporal until it is interrupted. It is configured by environment
// variables, which README.md lists.
//
//	worker          runs disputes
//	worker codec    decrypts payloads for Temporal's Web UI and command line
//	worker health   checks that the worker or portal on METRICS_ADDR is ready, for containers without a shell
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/worker/codec"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		os.Exit(1)
	}
}

// run executes the command line.
func run(ctx context.Context, args []string) error {
	switch strings.Join(args, " ") {
	case "":
		return work(ctx)
	case "codec":
		return decode(ctx)
	case "health":
		return askHealth(ctx, os.Getenv("METRICS_ADDR"))
	default:
		return errors.New("usage: worker, worker codec or worker health; everything else is configured by environment variables")
	}
}

// work runs disputes until ctx ends.
func work(ctx context.Context) error {
	config, configErr := assembly.ConfigFromEnv(os.Getenv)
	options, clientErr := assembly.ConnectionFromEnv(os.Getenv)
	if err := errors.Join(configErr, clientErr); err != nil {
		return invalidConfig(err)
	}
	logger := config.Log.New(os.Stderr)
	metrics, err := assembly.NewMetrics()
	if err != nil {
		return err
	}
	options.Logger = log.NewStructuredLogger(logger)
	options.MetricsHandler = metrics.Client()
	temporal, err := assembly.Dial(ctx, config.PayloadKeys.Worker(assembly.AnyWorkflowID(options)))
	if err != nil {
		return err
	}
	defer temporal.Close()
	worker, err := assembly.New(ctx, temporal, options.Namespace, config, logger)
	if err != nil {
		return err
	}
	if config.MetricsAddr != "" {
		stop, err := serve(ctx, config.MetricsAddr, worker.Handler(metrics), logger)
		if err != nil {
			return errors.Join(fmt.Errorf("METRICS_ADDR: %w", err), worker.Close())
		}
		defer stop()
	}
	logger.Info("taking disputes", "namespace", options.Namespace, "arbiter", config.Arbiter, "encrypted", config.PayloadKeys.Any())
	return worker.Run(ctx)
}

// decode serves the codec until ctx ends.
func decode(ctx context.Context) error {
	config, configErr := codec.ConfigFromEnv(os.Getenv)
	log, logErr := assembly.LogFromEnv(os.Getenv)
	if err := errors.Join(configErr, logErr); err != nil {
		return invalidConfig(err)
	}
	logger := log.New(os.Stderr)
	stop, err := serve(ctx, config.Addr, config.Handler(logger), logger)
	if err != nil {
		return fmt.Errorf("CODEC_ADDR: %w", err)
	}
	defer stop()
	logger.Info("decrypting for the Web UI", "origin", config.Origin)
	<-ctx.Done()
	return nil
}

func invalidConfig(err error) error {
	return fmt.Errorf("the configuration is invalid:\n%w", err)
}
