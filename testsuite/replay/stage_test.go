package replay_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
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
	"github.com/streitfall/streitfall/workflows"
)

// recorder stands in histories where the name of a machine would.
const recorder = "recorder"

// patience bounds every wait of a test: only a test that fails ever takes so long.
const patience = time.Minute

var silent = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// stage is one dispute with a worker of its own: the activities on a ledger, a portal and a folder of mails,
// which the path can take away, and an arbiter that it can give a word.
type stage struct {
	*testing.T
	dispute  dispute.Dispute
	disputes *workflows.Client
	ledger   *ledger.Ledger
	worker   worker.Worker

	mu sync.Mutex
	// period is how long every period lasts, and reminders are when those of the window come; 0 leaves both to the
	// calendar.
	period    time.Duration
	reminders []time.Duration
	away      map[string]bool
	refuses   map[string]bool
	rulings   map[dispute.Stage]dispute.Ruling
}

// set makes the stage of a path.
func set(t *testing.T, path string) *stage {
	t.Helper()
	books, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	s := &stage{
		T: t, ledger: books, disputes: workflows.NewClient(server),
		dispute: dispute.Dispute{
			ID: path, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "order-1", InvoiceID: "invoice-1",
			DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: "merchant-1",
			Complainant: dispute.Complainant{ID: "customer-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
		}.WithDefaults(),
		away: map[string]bool{}, refuses: map[string]bool{}, rulings: map[dispute.Stage]dispute.Ruling{},
	}
	s.imports(dispute.Merchant{ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"})
	s.employ()
	return s
}

func (s *stage) imports(merchant dispute.Merchant) {
	s.Helper()
	_, err := s.ledger.Import(s.Context(), dispute.Import{Merchants: []dispute.Merchant{merchant}, Invoices: []dispute.Invoice{{
		ID: "invoice-1", OrderID: "order-1", MerchantID: "merchant-1", CustomerID: "customer-1",
		Amount: dispute.Money{Amount: 12990, Currency: "EUR"}, DueDate: "2036-12-01",
	}}})
	require.NoError(s, err)
}

// employ starts a worker; dismiss stops it, as an outage does.
func (s *stage) employ() {
	s.Helper()
	folder, err := mail.NewFolder(s.TempDir(), mail.Sender{From: "Streitfall <streitfall@klarna.example>"})
	require.NoError(s, err)
	s.worker = worker.New(server, s.queue(), worker.Options{
		Identity: recorder, StickyScheduleToStartTimeout: 500 * time.Millisecond, Interceptors: []interceptor.WorkerInterceptor{activities.Refusals()},
	})
	s.worker.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	s.worker.RegisterActivity(activities.NewInvoices(books{s.ledger, s}, time.Now))
	notifications := activities.NewNotifications(
		s.ledger, channel{s.ledger.Inbox(), s, "portal"}, channel{folder, s, "mail"}, "desk@klarna.example", time.Now)
	s.worker.RegisterActivity(&hurried{notifications, s})
	s.worker.RegisterActivity(&activities.Deadlines{})
	s.worker.RegisterActivity(&hurriedArbitration{activities.NewArbitration(s, notifications), s})
	require.NoError(s, s.worker.Start())
	s.Cleanup(s.dismiss)
}

func (s *stage) dismiss() {
	if s.worker != nil {
		s.worker.Stop()
	}
	s.worker = nil
}

func (s *stage) queue() string { return "paths-" + s.dispute.ID }

// open starts the dispute the way of the typed client, but on the queue of its own worker, and does not wait for
// the pause.
func (s *stage) open() {
	s.Helper()
	start := server.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: workflows.WorkflowID(s.dispute.ID), TaskQueue: s.queue(), StaticSummary: s.dispute.String(),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttributeState.ValueSet(string(dispute.StateOpened)),
			workflows.AttributeWaitingFor.ValueSet(string(dispute.WaitPause)),
			workflows.AttributeReason.ValueSet(string(s.dispute.Reason)),
			workflows.AttributeMerchant.ValueSet(s.dispute.MerchantID),
		),
	}, workflows.WorkflowType, s.dispute)
	_, err := server.UpdateWithStartWorkflow(s.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName: dispute.UpdateOpen, UpdateID: "open-" + s.dispute.Hash(), Args: []any{s.dispute},
			WaitForStage: client.WorkflowUpdateStageAccepted,
		},
	})
	require.NoError(s, err)
}

