package environment

import (
	"cmp"
	"context"
	"log/slog"
	"maps"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/worker/assembly"
)

// Variables are the environment variables that configure a worker for this environment.
func (e *Environment) Variables() map[string]string {
	variables := map[string]string{
		"TEMPORAL_ADDRESS": e.Address(), "TEMPORAL_NAMESPACE": e.namespace(), "LEDGER_URL": e.LedgerURL,
		"MAIL_FROM": "Streitfall <streitfall@klarna.example>", "DESK_EMAIL": "desk@klarna.example",
	}
	if e.options.SMTPURL != "" {
		variables["SMTP_URL"] = e.options.SMTPURL
	} else {
		variables["MAIL_DIR"] = e.MailDir()
	}
	return variables
}

func (e *Environment) namespace() string {
	return cmp.Or(e.options.Temporal.Namespace, client.DefaultNamespace)
}

// StartWorker starts a worker in this process, on the client of the environment. It is configured by Variables and the
// given ones, which take precedence. Detours stand between the process and its systems (see assembly.New).
func (e *Environment) StartWorker(ctx context.Context, variables map[string]string, detours ...func(*assembly.Systems)) error {
	all := e.Variables()
	maps.Copy(all, variables)
	config, err := assembly.ConfigFromEnv(func(name string) string { return all[name] })
	if err != nil {
		return err
	}
	worker, err := assembly.New(ctx, e.Temporal, e.namespace(), config, slog.New(slog.DiscardHandler), detours...)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	stopped := make(chan error, 1)
	go func() { stopped <- worker.Run(running) }()
	e.onClose(func() error {
		stop()
		return <-stopped
	})
	return nil
}

// StartWorkerProcess starts this program once more, as a worker (see workerprocess), and returns when it takes tasks.
// It is configured by Variables and the given ones, which take precedence.
func (e *Environment) StartWorkerProcess(ctx context.Context, variables map[string]string) (*process.Server, error) {
	all := e.Variables()
	maps.Copy(all, variables)
	worker, err := workerprocess.Start(ctx, all)
	if err != nil {
		return nil, err
	}
	e.onClose(worker.Stop)
	return worker, nil
}
