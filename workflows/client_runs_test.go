package workflows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// runs is a fake Temporal with several runs of one dispute, oldest first. Their ids are "run-1", "run-2", …
type runs struct {
	server
	all []run
	// started are the arguments of a start.
	started []any
}

type run struct {
	status  enumspb.WorkflowExecutionStatus
	answers map[string]any
	history []*historypb.HistoryEvent
}

func (r *runs) find(id string) (string, run, error) {
	for i, run := range r.all {
		if name := "run-" + string(rune('1'+i)); name == id || id == "" && i == len(r.all)-1 {
			return name, run, nil
		}
	}
	return "", run{}, serviceerror.NewNotFound("workflow not found for ID")
}

func (r *runs) DescribeWorkflow(_ context.Context, id, runID string) (*client.WorkflowExecutionDescription, error) {
	name, found, err := r.find(runID)
	return &client.WorkflowExecutionDescription{WorkflowExecutionMetadata: client.WorkflowExecutionMetadata{
		Status: found.status, WorkflowExecution: workflow.Execution{ID: id, RunID: name},
	}}, err
}

func (r *runs) QueryWorkflow(_ context.Context, _, runID, query string, args ...any) (converter.EncodedValue, error) {
	_, found, err := r.find(runID)
	if err != nil {
		return nil, err
	}
	if query == workflows.QueryReadSignal {
		payloads, err := converter.GetDefaultDataConverter().ToPayloads(args[0].(converter.RawValue).Payload().GetData())
		return client.NewValue(payloads), err
	}
	answer, known := found.answers[query]
	if !known {
		return nil, serviceerror.NewQueryFailed("cannot be replayed")
	}
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(answer)
	return client.NewValue(payloads), err
}

func (r *runs) GetWorkflowHistory(_ context.Context, _, runID string, _ bool, _ enumspb.HistoryEventFilterType) client.HistoryEventIterator {
	_, found, err := r.find(runID)
	return &eventsOf{found.history, err}
}

// eventsOf iterates over a history.
type eventsOf struct {
	left []*historypb.HistoryEvent
	err  error
}

func (e *eventsOf) HasNext() bool { return e.err != nil || len(e.left) > 0 }

func (e *eventsOf) Next() (*historypb.HistoryEvent, error) {
	if e.err != nil {
		return nil, e.err
	}
	next := e.left[0]
	e.left = e.left[1:]
	return next, nil
}

func (r *runs) ListWorkflow(_ context.Context, in *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	answer := &workflowservice.ListWorkflowExecutionsResponse{}
	for i, run := range r.all {
		if run.status != enumspb.WORKFLOW_EXECUTION_STATUS_FAILED && in.GetQuery() == "WorkflowId = 'dispute-d-1' AND ExecutionStatus != 'Failed'" {
			answer.Executions = append(answer.Executions, &workflowpb.WorkflowExecutionInfo{
				Execution: &commonpb.WorkflowExecution{RunId: "run-" + string(rune('1'+i))}, Status: run.status,
				StartTime: timestamppb.New(monday.AddDate(0, 0, i)),
			})
		}
	}
	return answer, nil
}

func (r *runs) NewWithStartWorkflowOperation(_ client.StartWorkflowOptions, _ any, arguments ...any) client.WithStartWorkflowOperation {
	r.started = arguments
	return nil
}

var (
	closedView  = dispute.View{ID: "d-1", State: dispute.StateClosed, Outcome: dispute.OutcomeWon, ClosingReason: dispute.ClosedForMerchant}
	refusedView = dispute.View{ID: "d-1", State: dispute.StateClosed}
)

