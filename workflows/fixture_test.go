package workflows_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
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
	"github.com/streitfall/streitfall/workflows/encryption"
)

// monday is the start of every test: 10:15 in Berlin on Monday, 23 November 2026.
var monday = time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC)

// fixture is a dispute in Temporal's test environment with the real activities, on a ledger, a portal, a
// mail server and an arbiter that the test can break.
type fixture struct {
	*testing.T
	env     *testsuite.TestWorkflowEnvironment
	dispute dispute.Dispute
	// input replaces the dispute as input of the run.
	input any
	// takeover is what a stopped run had heard; nil unless the run takes over from one.
	takeover any

	mu       sync.Mutex
	merchant dispute.Merchant
	pauses   []activities.Pause
	settles  []activities.Settle
	settled  []activities.Settled
	// paid is the part of the invoice's 129.90 that the customer had paid, in minor units.
	paid     int64
	sent     []sending
	receipts map[dispute.NoticeKey]dispute.Receipt
	archived []activities.ArchivedCase
	// beforeSend is called by a channel with each message.
	beforeSend func(dispute.Notice)
	// outages counts how many more calls of a system fail: "ledger", "archive", "portal", "email", "arbiter", "receipts" (Lookup,
	// before a message is sent), "save" and "save opened" (Save of any receipt and of that occasion, after it is sent).
	outages map[string]int
	// retryAfter is the delay for which a failing channel asks; 0 when it does not.
	retryAfter time.Duration
	// refused has the systems, addresses and occasions that refuse for good.
	refused map[string]bool
	refusal error
	// pausedBefore is the answer of a ledger that already has the dispute open; nil for a new one.
	pausedBefore *activities.Paused
	rulings      map[dispute.Stage]*dispute.Ruling
	// behind is by how many nanoseconds the workers' clocks are behind the history.
	behind   atomic.Int64
	recorder recorder
	counts   counts
}

// sending is a message that a system has taken, with the channel and the instant.
type sending struct {
	dispute.Notice
	via string
	at  time.Time
}

// forever is longer than the test environment's ten attempts of a regular activity.
const forever = 1 << 30

func newFixture(t *testing.T) *fixture {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	counted := newCounts()
	suite.SetMetricsHandler(counted)
	f := &fixture{
		T: t, env: suite.NewTestWorkflowEnvironment(),
		dispute: dispute.Dispute{
			ID: "d-1", OpenedAt: monday.Add(-time.Hour), Reason: dispute.ReasonGoodsNotReceived,
			OrderID: "order-1", InvoiceID: "invoice-1", DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
			Complainant: dispute.Complainant{ID: "customer-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
			MerchantID:  "merchant-1",
		}.WithDefaults(),
		merchant: dispute.Merchant{ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"},
		receipts: map[dispute.NoticeKey]dispute.Receipt{},
		outages:  map[string]int{}, refused: map[string]bool{}, rulings: map[dispute.Stage]*dispute.Ruling{},
	}
	f.env.SetStartTime(monday)
	f.env.SetTestTimeout(time.Minute)
	f.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: workflows.WorkflowID(f.dispute.ID), TaskQueue: workflows.TaskQueue})
	f.recorder.env = f.env
	f.counts = counted
	f.env.SetWorkerOptions(worker.Options{
		Interceptors:             []interceptor.WorkerInterceptor{activities.Refusals(), &f.recorder},
		DeadlockDetectionTimeout: time.Minute, // a busy machine is none
	})
	f.env.SetOnActivityCanceledListener(f.recorder.cancelled)
	f.env.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	f.env.RegisterActivity(activities.NewInvoices(f, f.clock))
	f.registerNotifications("desk@example.com")
	f.env.RegisterActivity(&activities.Deadlines{})
	f.env.RegisterActivity(activities.NewArchive(f, encryption.Keys{}, f.clock))
	return f
}

func (f *fixture) registerNotifications(deskEmail string) {
	notifications := activities.NewNotifications(f, channel{f, "portal"}, channel{f, "email"}, deskEmail, f.clock)
	for _, steps := range []any{notifications, activities.NewArbitration(f)} {
		f.env.RegisterActivityWithOptions(steps, activity.RegisterOptions{DisableAlreadyRegisteredCheck: true})
	}
}

// clock is the clock of the workers.
func (f *fixture) clock() time.Time {
	return f.env.Now().Add(-time.Duration(f.behind.Load()))
}

// at calls do once the given time has passed since the start.
func (f *fixture) at(after time.Duration, do func()) {
	f.env.RegisterDelayedCallback(do, max(after, time.Millisecond))
}

// on calls do at an instant.
func (f *fixture) on(instant time.Time, do func()) {
	f.at(instant.Sub(monday), do)
}

