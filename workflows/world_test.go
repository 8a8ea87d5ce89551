package workflows_test

import (
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// monday is when every test begins: 10:15 in Berlin on Monday, 23 November 2026.
var monday = time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC)

// world is a dispute in Temporal's test environment with the real activities, on a ledger, a portal, a
// mail server and an arbiter that the test can break.
type world struct {
	*testing.T
	env     *testsuite.TestWorkflowEnvironment
	dispute dispute.Dispute
	// input replaces the dispute as input of the run.
	input any

	mu       sync.Mutex
	merchant dispute.Merchant
	pauses   []activities.Pause
	settles  []activities.Settle
	settled  []activities.Settled
	// paid is what the customer had paid of the invoice's 129.90.
	paid     int64
	sent     []sending
	receipts map[dispute.NoticeKey]dispute.Receipt
	// trouble says how many more times a system is away: "ledger", "outbox" (before a message is sent),
	// "record" and "record opened" (after it), "portal", "email", "arbiter".
	trouble map[string]int
	// busy is when channels in trouble want to be asked again.
	busy time.Duration
	// refused lists the systems or occasions that refuse for good.
	refused map[string]bool
	refusal error
	// pausedBefore is the answer of a ledger that has the dispute open already.
	pausedBefore *activities.Paused
	rulings      map[dispute.Stage]*dispute.Ruling
	probe        probe
}

// sending is a message that a system has taken.
type sending struct {
	dispute.Notice
	via string
	at  time.Time
}

// forever is longer than the test environment's ten attempts of a regular activity.
const forever = 1 << 30

func newWorld(t *testing.T) *world {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w := &world{
		T: t, env: suite.NewTestWorkflowEnvironment(),
		dispute: dispute.Dispute{
			ID: "d-1", OpenedAt: monday.Add(-time.Hour), Reason: dispute.ReasonGoodsNotReceived,
			OrderID: "order-1", InvoiceID: "invoice-1", DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
			Complainant: dispute.Complainant{ID: "customer-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
			MerchantID:  "merchant-1",
		}.WithDefaults(),
		merchant: dispute.Merchant{ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"},
		receipts: map[dispute.NoticeKey]dispute.Receipt{},
		trouble:  map[string]int{}, refused: map[string]bool{}, rulings: map[dispute.Stage]*dispute.Ruling{},
	}
	clock := func() time.Time { return w.env.Now() }
	w.env.SetStartTime(monday)
	w.env.SetTestTimeout(time.Minute)
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: workflows.WorkflowID(w.dispute.ID), TaskQueue: workflows.TaskQueue})
	w.probe.env = w.env
	w.env.SetWorkerOptions(worker.Options{
		Interceptors:             []interceptor.WorkerInterceptor{activities.Refusals(), &w.probe},
		DeadlockDetectionTimeout: time.Minute, // a busy machine is none
	})
	w.env.SetOnActivityCanceledListener(w.probe.cancelled)
	w.env.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	w.env.RegisterActivity(activities.NewInvoices(w, clock))
	w.registerNotifications("desk@example.com")
	w.env.RegisterActivity(&activities.Deadlines{})
	return w
}

func (w *world) registerNotifications(deskEmail string) {
	notifications := activities.NewNotifications(w, channel{w, "portal"}, channel{w, "email"}, deskEmail, func() time.Time { return w.env.Now() })
	for _, steps := range []any{notifications, activities.NewArbitration(w)} {
		w.env.RegisterActivityWithOptions(steps, activity.RegisterOptions{DisableAlreadyRegisteredCheck: true})
	}
}

// at does something once the given time has passed since the start.
func (w *world) at(after time.Duration, do func()) {
	w.env.RegisterDelayedCallback(do, max(after, time.Millisecond))
}

// on does something at an instant.
func (w *world) on(instant time.Time, do func()) {
	w.at(instant.Sub(monday), do)
}

