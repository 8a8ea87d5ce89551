// Package assembly builds a worker from its configuration: adapters, activities, workflow. It is the only place that wires
// them; the command worker, the demo and the end-to-end tests all run the same worker.
package assembly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
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

// stopTimeout is how long running activities may take to finish when the worker stops.
const stopTimeout = 30 * time.Second

// cachedRuns is the number of disputes that a worker keeps in memory between their tasks, each with about 80 KB. Most of
// them wait for weeks; one that is not cached is replayed from its history, which takes some milliseconds.
const cachedRuns = 3000

// pollers is autoscaled: a fixed number of pollers stalls new disputes for up to a minute after a burst of signals. The
// minimum is 10, because Temporal splits a task queue into four partitions, and one without a poller forwards only ten
// tasks a second.
var pollers = worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{MinimumNumberOfPollers: 10})

// Worker runs disputes.
type Worker struct {
	temporal worker.Worker
	ledger   *ledger.Ledger
	health   *health
	// events is nil where no receiver of events is configured.
	events *eventDelivery
}

// Systems are the external systems that activities use, and their clock.
type Systems struct {
	Ledger   activities.Ledger
	Receipts activities.ReceiptStore
	Archive  activities.CaseArchive
	Portal   activities.Channel
	Email    activities.Channel
	Arbiter  activities.Arbiter
	Clock    activities.Clock
}

// New opens the ledger, registers missing search attributes and assembles a worker on a connection to Temporal, which it
// does not close. Wrappers may replace the systems by decorators; tests inject faults with them.
func New(ctx context.Context, temporal client.Client, namespace string, c Config, log *slog.Logger,
	wrappers ...func(*Systems),
) (*Worker, error) {
	email, err := newMail(c, log)
	if err != nil {
		return nil, err
	}
	if err := ensureSearchAttributes(ctx, temporal, namespace); err != nil {
		return nil, err
	}
	store, err := claimedLedger(ctx, temporal, namespace, c.LedgerURL, log)
	if err != nil {
		return nil, err
	}
	instrumented := instrumentedLedger{store}
	systems := Systems{
		Ledger: instrumented, Receipts: instrumented, Archive: instrumented,
		Portal: instrumentedChannel{portal.New(store.Inbox(), c.WebhookNetworks, c.Portal.Site), dispute.ChannelPortal},
		Email:  instrumentedChannel{email, dispute.ChannelEmail}, Arbiter: newArbiter(c),
		Clock: time.Now,
	}
	for _, wrap := range wrappers {
		wrap(&systems)
	}
	worker.SetStickyWorkflowCacheSize(cachedRuns)
	w := worker.New(temporal, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout:          stopTimeout,
		DeploymentOptions:          c.Versioned(),
		Interceptors:               []interceptor.WorkerInterceptor{activities.Refusals()},
		WorkflowTaskPollerBehavior: pollers,
		ActivityTaskPollerBehavior: pollers,
	})
	register(w, systems, c)
	w.RegisterActivity(activities.NewReconciliation(store, workflows.NewClient(temporal), systems.Clock))
	return &Worker{temporal: w, ledger: store, health: newHealth(temporal, namespace, store), events: newEventDelivery(c, store, log)}, nil
}

// claimedLedger opens the ledger and claims it for the namespace.
func claimedLedger(ctx context.Context, temporal client.Client, namespace, url string, log *slog.Logger) (*ledger.Ledger, error) {
	owner, err := NamespaceOf(ctx, temporal, namespace)
	if err != nil {
		return nil, err
	}
	store, err := ledger.Open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("LEDGER_URL: %w", err)
	}
	if name, made := store.Name(); made {
		log.Info("made a new ledger", "ledger", name)
	}
	if err := store.Claim(ctx, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("LEDGER_URL: %w", err), store.Close())
	}
	return store, nil
}

// register registers workflows and activities.
func register(w worker.Registry, systems Systems, c Config) {
	w.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	w.RegisterWorkflowWithOptions(workflows.Reconciliation, workflow.RegisterOptions{Name: workflows.ReconciliationType})
	w.RegisterActivity(activities.NewInvoices(systems.Ledger, systems.Clock))
	notifications := activities.NewNotifications(systems.Receipts, systems.Portal, systems.Email, c.DeskEmail, systems.Clock)
	w.RegisterActivity(notifications)
	w.RegisterActivity(&activities.Deadlines{})
	w.RegisterActivity(activities.NewArbitration(systems.Arbiter))
	w.RegisterActivity(activities.NewArchive(systems.Archive, c.PayloadKeys, time.Now))
}

func newMail(c Config, log *slog.Logger) (activities.Channel, error) {
	if c.SMTPURL != "" {
		server, err := c.SMTP()
		if err == nil && c.FromLocalhost() {
			log.Warn("mails come from an address at localhost, which mail servers refuse; set MAIL_FROM", "MAIL_FROM", c.MailFrom)
		}
		return server, err
	}
	folder, err := mail.NewFolder(c.MailDir, c.sender())
	if err != nil {
		return nil, fmt.Errorf("MAIL_DIR: %w", err)
	}
	log.Warn("mails are written to a folder: nobody is reached by e-mail", "MAIL_DIR", c.MailDir)
	return folder, nil
}

// SMTP returns the channel to the mail server of SMTP_URL.
func (c Config) SMTP() (*mail.SMTP, error) {
	server, err := mail.NewSMTP(c.SMTPURL, c.MailHELO, c.sender())
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return server, nil
}

// FromLocalhost reports whether the sender of all mails is an address at localhost.
func (c Config) FromLocalhost() bool {
	address, err := netmail.ParseAddress(c.MailFrom)
	return err == nil && strings.HasSuffix(strings.ToLower(address.Address), "@localhost")
}

func newArbiter(c Config) activities.Arbiter {
	if c.Arbiter == ArbiterRules {
		return arbiter.Rules{}
	}
	return arbiter.Desk{}
}

// Versioned returns the options for a version of a Worker Deployment, if one is configured. The worker then gets tasks
// once an operator makes its version the current one. Running disputes move to that version too (auto-upgrade): they
// live for weeks, and no build is kept running for its last dispute.
func (c Config) Versioned() worker.DeploymentOptions {
	if c.Deployment == "" {
		return worker.DeploymentOptions{}
	}
	return worker.DeploymentOptions{
		UseVersioning:             true,
		Version:                   worker.WorkerDeploymentVersion{DeploymentName: c.Deployment, BuildID: c.BuildID},
		DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	}
}

// Run takes tasks until ctx ends, waits up to 30 seconds for running activities and closes the ledger. It returns an
// error if Temporal cannot be reached or refuses the worker.
func (w *Worker) Run(ctx context.Context) error {
	interrupt := make(chan any)
	stop := context.AfterFunc(ctx, func() {
		w.health.phase.Store(phaseStopping)
		close(interrupt)
	})
	defer stop()
	w.health.phase.CompareAndSwap(phaseStarting, phaseRunning)
	stopDelivery := w.deliverEvents(ctx)
	err := w.temporal.Run(interrupt)
	stopDelivery()
	return errors.Join(err, w.Close())
}

// deliverEvents delivers events, if a receiver is configured, until ctx ends or stop is called, which waits for what is under
// way.
func (w *Worker) deliverEvents(ctx context.Context) (stop func()) {
	if w.events == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var delivering sync.WaitGroup
	delivering.Go(func() { w.events.deliverer.Run(ctx) })
	return func() {
		cancel()
		delivering.Wait()
	}
}

// Close closes the ledger of a worker that was never run. After Run it does nothing.
func (w *Worker) Close() error {
	return w.ledger.Close()
}