// startAt sets another start than monday; at and on still count from monday.
func (f *fixture) startAt(start time.Time) {
	f.env.SetStartTime(start)
	f.dispute.OpenedAt = start.Add(-time.Hour)
}

// run runs the dispute to its end and returns the last view.
func (f *fixture) run() dispute.View {
	f.Helper()
	if f.input == nil {
		f.input = f.dispute
	}
	arguments := []any{f.input}
	if f.takeover != nil {
		arguments = append(arguments, f.takeover)
	}
	f.env.ExecuteWorkflow(workflows.WorkflowType, arguments...)
	require.True(f, f.env.IsWorkflowCompleted(), "the dispute is stuck")
	view := f.status()
	f.requireArchived(view.Outcome != "")
	return view
}

// requireArchived asserts that the case of a dispute that was closed is in the archive in its last state, and no other.
func (f *fixture) requireArchived(closed bool) {
	f.Helper()
	if !closed {
		require.Empty(f, f.archived)
		return
	}
	var archived dispute.Case
	require.NotEmpty(f, f.archived)
	last := f.archived[len(f.archived)-1]
	require.Equal(f, f.dispute.ID, last.DisputeID)
	require.NoError(f, json.Unmarshal(last.Content, &archived))
	require.Equal(f, f.currentCase(), archived)
}

// closes runs the dispute and asserts how it ends.
func (f *fixture) closes(reason dispute.ClosingReason) dispute.View {
	f.Helper()
	view := f.run()
	require.NoError(f, f.env.GetWorkflowError())
	f.ended(view, reason)
	return view
}

// ended asserts outcome, settlement and closing messages.
func (f *fixture) ended(view dispute.View, reason dispute.ClosingReason) {
	f.Helper()
	require.Equal(f, reason, view.ClosingReason)
	require.Equal(f, reason.Outcome(), view.Outcome)
	require.Equal(f, dispute.StateClosed, view.State)
	require.Empty(f, view.WaitingFor)
	require.Nil(f, view.Deadline)
	require.Len(f, f.pauses, 1)
	require.Len(f, f.settles, 1)
	require.Equal(f, reason, f.settles[0].Decision.Reason)
	switch {
	case reason.Outcome() == dispute.OutcomeLost:
		require.Equal(f, f.dispute.DisputedAmount.Amount, f.settles[0].Decision.Debit, "charged back")
	case reason != dispute.ClosedByAgreement:
		require.Zero(f, f.settles[0].Decision.Debit, "reactivated")
	}
	require.Equal(f, 1, f.count(dispute.OccasionClosed, dispute.PartyMerchant))
	require.Equal(f, 1, f.count(dispute.OccasionClosed, dispute.PartyCustomer))
}

func (f *fixture) status() dispute.View {
	f.Helper()
	value, err := f.env.QueryWorkflow(workflows.QueryStatus)
	require.NoError(f, err)
	var view dispute.View
	require.NoError(f, value.Get(&view))
	return view
}

// reply is the answer to an update.
type reply struct {
	answered bool
	view     dispute.View
	err      error
	rejected bool
}

// send sends an update; the reply is filled in when the answer comes.
func (f *fixture) send(name string, message ...any) *reply {
	return f.sendAs("", name, message...)
}

func (f *fixture) sendAs(id, name string, message ...any) *reply {
	r := &reply{}
	f.env.UpdateWorkflow(name, id, &testsuite.TestUpdateCallback{
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

func (f *fixture) signal(name string, message any) {
	f.env.SignalWorkflow(name, message)
}

// raw returns a payload that is sent unchanged.
func raw(json string) converter.RawValue {
	value, _ := converter.GetDefaultDataConverter().ToPayload([]byte(nil))
	value.Metadata = map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)}
	value.Data = []byte(json)
	return converter.NewRawValue(value)
}

// count returns how often a message was sent.
func (f *fixture) count(occasion dispute.Occasion, to dispute.Party) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, notice := range f.sent {
		if notice.Key.Occasion == occasion && notice.Key.Recipient == to {
			n++
		}
	}
	return n
}

// last returns the last message of an occasion.
func (f *fixture) last(occasion dispute.Occasion) sending {
	f.Helper()
	return f.lastTo("", occasion)
}

// lastTo returns the last message on an occasion to a recipient; to anyone for "".
func (f *fixture) lastTo(recipient dispute.Party, occasion dispute.Occasion) sending {
	f.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, notice := range slices.Backward(f.sent) {
		if notice.Key.Occasion == occasion && (recipient == "" || notice.Key.Recipient == recipient) {
			return notice
		}
	}
	f.Fatalf("no message %s was sent", occasion)
	return sending{}
}

// events returns the events of a timeline.
func events(view dispute.View) []string {
	var names []string
	for _, entry := range view.Timeline {
		names = append(names, entry.Event)
	}
	return names
}
