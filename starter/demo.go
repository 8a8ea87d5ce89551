package main

import (
	"context"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/starter/demo"
)

func (a *app) demo() *cobra.Command {
	var o demo.Options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the whole process run, with nothing but Go installed",
		Long: `Starts a Temporal of its own with its Web UI, a worker, a ledger and a mail folder in a temporary
place, opens a dispute for every closing reason and drives each one as the real parties would. Time
passes because an operator moves the deadlines. Stays until Ctrl-C and leaves nothing behind.
The worker is a process of its own: with --kill-worker it dies twice, and all ends the same.

The first time it builds Temporal from its source, which takes some minutes.`,
		Args: cobra.NoArgs,
		RunE: does(func(ctx context.Context, _ []string) error {
			// A closed window, or a reader of the output that has gone, ends the demo like a Ctrl-C.
			ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGPIPE)
			defer stop()
			return demo.Run(ctx, a.out, o)
		}),
	}
	cmd.Flags().BoolVar(&o.Exit, "exit", false, "end when all disputes have ended; exit code 1 if one did not end as it should")
	cmd.Flags().BoolVar(&o.KillWorker, "kill-worker", false, "kill the worker (SIGKILL) twice while the disputes run; they end all the same")
	return cmd
}
