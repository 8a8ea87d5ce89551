// Command starter is the command line of backend services and operators: it opens disputes, sends them messages, and
// shows where they stand.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/plain"
	"github.com/streitfall/streitfall/starter/terminal"
	"github.com/streitfall/streitfall/starter/workerprocess"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if workerprocess.Wanted() { // by the demo
		os.Exit(workerprocess.Work(nil))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: terminal.Is(os.Stdin) && terminal.Is(os.Stderr),
	}, os.Getenv)
	stop()
	os.Exit(code)
}

// streams are the input and outputs of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// terminal is true if in and err are a terminal, so that a user can be asked.
	terminal bool
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, io streams, getenv func(string) string) int {
	raw := io.out
	io.out, io.err = plain.Writer(io.out), plain.Writer(io.err)
	app := &app{streams: io, raw: raw, getenv: getenv}
	defer app.close()
	root := app.root() //nolint:contextcheck // the commands get the context when they are executed
	root.SetArgs(args)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	cmd, err := root.ExecuteContextC(ctx)
	failure, failed := errors.AsType[*failure](err)
	switch {
	case err == nil:
		return exitDone
	case failed:
		fmt.Fprintf(io.err, "%s\n", explain(failure.cause))
		return exitFailed
	default:
		fmt.Fprintf(io.err, "%v\nUsage: %s\nRun '%s --help' for more.\n", err, cmd.UseLine(), cmd.CommandPath())
		return exitUsage
	}
}

// failure is an error of a command that was used correctly. Every other error is wrong usage.
type failure struct {
	cause error
}

func (f *failure) Error() string { return f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

// does returns a cobra function whose errors are failures.
func does(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := do(cmd.Context(), args); err != nil {
			return &failure{cause: err}
		}
		return nil
	}
}

// explain returns the text of an error: a refusal with its code and every fault on a line of its own.
func explain(err error) string {
	if _, ok := errors.AsType[*ignored](err); ok {
		return err.Error()
	}
	refusal, ok := errors.AsType[*dispute.Refusal](err)
	if !ok {
		return "failed: " + err.Error()
	}
	text := fmt.Sprintf("refused (%s): %s", refusal.Code, refusal.Message)
	for _, fault := range refusal.Faults {
		text += "\n  " + dispute.Faults{fault}.String()
	}
	return text
}

const about = `starter opens payment disputes on Temporal, sends them messages, and shows where they stand.

A dispute pauses the invoice of an order and gives merchant and customer 14 to 21 business days to
agree. Otherwise Klarna arbitrates: the invoice is reactivated, or the amount is charged back.

The whole process, with nothing but Go installed:

  starter demo

One dispute by hand, with a running Temporal (temporal server start-dev) and worker (go run ./worker):

  starter ledger import --example > ledger.json     a merchant and an invoice
  starter ledger import ledger.json
  starter open --example > dispute.json             a dispute about that invoice
  starter open dispute.json
  starter status kd-2026-0001                       the status of the dispute, with its timeline
  starter agree kd-2026-0001 --terms customer_pays --reported-by customer

The connection to Temporal is configured as for all Temporal tools (TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TLS, API key, profiles; default localhost:7233); where payloads are encrypted,
PAYLOAD_KEYS must be the worker's. Commands on the ledger need the worker's LEDGER_URL. What
moves money asks before, or needs --yes where there is no terminal. Exit codes:
0 done, 1 refused or failed, 2 wrong usage.`

// errSubcommand is the error of a command that was called without one of its subcommands.
var errSubcommand = errors.New("a subcommand is required")

// exactly accepts one argument, which a user knows as what: "the ID of a dispute".
func exactly(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return fmt.Errorf("%s is missing", what)
		case 1:
			return nil
		default:
			return fmt.Errorf("one argument is allowed, %s, not %d: %s", what, len(args), strings.Join(args, " "))
		}
	}
}

// The arguments of commands.
const (
	disputeID  = "the ID of a dispute"
	invoiceID  = "the ID of an invoice"
	merchantID = "the ID of a merchant"
)

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:                   "starter COMMAND",
		Short:                 "Open, drive and read payment disputes",
		Long:                  about,
		SilenceErrors:         true,
		DisableFlagsInUseLine: true,
		SilenceUsage:          true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errSubcommand)
		},
	}
	root.AddGroup(
		&cobra.Group{ID: "dispute", Title: "Disputes:"},
		&cobra.Group{ID: "message", Title: "Messages to a dispute:"},
		&cobra.Group{ID: "ledger", Title: "Ledger, merchants, portal and installation:"},
		&cobra.Group{ID: "try", Title: "Try out:"},
	)
	add(root, "dispute", a.open(), a.status(), a.caseCommand(), a.list())
	add(root, "message", a.messages()...)
	add(root, "ledger", a.ledger(), a.events(), a.merchant(), a.inbox(), a.portal(), a.doctor(), a.erase())
	add(root, "try", a.demo(), a.deadline(), a.mail())
	root.SetHelpCommand(help())
	root.SetCompletionCommandGroupID("try")
	return root
}

// help replaces the library's own command, which exits with 0 for an unknown command.
func help() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return err
			case len(rest) > 0:
				return fmt.Errorf("unknown command %q for %q", rest[0], found.CommandPath())
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

func add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, command := range commands {
		command.GroupID = group
		root.AddCommand(command)
	}
}