// hurry makes periods so long, with the reminders of the window at these instants.
func (s *stage) hurry(period, reminder7, reminder2 time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.period, s.reminders = period, []time.Duration{reminder7, reminder2}
}

// takeAway takes systems away, and bringBack brings them all back.
func (s *stage) takeAway(systems ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, system := range systems {
		s.away[system] = true
	}
}

func (s *stage) bringBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.away)
}

func (s *stage) trouble(system string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away[system] {
		return errors.New("the " + system + " is away")
	}
	return nil
}

// Judge has the word that the path gave to the arbiter.
func (s *stage) Judge(_ context.Context, in activities.Case) (*dispute.Ruling, error) {
	if err := s.trouble("arbiter"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ruling, ok := s.rulings[in.Stage]; ok {
		return &ruling, nil
	}
	return nil, nil
}

type books struct {
	*ledger.Ledger
	stage *stage
}

func (b books) Pause(ctx context.Context, in activities.Pause) (activities.Paused, error) {
	if err := b.stage.trouble("ledger"); err != nil {
		return activities.Paused{}, err
	}
	return b.Ledger.Pause(ctx, in)
}

func (b books) Settle(ctx context.Context, in activities.Settle) (activities.Settled, error) {
	if err := b.stage.trouble("ledger"); err != nil {
		return activities.Settled{}, err
	}
	return b.Ledger.Settle(ctx, in)
}

type channel struct {
	activities.Channel
	stage *stage
	name  string
}

func (c channel) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	if err := c.stage.trouble(c.name); err != nil {
		return "", err
	}
	c.stage.mu.Lock()
	refuses := c.stage.refuses[c.name] || c.stage.refuses[notice.To.Email]
	c.stage.mu.Unlock()
	if refuses {
		return "", dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
	}
	return c.Channel.Send(ctx, notice)
}

// hurried lets periods end in seconds: those of a calendar end in weeks.
type hurried struct {
	*activities.Notifications
	stage *stage
}

func (h *hurried) Notify(ctx context.Context, in activities.Notification) (activities.Notified, error) {
	notified, err := h.Notifications.Notify(ctx, in)
	h.stage.shorten(&notified)
	return notified, err
}

func (h *hurried) NotifyBoth(ctx context.Context, in activities.Both[activities.Notification]) (activities.Both[activities.Told], error) {
	told, err := h.Notifications.NotifyBoth(ctx, in)
	h.stage.shorten(told.Merchant.Notified)
	h.stage.shorten(told.Customer.Notified)
	return told, err
}

// hurriedArbitration does the same with the request for information.
type hurriedArbitration struct {
	*activities.Arbitration
	stage *stage
}

func (h *hurriedArbitration) AskArbiter(ctx context.Context, in activities.Case) (activities.Judgement, error) {
	judgement, err := h.Arbitration.AskArbiter(ctx, in)
	if judgement.Told != nil {
		h.stage.shorten(judgement.Told.Notified)
	}
	return judgement, err
}

func (s *stage) shorten(notified *activities.Notified) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if notified == nil || notified.Deadline == nil || s.period == 0 {
		return
	}
	reminders, now := notified.Deadline.Reminders, time.Now()
	notified.Deadline = &dispute.Deadline{At: now.Add(s.period)}
	if len(reminders) > 0 {
		notified.Deadline.Reminders = []dispute.Reminder{
			{Occasion: dispute.OccasionReminder7, At: now.Add(s.reminders[0])},
			{Occasion: dispute.OccasionReminder2, At: now.Add(s.reminders[1])},
		}
	}
}
