package testsuite_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/arbiter"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// hasty are activities without ledger and mail, whose periods last six seconds, with both reminders in them, far enough
// apart for a busy machine. The deadlines of a real calendar are weeks away, and moving them would add events.
type hasty struct{}

func (hasty) PauseInvoice(context.Context, activities.Opening) (activities.Paused, error) {
	return activities.Paused{At: time.Now(), InvoiceID: "invoice-1", Run: 1, Outstanding: 12990, DaysLeft: 14}, nil
}

func (hasty) SettleInvoice(context.Context, activities.Settle) (activities.Settled, error) {
	return activities.Settled{At: time.Now(), Outstanding: 12990}, nil
}

func (hasty) Deliver(_ context.Context, in []activities.Notification) ([]activities.Delivery, error) {
	var deliveries []activities.Delivery
	for _, notification := range in {
		now := time.Now()
		taken := activities.Delivery{Channel: dispute.ChannelEmail, At: now, Answer: "250 OK"}
		if notification.Period > 0 {
			taken.Deadline = &dispute.Deadline{At: now.Add(6 * time.Second)}
		}
		if notification.Reminders {
			taken.Deadline.Reminders = []dispute.Reminder{
				{Occasion: dispute.OccasionReminder7, At: now.Add(2 * time.Second)},
				{Occasion: dispute.OccasionReminder2, At: now.Add(4 * time.Second)},
			}
		}
		deliveries = append(deliveries, taken)
	}
	return deliveries, nil
}

func (hasty) AskArbiter(ctx context.Context, in activities.Case) (activities.Judgement, error) {
	ruling, err := arbiter.Rules{}.Judge(ctx, in)
	return activities.Judgement{Ruling: ruling}, err
}

func (hasty) ArchiveCase(context.Context, dispute.Case) (activities.Archived, error) {
	return activities.Archived{}, nil
}

// openHasty starts a worker with the hasty activities on a task queue of its own, and opens a dispute there.
func openHasty(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	w := worker.New(env.Temporal, t.Name(), worker.Options{})
	w.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	w.RegisterActivity(&hasty{})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	operation := env.Temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: workflows.WorkflowID(f.dispute.ID), TaskQueue: t.Name(),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, workflows.WorkflowType, f.dispute)
	handle, err := env.Temporal.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: dispute.UpdateOpen, Args: []any{f.dispute}, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	require.NoError(t, err)
	require.NoError(t, handle.Get(t.Context(), nil))
	return f
}

// history waits until the dispute is closed and returns its events.
func (f *fixture) history(reason dispute.ClosingReason) []*historypb.HistoryEvent {
	f.Helper()
	id := workflows.WorkflowID(f.dispute.ID)
	var view dispute.View
	require.NoError(f, env.Temporal.GetWorkflow(f.Context(), id, "").Get(f.Context(), &view))
	require.Equal(f, reason, view.ClosingReason)
	return f.historyEvents()
}

// historyEvents returns the events of the dispute so far.
func (f *fixture) historyEvents() []*historypb.HistoryEvent {
	f.Helper()
	id := workflows.WorkflowID(f.dispute.ID)
	var events []*historypb.HistoryEvent
	for it := env.Temporal.GetWorkflowHistory(f.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		require.NoError(f, err)
		events = append(events, event)
	}
	return events
}