// startAt lets the dispute begin at another time than monday; at and on still count from monday.
func (w *world) startAt(start time.Time) {
	w.env.SetStartTime(start)
	w.dispute.OpenedAt = start.Add(-time.Hour)
}

// run runs the dispute to its end and returns the last view.
func (w *world) run() dispute.View {
	w.Helper()
	if w.input == nil {
		w.input = w.dispute
	}
	w.env.ExecuteWorkflow(workflows.WorkflowType, w.input)
	require.True(w, w.env.IsWorkflowCompleted(), "the dispute is stuck")
	return w.status()
}

// closes runs the dispute and asserts how it ends.
func (w *world) closes(reason dispute.ClosingReason) dispute.View {
	w.Helper()
	view := w.run()
	require.NoError(w, w.env.GetWorkflowError())
	w.ended(view, reason)
	return view
}

// ended asserts outcome, settlement and closing messages.
func (w *world) ended(view dispute.View, reason dispute.ClosingReason) {
	w.Helper()
	require.Equal(w, reason, view.ClosingReason)
	require.Equal(w, reason.Outcome(), view.Outcome)
	require.Equal(w, dispute.StateClosed, view.State)
	require.Empty(w, view.WaitingFor)
	require.Nil(w, view.Deadline)
	require.Len(w, w.pauses, 1)
	require.Len(w, w.settles, 1)
	require.Equal(w, reason, w.settles[0].Decision.Reason)
	switch {
	case reason.Outcome() == dispute.OutcomeLost:
		require.Equal(w, w.dispute.DisputedAmount.Amount, w.settles[0].Decision.Debit, "charged back")
	case reason != dispute.ClosedByAgreement:
		require.Zero(w, w.settles[0].Decision.Debit, "reactivated")
	}
	require.Equal(w, 1, w.count(dispute.OccasionClosed, dispute.PartyMerchant))
	require.Equal(w, 1, w.count(dispute.OccasionClosed, dispute.PartyCustomer))
}

func (w *world) status() dispute.View {
	w.Helper()
	value, err := w.env.QueryWorkflow(workflows.QueryStatus)
	require.NoError(w, err)
	var view dispute.View
	require.NoError(w, value.Get(&view))
	return view
}

// reply is what an update was answered.
type reply struct {
	answered bool
	view     dispute.View
	err      error
	rejected bool
}

// send sends an update; the reply is filled in when the answer comes.
func (w *world) send(name string, message ...any) *reply {
	return w.sendAs("", name, message...)
}

func (w *world) sendAs(id, name string, message ...any) *reply {
	r := &reply{}
	w.env.UpdateWorkflow(name, id, &testsuite.TestUpdateCallback{
		OnReject: func(err error) { r.err, r.rejected, r.answered = err, true, true },
		OnComplete: func(result any, err error) {
			r.err, r.answered = err, true
			if view, ok := result.(dispute.View); ok {
				r.view = view
			}
		},
	}, message...)
	return r
}

func (w *world) signal(name string, message any) {
	w.env.SignalWorkflow(name, message)
}

// raw is a payload that is sent as it stands.
func raw(json string) converter.RawValue {
	value, _ := converter.GetDefaultDataConverter().ToPayload([]byte(nil))
	value.Metadata = map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)}
	value.Data = []byte(json)
	return converter.NewRawValue(value)
}

// count tells how often a message was sent.
func (w *world) count(occasion dispute.Occasion, to dispute.Party) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, notice := range w.sent {
		if notice.Key.Occasion == occasion && notice.Key.Recipient == to {
			n++
		}
	}
	return n
}

// last is the last message of an occasion.
func (w *world) last(occasion dispute.Occasion) sending {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, notice := range slices.Backward(w.sent) {
		if notice.Key.Occasion == occasion {
			return notice
		}
	}
	w.Fatalf("no message %s was sent", occasion)
	return sending{}
}

// events are the events of a timeline.
func events(view dispute.View) []string {
	var names []string
	for _, entry := range view.Timeline {
		names = append(names, entry.Event)
	}
	return names
}