// TestSecondStartHidesNothing: a dispute that was started again after its end answers as it was closed.
func TestSecondStartHidesNothing(t *testing.T) {
	t.Parallel()
	for _, ended := range []enumspb.WorkflowExecutionStatus{enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED} {
		refused := run{enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, map[string]any{workflows.QueryStatus: refusedView}, nil}
		r := &runs{all: []run{{ended, map[string]any{workflows.QueryStatus: closedView}, nil}, refused, refused}}
		c := workflows.NewClient(r)
		view, err := c.Status(t.Context(), "d-1")
		require.NoError(t, err)
		require.Equal(t, closedView.Outcome, view.Outcome)

		r.err = serviceerror.NewNotFound("workflow execution already completed")
		_, err = c.Respond(t.Context(), "d-1", responded)
		require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
		require.NotContains(t, err.Error(), "corrected")

		last, err := c.LastRun(t.Context(), "d-1")
		require.NoError(t, err)
		require.Equal(t, activities.RunClosed, last.State)

		d := newFixture(t).dispute
		d.OpenedAt = monday.AddDate(-1, 0, 0)
		_, err = c.Open(t.Context(), d)
		require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
		require.Empty(t, r.started)
	}
}

// TestRefusedOpeningCanBeCorrected: without an earlier run the refused one answers.
func TestRefusedOpeningCanBeCorrected(t *testing.T) {
	t.Parallel()
	r := &runs{all: []run{{enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, map[string]any{workflows.QueryStatus: refusedView}, nil}}}
	c := workflows.NewClient(r)
	view, err := c.Status(t.Context(), "d-1")
	require.NoError(t, err)
	require.Equal(t, refusedView.State, view.State)
	r.err = serviceerror.NewNotFound("workflow execution already completed")
	_, err = c.Respond(t.Context(), "d-1", responded)
	require.ErrorContains(t, err, "a corrected one can be opened under this id")
}

// TestOpenTakesOver: an opening after a stopped run carries what that run had heard, even behind a refused opening.
func TestOpenTakesOver(t *testing.T) {
	t.Parallel()
	d := newFixture(t).dispute
	d.OpenedAt = monday.AddDate(-1, 0, 0)
	other := d
	other.OrderID = "order-2"
	heard := activities.Takeover{Reacted: true, Statement: "It never came."}
	refused := run{enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, map[string]any{}, nil}
	for name, test := range map[string]struct {
		answers map[string]any
		behind  []run
		want    []any
	}{
		"read":             {map[string]any{workflows.QueryDispute: d, workflows.QueryTakeover: heard}, nil, []any{d, &heard}},
		"behind a refusal": {map[string]any{workflows.QueryDispute: d, workflows.QueryTakeover: heard}, []run{refused}, []any{d, &heard}},
		"other content":    {map[string]any{workflows.QueryDispute: other, workflows.QueryTakeover: heard}, nil, []any{d}},
		"unreadable":       {nil, nil, []any{d}},
	} {
		for _, status := range []enumspb.WorkflowExecutionStatus{enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT} {
			r := &runs{all: append([]run{{status, test.answers, nil}}, test.behind...)}
			c := workflows.NewClient(r)
			_, err := c.Open(t.Context(), d)
			require.NoError(t, err, name)
			require.Equal(t, test.want, r.started, name)
		}
	}
}

// TestTell: after a run that was stopped or forgotten the parties are told how the ledger has closed the dispute.
func TestTell(t *testing.T) {
	t.Parallel()
	d := newFixture(t).dispute
	decision := dispute.Decide(dispute.ClosedForCustomer, d.DisputedAmount, nil)
	r := &runs{all: []run{{enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, map[string]any{
		workflows.QueryDispute: d, workflows.QueryTakeover: activities.Takeover{Reacted: true},
	}, nil}}}
	_, err := workflows.NewClient(r).Tell(t.Context(), d, decision)
	require.NoError(t, err)
	require.Equal(t, []any{d, &activities.Takeover{Reacted: true, Decision: &decision, Closed: true}}, r.started)

	r = &runs{} // Temporal has forgotten all of them
	_, err = workflows.NewClient(r).Tell(t.Context(), d, decision)
	require.NoError(t, err)
	require.Equal(t, []any{d, &activities.Takeover{Decision: &decision, Closed: true}}, r.started)

	r = &runs{all: []run{{enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, nil, nil}}}
	_, err = workflows.NewClient(r).Tell(t.Context(), d, decision)
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
	require.Empty(t, r.started)
}
