package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// app is what the commands share: the streams and, once a command needs them, the connections.
type app struct {
	streams
	getenv   func(string) string
	temporal client.Client
	// namespace is where temporal is connected to.
	namespace string
	books     *ledger.Ledger
}

// connect reaches Temporal.
func (a *app) connect(ctx context.Context) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("the configuration of Temporal is not usable: %w", err)
	}
	keys, err := encryption.ParseKeys(a.getenv("PAYLOAD_KEYS"))
	if err != nil {
		return nil, fmt.Errorf("PAYLOAD_KEYS: %w", err)
	}
	options.HostPort = cmp.Or(options.HostPort, client.DefaultHostPort)
	a.namespace = cmp.Or(options.Namespace, client.DefaultNamespace)
	options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	a.temporal, err = client.DialContext(ctx, keys.Client(options))
	if err != nil {
		return nil, fmt.Errorf("temporal cannot be reached at %s (TEMPORAL_ADDRESS): %w", options.HostPort, err)
	}
	return a.temporal, nil
}

// disputes reaches the disputes.
func (a *app) disputes(ctx context.Context) (*workflows.Client, error) {
	temporal, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	return workflows.NewClient(temporal), nil
}

// openLedger opens the ledger that LEDGER_URL names, by ledger.Open or ledger.OpenExisting.
func (a *app) openLedger(ctx context.Context, open func(context.Context, string) (*ledger.Ledger, error)) (*ledger.Ledger, error) {
	url := a.getenv("LEDGER_URL")
	if url == "" {
		return nil, errors.New("LEDGER_URL is not set; set it to the worker's ledger, such as sqlite:ledger.db")
	}
	var err error
	a.books, err = open(ctx, url)
	return a.books, err
}

func (a *app) close() {
	if a.temporal != nil {
		a.temporal.Close()
	}
	if a.books != nil {
		_ = a.books.Close() // everything was committed, or said to have failed
	}
}

// read reads a file, or the standard input for "-".
func (a *app) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(a.in)
	}
	return os.ReadFile(name) //nolint:gosec // whoever runs the command names the file
}

func (a *app) printf(format string, args ...any) {
	fmt.Fprintf(a.out, format, args...)
}

// jsonFlag lets a command print for scripts what it otherwise prints for people.
func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON, for scripts")
}

// answer prints in a line, or as JSON, where a dispute stands after what was done.
func (a *app) answer(asJSON bool, done string, view dispute.View) error {
	if asJSON {
		return a.printJSON(view)
	}
	a.printf("%s: %s\n", done, line(view))
	return nil
}

// printJSON prints a value for scripts.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
