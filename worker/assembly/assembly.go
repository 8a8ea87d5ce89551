// Package assembly builds a worker from its configuration: adapters, activities, workflow. It is the only
// place where they meet; the worker's main, the demo and the end-to-end tests all start what it builds.
package assembly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/arbiter"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// stopTime is how long a worker that is asked to stop lets running activities finish.
const stopTime = 30 * time.Second

// keptRuns is how many disputes a worker keeps in memory between their tasks, each with about 80 KB. Most of them
// wait for weeks; one that is not kept is replayed from its history, which takes some milliseconds.
const keptRuns = 3000

// pollers ask for tasks, as many at a time as pay. With a fixed number of them new disputes stall after a burst of
// signals, for up to a minute. There are always some for each of the four partitions that Temporal makes of a task queue:
// one without any hands its tasks to others, ten a second, and rests two seconds when that was too many.
var pollers = worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{MinimumNumberOfPollers: 10})

// Worker is an assembled worker.
type Worker struct {
	temporal worker.Worker
	ledger   *ledger.Ledger
	health   *health
}

// Systems are what the process acts on.
type Systems struct {
	Ledger  activities.Ledger
	Outbox  activities.ReceiptStore
	Portal  activities.Channel
	Email   activities.Channel
	Arbiter activities.Arbiter
}

// New opens the ledger, makes sure of the search attributes and assembles a worker on a connection to
// Temporal, which it does not close. Detours stand between the process and its systems; tests make their
// faults with them.
func New(ctx context.Context, temporal client.Client, namespace string, c Config, log *slog.Logger,
	detours ...func(*Systems),
) (*Worker, error) {
	email, err := newMail(c, log)
	if err != nil {
		return nil, err
	}
	if err := ensureSearchAttributes(ctx, temporal, namespace); err != nil {
		return nil, err
	}
	books, err := ledger.Open(ctx, c.LedgerURL)
	if err != nil {
		return nil, fmt.Errorf("LEDGER_URL: %w", err)
	}
	if err := books.Claim(ctx, namespace); err != nil {
		return nil, errors.Join(fmt.Errorf("LEDGER_URL: %w", err), books.Close())
	}
	metered := meteredBooks{books}
	systems := Systems{
		Ledger: metered, Outbox: metered, Portal: meteredChannel{portal.New(books.Inbox(), c.WebhookNetworks), dispute.ChannelPortal},
		Email: meteredChannel{email, dispute.ChannelEmail}, Arbiter: newArbiter(c),
	}
	for _, detour := range detours {
		detour(&systems)
	}
	worker.SetStickyWorkflowCacheSize(keptRuns)
	w := worker.New(temporal, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout:          stopTime,
		DeploymentOptions:          c.deployment(),
		Interceptors:               []interceptor.WorkerInterceptor{activities.Refusals()},
		WorkflowTaskPollerBehavior: pollers,
		ActivityTaskPollerBehavior: pollers,
	})
	register(w, systems, c.DeskEmail)
	w.RegisterActivity(activities.NewReconciliation(books, workflows.NewClient(temporal), time.Now))
	return &Worker{temporal: w, ledger: books, health: newHealth(temporal, namespace, books)}, nil
}

// register gives the worker the workflows and the steps of a dispute.
func register(w worker.Registry, systems Systems, deskEmail string) {
	w.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	w.RegisterWorkflowWithOptions(workflows.Reconciliation, workflow.RegisterOptions{Name: workflows.ReconciliationType})
	w.RegisterActivity(activities.NewInvoices(systems.Ledger, time.Now))
	notifications := activities.NewNotifications(systems.Outbox, systems.Portal, systems.Email, deskEmail, time.Now)
	w.RegisterActivity(notifications)
	w.RegisterActivity(&activities.Deadlines{})
	w.RegisterActivity(activities.NewArbitration(systems.Arbiter))
}

func newMail(c Config, log *slog.Logger) (activities.Channel, error) {
	if c.SMTPURL != "" {
		server, err := mail.NewSMTP(c.SMTPURL, c.MailFrom)
		if err != nil {
			return nil, fmt.Errorf("SMTP_URL: %w", err)
		}
		return server, nil
	}
	folder, err := mail.NewFolder(c.MailDir, c.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("MAIL_DIR: %w", err)
	}
	log.Warn("mails are written to a folder: nobody is reached by e-mail", "MAIL_DIR", c.MailDir)
	return folder, nil
}

func newArbiter(c Config) activities.Arbiter {
	if c.Arbiter == ArbiterRules {
		return arbiter.Rules{}
	}
	return arbiter.Desk{}
}

// Run takes tasks until ctx ends, lets running activities finish, at most stopTime, and closes the
// ledger. It fails when Temporal cannot be reached or refuses the worker for good.
func (w *Worker) Run(ctx context.Context) error {
	interrupt := make(chan any)
	stop := context.AfterFunc(ctx, func() {
		w.health.phase.Store(phaseStopping)
		close(interrupt)
	})
	defer stop()
	w.health.phase.CompareAndSwap(phaseStarting, phaseRunning)
	return errors.Join(w.temporal.Run(interrupt), w.Close())
}

// Close closes the ledger of a worker that does not run. After Run it does nothing.
func (w *Worker) Close() error {
	return w.ledger.Close()
}
