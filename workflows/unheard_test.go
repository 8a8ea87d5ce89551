package workflows_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// unheard returns a message as a run left it that was stopped before it heard it.
func unheard(t *testing.T, signal string, message any) activities.UnheardSignal {
	t.Helper()
	input, err := json.Marshal(message)
	require.NoError(t, err)
	return activities.UnheardSignal{Signal: signal, Input: input}
}

// stoppedWith is a run that was stopped after a day, and had not heard what is added to its answer.
func stoppedWith(t *testing.T, add func(*activities.Takeover)) *fixture {
	t.Helper()
	s := stop(t, day, func(*fixture) {})
	add(&s.takeover)
	return s.takenOver(t)
}

// TestTakeoverHearsWhatCameLast: what came after the last workflow task of a stopped run decides in the run that takes over.
// Nothing is opened anew.
func TestTakeoverHearsWhatCameLast(t *testing.T) {
	t.Parallel()
	agreement, withdrawal := unheard(t, dispute.SignalAgreement, customerPays), unheard(t, dispute.SignalWithdrawal, withdrawn)
	for name, test := range map[string]struct {
		takeover activities.Takeover
		reason   dispute.ClosingReason
	}{
		"agreement":                 {activities.Takeover{Unheard: []activities.UnheardSignal{agreement}}, dispute.ClosedByAgreement},
		"withdrawal":                {activities.Takeover{Unheard: []activities.UnheardSignal{withdrawal}}, dispute.ClosedByWithdrawal},
		"agreement after all":       {activities.Takeover{Unheard: []activities.UnheardSignal{withdrawal, agreement}, CancelRequested: true}, dispute.ClosedByAgreement},
		"cancellation":              {activities.Takeover{CancelRequested: true}, dispute.ClosedByOperator},
		"withdrawal before the end": {activities.Takeover{Unheard: []activities.UnheardSignal{withdrawal}, CancelRequested: true}, dispute.ClosedByWithdrawal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := stoppedWith(t, func(from *activities.Takeover) {
				from.Unheard, from.CancelRequested = test.takeover.Unheard, test.takeover.CancelRequested
			})
			view := f.run()
			require.Equal(t, test.reason == dispute.ClosedByOperator, temporal.IsCanceledError(f.env.GetWorkflowError()))
			f.ended(view, test.reason)
			require.Equal(t, 0, f.count(dispute.OccasionOpened, dispute.PartyMerchant))
		})
	}
}

// TestTakeoverHearsTooLate: after the decision of the stopped run they are noted as ignored.
func TestTakeoverHearsTooLate(t *testing.T) {
	t.Parallel()
	decision := dispute.Decide(dispute.ClosedForCustomer, newFixture(t).dispute.DisputedAmount, nil)
	f := stoppedWith(t, func(from *activities.Takeover) {
		from.Decision = &decision
		from.Unheard = []activities.UnheardSignal{unheard(t, dispute.SignalAgreement, customerPays), {Signal: dispute.SignalWithdrawal}, {Signal: "unknown"}}
	})
	view := f.closes(dispute.ClosedForCustomer)
	require.Subset(t, events(view), []string{"agreement-ignored", "withdrawal-ignored"})
}

// TestOpenHearsWhatCameLast: an opening after a stopped run carries what came after that run's last completed workflow task,
// and nothing that it had heard.
func TestOpenHearsWhatCameLast(t *testing.T) {
	t.Parallel()
	d := newFixture(t).dispute
	d.OpenedAt = monday.AddDate(-1, 0, 0)
	r := &runs{all: []run{{
		enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED,
		map[string]any{workflows.QueryDispute: d, workflows.QueryTakeover: activities.Takeover{Reacted: true}},
		[]*historypb.HistoryEvent{
			signaled("agreement", `{"heard":true}`),
			{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED},
			{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED},
			signaled("agreement", `{"heard":false}`),
			{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED},
			{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED},
			signaled("withdrawal"),
			{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED},
		},
	}}}
	_, err := workflows.NewClient(r).Open(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, []any{d, &activities.Takeover{Reacted: true, CancelRequested: true, Unheard: []activities.UnheardSignal{
		{Signal: "agreement", Input: []byte(`{"heard":false}`)}, {Signal: "withdrawal"},
	}}}, r.started)
}

// signaled is the event of a signal with these arguments.
func signaled(name string, arguments ...string) *historypb.HistoryEvent {
	input := &commonpb.Payloads{}
	for _, argument := range arguments {
		input.Payloads = append(input.Payloads, raw(argument).Payload())
	}
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{SignalName: name, Input: input},
		},
	}
}
