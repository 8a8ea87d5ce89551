package main

import (
	"context"
	"net"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/starter/demo"
)

func (a *app) demo() *cobra.Command {
	var o demo.Options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the whole process run, with nothing but Go installed",
		Long: `Starts a Temporal server with its Web UI, a worker, a ledger and a mail folder, all in a temporary folder,
and opens a dispute for every closing reason. One is told step by step, with its mails and its case
to open beside it; the others follow in a line each. Time passes because an operator moves the
deadlines. Two more disputes are yours: links to the portal sign you in as their merchant, their customer
and the desk. The demo stays until Ctrl-C and leaves nothing behind.

The worker is a process of its own: with --kill-worker it is killed twice, and the disputes end the
same. Colours are for terminals; NO_COLOR turns them off.

An installed temporal (server 1.29 or newer) on PATH is used. Without one, Go builds Temporal from its
source, once: several minutes, in which Go's compiler shows no progress.`,
		Args: cobra.NoArgs,
		RunE: does(func(ctx context.Context, _ []string) error {
			// A closed terminal and a closed pipe end the demo as Ctrl-C does.
			ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGPIPE)
			defer stop()
			o.Pace = 2 * time.Second
			if !o.Exit {
				o.Portal = func(ctx context.Context, variables map[string]string, listening func(net.Addr)) error {
					served := &app{streams: a.streams, raw: a.raw, getenv: func(name string) string { return variables[name] }}
					return served.servePortal(ctx, listening)
				}
			}
			return demo.Run(ctx, a.raw, o)
		}),
	}
	cmd.Flags().BoolVar(&o.Exit, "exit", false, "end when all disputes have ended; exit code 1 if one ended wrongly")
	cmd.Flags().BoolVar(&o.KillWorker, "kill-worker", false, "kill the worker (SIGKILL) twice while the disputes run")
	return cmd
}
