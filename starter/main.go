// Command starter is the command line of backend services and operators: it opens disputes, tells them
// what happened, and reads where they stand.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
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
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Getenv)
	stop()
	os.Exit(code)
}

// streams are the input and outputs of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, io streams, getenv func(string) string) int {
	app := &app{streams: io, getenv: getenv}
	defer app.close()
	root := app.root() //nolint:contextcheck // every command gets the context when it is executed
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
		fmt.Fprintf(io.err, "%v\nUsage: %s\nRun '%s --help' for what is possible.\n", err, cmd.UseLine(), cmd.CommandPath())
		return exitUsage
	}
}

// failure marks an error of a command that was used rightly; all others are wrong usage.
type failure struct {
	cause error
}

func (f *failure) Error() string { return f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

// does wraps what a command does, so that its errors are failures.
func does(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := do(cmd.Context(), args); err != nil {
			return &failure{cause: err}
		}
		return nil
	}
}

// explain prints a refusal with its code and every fault on a line of its own.
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

const about = `starter opens payment disputes on Temporal, tells them what happened, and reads where they stand.

A dispute pauses the invoice of an order, gives merchant and customer 14 to 21 business days to
agree, and otherwise runs the arbitration to its end: invoice reactivated, or chargeback.

With nothing but Go installed, the whole process:

  starter demo

Beside a Temporal (temporal server start-dev) and a worker (go run ./worker), one dispute by hand:

  starter ledger import --example > ledger.json     a merchant and an invoice
  starter ledger import ledger.json
  starter open --example > dispute.json             a dispute about that invoice
  starter open dispute.json
  starter status kd-2026-0001                       where it stands, with its timeline
  starter agree kd-2026-0001 --terms customer_pays --reported-by customer

Temporal is reached the way of all Temporal tools (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS, API
key, profiles; default localhost:7233), with the worker's PAYLOAD_KEYS where payloads are encrypted.
Commands on the ledger need LEDGER_URL, the same as the worker's. Exit codes: 0 done, 1 refused or
failed, 2 wrong usage.`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:                   "starter COMMAND",
		Short:                 "Open, drive and read payment disputes",
		Long:                  about,
		SilenceErrors:         true,
		DisableFlagsInUseLine: true,
		SilenceUsage:          true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errors.New("which command?"))
		},
	}
	root.AddGroup(
		&cobra.Group{ID: "dispute", Title: "Disputes:"},
		&cobra.Group{ID: "message", Title: "Messages to a dispute:"},
		&cobra.Group{ID: "ledger", Title: "Ledger, merchants and portal:"},
		&cobra.Group{ID: "try", Title: "Try out:"},
	)
	add(root, "dispute", a.open(), a.status(), a.list())
	add(root, "message", a.messages()...)
	add(root, "ledger", a.ledger(), a.merchant(), a.inbox())
	add(root, "try", a.demo(), a.deadline(), a.mail())
	root.SetHelpCommand(help())
	root.SetCompletionCommandGroupID("try")
	return root
}

// help takes the place of the library's own command, which calls an unknown command a success.
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
