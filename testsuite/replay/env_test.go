package replay_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// recorder is the identity in recorded histories, instead of the name of a machine.
const recorder = "recorder"

// timeout bounds every wait of a test; only a failing test waits that long.
const timeout = 2 * time.Minute

var silent = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// env is the environment of one path: a dispute, a ledger, and a worker of its own, whose systems fail and whose periods
// last as the path says.
type env struct {
	*testing.T
	*environment.Environment
	dispute dispute.Dispute
	worker  worker.Worker

	mu sync.Mutex
	// period is how long every period lasts, and reminders are when those of the window are due; 0 leaves both to the
	// calendar.
	period    time.Duration
	reminders []time.Duration
	down      map[string]bool
	refuses   map[string]bool
	rulings   map[dispute.Stage]dispute.Ruling
	// held is the next message that is held back as it is being sent, and sent are the messages that were sent, in order.
	held *heldMessage
	sent []dispute.Notice
}

// heldMessage is a message of an occasion that is held back until released. held is closed when it is.
type heldMessage struct {
	occasion       dispute.Occasion
	held, released chan struct{}
}

// hold holds back the next message of an occasion, as a mail server does that takes its time.
func (e *env) hold(occasion dispute.Occasion) *heldMessage {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held = &heldMessage{occasion, make(chan struct{}), make(chan struct{})}
	return e.held
}

// newEnv starts the environment of a path.
func newEnv(t *testing.T, path string) *env {
	t.Helper()
	started, err := environment.Start(t.Context(), environment.Options{Temporal: client.Options{HostPort: shared.Address(), Identity: recorder}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, started.Close()) })
	e := &env{
		T: t, Environment: started,
		dispute: dispute.Dispute{
			ID: path, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "order-1", InvoiceID: "invoice-1",
			DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: "merchant-1",
			Complainant: dispute.Complainant{ID: "customer-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
		}.WithDefaults(),
		down: map[string]bool{}, refuses: map[string]bool{}, rulings: map[dispute.Stage]dispute.Ruling{},
	}
	e.importMerchant(dispute.Merchant{ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"})
	e.importInvoice(e.dispute.InvoiceID, e.dispute.DisputedAmount.Currency)
	e.startWorker()
	return e
}

func (e *env) importMerchant(merchant dispute.Merchant) {
	e.Helper()
	_, err := e.Ledger.Import(e.Context(), dispute.Import{Merchants: []dispute.Merchant{merchant}})
	require.NoError(e, err)
}

// importInvoice imports an invoice of the dispute's merchant and customer.
func (e *env) importInvoice(id, currency string) {
	e.Helper()
	_, err := e.Ledger.Import(e.Context(), dispute.Import{Invoices: []dispute.Invoice{{
		ID: id, OrderID: "order-1", MerchantID: "merchant-1", CustomerID: "customer-1",
		Amount: dispute.Money{Amount: 12990, Currency: currency}, DueDate: "2036-12-01",
	}}})
	require.NoError(e, err)
}

// startWorker starts the worker of the path.
func (e *env) startWorker() {
	e.Helper()
	folder, err := mail.NewFolder(e.MailDir(), mail.Sender{From: "Streitfall <streitfall@klarna.example>"})
	require.NoError(e, err)
	e.worker = worker.New(e.Temporal, e.queue(), worker.Options{
		Identity: recorder, StickyScheduleToStartTimeout: 500 * time.Millisecond, Interceptors: []interceptor.WorkerInterceptor{activities.Refusals()},
	})
	e.worker.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	e.worker.RegisterActivity(activities.NewInvoices(books{e.Ledger, e}, time.Now))
	notifications := activities.NewNotifications(
		e.Ledger, channel{e.Ledger.Inbox(), e, "portal"}, channel{folder, e, "mail"}, "desk@klarna.example", time.Now)
	e.worker.RegisterActivity(&hurried{notifications, e})
	e.worker.RegisterActivity(&activities.Deadlines{})
	e.worker.RegisterActivity(activities.NewArbitration(e))
	e.worker.RegisterActivity(activities.NewArchive(e.Ledger, encryption.Keys{}, time.Now))
	require.NoError(e, e.worker.Start())
	e.Cleanup(e.stopWorker)
}

// stopWorker stops the worker if it is running.
func (e *env) stopWorker() {
	if e.worker != nil {
		e.worker.Stop()
	}
	e.worker = nil
}

func (e *env) queue() string { return "paths-" + e.dispute.ID }

// open opens the dispute as the typed client does, but on the task queue of its own worker, and without waiting for the
// pause.
func (e *env) open() {
	e.Helper()
	start := e.Temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: workflows.WorkflowID(e.dispute.ID), TaskQueue: e.queue(), StaticSummary: e.dispute.String(),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttributeState.ValueSet(string(dispute.StateOpened)),
			workflows.AttributeWaitingFor.ValueSet(string(dispute.WaitPause)),
			workflows.AttributeReason.ValueSet(string(e.dispute.Reason)),
			workflows.AttributeMerchant.ValueSet(e.dispute.MerchantID),
		),
	}, workflows.WorkflowType, e.dispute)
	_, err := e.Temporal.UpdateWithStartWorkflow(e.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName: dispute.UpdateOpen, UpdateID: "open-" + e.dispute.Hash(), Args: []any{e.dispute},
			WaitForStage: client.WorkflowUpdateStageAccepted,
		},
	})
	require.NoError(e, err)
}