// TestHistoryOfAgreement limits the events, for which Temporal Cloud bills, of the most frequent path.
func TestHistoryOfAgreement(t *testing.T) {
	t.Parallel()
	f := openHasty(t)
	require.NoError(t, env.Disputes.Agree(t.Context(), f.dispute.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	events := f.history(dispute.ClosedByAgreement)
	require.LessOrEqual(t, len(events), 19, "events: %v", kinds(events))
	requireStep(t, events, "PauseInvoice", "Pause the invoice")
	requireStep(t, events, "Deliver", "Notify both parties: opened, received")
	requireStep(t, events, "Deliver", "Notify both parties: closed")
	requireStep(t, events, "ArchiveCase", "Archive the case")
}

// TestHistoryOfSilence limits the events of the path with both reminders.
func TestHistoryOfSilence(t *testing.T) {
	t.Parallel()
	events := openHasty(t).history(dispute.ClosedMerchantSilent)
	require.LessOrEqual(t, len(events), 36, "events: %v", kinds(events))
	requireStep(t, events, "Deliver", "Notify the merchant: reminder-7")
	requireStep(t, events, "Deliver", "Notify the merchant: reminder-2")
}

// noted reports whether the timeline has an event.
func (f *fixture) noted(view dispute.View, event string) bool {
	return slices.ContainsFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == event })
}

// TestHistoryOfProposals limits what a proposal and an answer add to the five events of their updates: the message to the
// other party, and a new timer after the merchant's first reaction.
func TestHistoryOfProposals(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open()
	ctx, id := t.Context(), f.dispute.ID
	before := len(f.historyEvents())
	view, err := env.Disputes.Propose(ctx, id, dispute.Offer{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ProposedBy: dispute.PartyMerchant,
	})
	require.NoError(t, err)
	f.await(func(view dispute.View) bool { return f.noted(view, "sent-proposal-made") })
	proposed := len(f.historyEvents())
	require.LessOrEqual(t, proposed-before, 5+3, "events: %v", kinds(f.historyEvents()[before:]))
	no := false
	_, err = env.Disputes.AnswerProposal(ctx, id, dispute.ProposalAnswer{Proposal: view.Proposals[0].Number, Accept: &no, AnsweredBy: dispute.PartyCustomer})
	require.NoError(t, err)
	f.await(func(view dispute.View) bool { return f.noted(view, "sent-proposal-declined") })
	require.LessOrEqual(t, len(f.historyEvents())-proposed, 5+3, "events: %v", kinds(f.historyEvents()[proposed:]))
}

// TestHistoryOfArbitration limits the events of the longest path without repetitions: the rules find the complaint
// justified, the desk decides.
func TestHistoryOfArbitration(t *testing.T) {
	t.Parallel()
	f := openHasty(t)
	ctx, id := t.Context(), f.dispute.ID
	_, err := env.Disputes.Respond(ctx, id, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	f.waitsFor(dispute.WaitStatement)
	_, err = env.Disputes.StateReason(ctx, id, dispute.Statement{Statement: "It never came."})
	require.NoError(t, err)
	f.waitsFor(dispute.WaitEvidence)
	_, err = env.Disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "It was delivered."})
	require.NoError(t, err)
	f.waitsFor(dispute.WaitDecision)
	_, err = env.Disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "anna", Rationale: "proven"})
	require.NoError(t, err)
	events := f.history(dispute.ClosedForMerchant)
	require.LessOrEqual(t, len(events), 60, "events: %v", kinds(events))
}

func kinds(events []*historypb.HistoryEvent) []string {
	names := make([]string, len(events))
	for i, event := range events {
		names[i] = event.GetEventType().String()
	}
	return names
}

// requireStep asserts that a local activity ran with the summary that an operator sees in the Web UI.
func requireStep(t *testing.T, events []*historypb.HistoryEvent, activity, summary string) {
	t.Helper()
	for _, event := range events {
		if text(t, event.GetUserMetadata().GetSummary()) != summary {
			continue
		}
		var data struct{ ActivityType string }
		marker := event.GetMarkerRecordedEventAttributes().GetDetails()["data"]
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(marker, &data))
		require.Equal(t, activity, data.ActivityType)
		return
	}
	t.Fatalf("no step %q in the history", summary)
}

func text(t *testing.T, payload *commonpb.Payload) string {
	t.Helper()
	var text string
	require.NoError(t, converter.GetDefaultDataConverter().FromPayload(payload, &text))
	return text
}
