package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// app has what the commands share: the streams and the connections, which a command opens when it needs them.
type app struct {
	streams
	// raw is the output for programs, which read texts of others as they are, and of the demo, which has none but colours.
	raw      io.Writer
	getenv   func(string) string
	temporal client.Client
	// namespace is the namespace of temporal.
	namespace string
	// converter decodes the payloads of that namespace.
	converter converter.DataConverter
	// failures decodes its failures.
	failures converter.FailureConverter
	books    *ledger.Ledger
}

// connect connects to Temporal as the environment configures it.
func (a *app) connect(ctx context.Context) (client.Client, error) {
	if a.temporal != nil {
		return a.temporal, nil
	}
	options, err := a.connection()
	if err != nil {
		return nil, err
	}
	temporal, err := assembly.Dial(ctx, options)
	if err != nil {
		return nil, err
	}
	a.temporal = temporal
	return temporal, nil
}

// connection reads how Temporal is reached.
func (a *app) connection() (client.Options, error) {
	options, err := assembly.ConnectionFromEnv(a.getenv)
	if err != nil {
		return options, err
	}
	keys, err := a.keys()
	if err != nil {
		return options, err
	}
	a.namespace = options.Namespace
	options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	options = keys.Client(options)
	a.converter, a.failures = options.DataConverter, options.FailureConverter
	return options, nil
}

// keys are those that encrypt the payloads of Temporal and the archive.
func (a *app) keys() (encryption.Keys, error) {
	keys, err := encryption.ParseKeys(a.getenv("PAYLOAD_KEYS"))
	if err != nil {
		return encryption.Keys{}, fmt.Errorf("PAYLOAD_KEYS: %w", err)
	}
	return keys, nil
}

// disputes returns the typed client on a new connection.
func (a *app) disputes(ctx context.Context) (*workflows.Client, error) {
	temporal, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	return workflows.NewClient(temporal), nil
}

// openLedger opens the ledger that LEDGER_URL names, with ledger.Open or ledger.OpenExisting.
func (a *app) openLedger(ctx context.Context, open func(context.Context, string) (*ledger.Ledger, error)) (*ledger.Ledger, error) {
	url := a.getenv("LEDGER_URL")
	if url == "" {
		return nil, errors.New("LEDGER_URL is not set; set it to the worker's ledger, such as sqlite:ledger.db")
	}
	if folder, missing := missingFolder(url); missing {
		return nil, fmt.Errorf("LEDGER_URL names a file in the folder %s, which does not exist; make the folder or correct LEDGER_URL", folder)
	}
	var err error
	a.books, err = open(ctx, url)
	return a.books, err
}

// missingFolder reports whether a ledger's URL names a file in a folder that does not exist. SQLite itself says
// "unable to open database file (14)".
func missingFolder(url string) (folder string, missing bool) {
	path, isFile := strings.CutPrefix(url, "sqlite:")
	folder = filepath.Dir(path)
	_, err := os.Stat(folder)
	return folder, isFile && errors.Is(err, fs.ErrNotExist)
}

func (a *app) close() {
	if a.temporal != nil {
		a.temporal.Close()
	}
	if a.books != nil {
		_ = a.books.Close() // everything was committed or has failed
	}
}

// read returns the content of a file, or the standard input for "-".
func (a *app) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(a.in)
	}
	return os.ReadFile(name) //nolint:gosec // the user names the file
}

func (a *app) printf(format string, args ...any) {
	fmt.Fprintf(a.out, format, args...)
}

// jsonFlag adds --json, with which a command prints for scripts.
func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON, for scripts")
}

// answer prints what was done and where the dispute stands now, in a line or as JSON.
func (a *app) answer(asJSON bool, done string, view dispute.View) error {
	if asJSON {
		return a.printJSON(view)
	}
	a.printf("%s: %s\n", done, line(view))
	a.printProposals(view)
	return nil
}

// printJSON prints a value as indented JSON.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(a.raw)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