// setPeriod sets how long periods last, and when the reminders of the window are due.
func (e *env) setPeriod(period, reminder7, reminder2 time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.period, e.reminders = period, []time.Duration{reminder7, reminder2}
}

// takeDown makes systems fail, and bringBack makes all of them work again.
func (e *env) takeDown(systems ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, system := range systems {
		e.down[system] = true
	}
}

func (e *env) bringBack() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.down)
}

// failure returns an error if the system is down.
func (e *env) failure(system string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down[system] {
		return errors.New("the " + system + " is down")
	}
	return nil
}

// Judge implements activities.Arbiter with the rulings of the path.
func (e *env) Judge(_ context.Context, in activities.Case) (*dispute.Ruling, error) {
	if err := e.failure("arbiter"); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if ruling, ok := e.rulings[in.Stage]; ok {
		return &ruling, nil
	}
	return nil, nil
}

type books struct {
	*ledger.Ledger
	env *env
}

func (b books) Pause(ctx context.Context, in activities.Pause) (activities.Paused, error) {
	if err := b.env.failure("ledger"); err != nil {
		return activities.Paused{}, err
	}
	return b.Ledger.Pause(ctx, in)
}

func (b books) Settle(ctx context.Context, in activities.Settle) (activities.Settled, error) {
	if err := b.env.failure("ledger"); err != nil {
		return activities.Settled{}, err
	}
	return b.Ledger.Settle(ctx, in)
}

type channel struct {
	activities.Channel
	env  *env
	name string
}

func (c channel) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	if err := c.env.failure(c.name); err != nil {
		return "", err
	}
	c.env.mu.Lock()
	refuses := c.env.refuses[c.name] || c.env.refuses[notice.To.Email]
	c.env.mu.Unlock()
	if refuses {
		return "", dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
	}
	c.env.mu.Lock()
	held := c.env.held
	if held != nil && held.occasion == notice.Key.Occasion {
		c.env.held = nil
	} else {
		held = nil
	}
	c.env.mu.Unlock()
	if held != nil {
		close(held.held)
		<-held.released
	}
	answer, err := c.Channel.Send(ctx, notice)
	c.env.mu.Lock()
	defer c.env.mu.Unlock()
	if err == nil {
		c.env.sent = append(c.env.sent, notice)
	}
	return answer, err
}

// hurried shortens the deadlines of Deliver and Notify to those of the path.
type hurried struct {
	*activities.Notifications
	env *env
}

func (h *hurried) Notify(ctx context.Context, in activities.Notification) (activities.Delivery, error) {
	taken, err := h.Notifications.Notify(ctx, in)
	h.env.shorten(&taken)
	return taken, err
}

func (h *hurried) Deliver(ctx context.Context, in []activities.Notification) ([]activities.Delivery, error) {
	deliveries, err := h.Notifications.Deliver(ctx, in)
	for i := range deliveries {
		h.env.shorten(&deliveries[i])
	}
	return deliveries, err
}

func (e *env) shorten(taken *activities.Delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if taken.Deadline == nil || e.period == 0 {
		return
	}
	reminders, now := taken.Deadline.Reminders, time.Now()
	taken.Deadline = &dispute.Deadline{At: now.Add(e.period)}
	if len(reminders) > 0 {
		taken.Deadline.Reminders = []dispute.Reminder{
			{Occasion: dispute.OccasionReminder7, At: now.Add(e.reminders[0])},
			{Occasion: dispute.OccasionReminder2, At: now.Add(e.reminders[1])},
		}
	}
}
