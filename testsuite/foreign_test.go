package testsuite_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// foreign is a client in another language: it speaks Temporal's own protocol, without the Go SDK and its checks.
type foreign struct {
	*fixture
	workflowservice.WorkflowServiceClient
	// ctx bounds a call that only a failing test waits for.
	ctx context.Context //nolint:containedctx // of one test
}

func (f *fixture) foreign() foreign {
	f.Helper()
	connection, err := grpc.NewClient(env.Address(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, connection.Close()) })
	ctx, cancel := context.WithTimeout(f.Context(), timeout)
	f.Cleanup(cancel)
	return foreign{f, workflowservice.NewWorkflowServiceClient(connection), ctx}
}

func (f foreign) input() *commonpb.Payloads {
	data, err := json.Marshal(f.dispute)
	require.NoError(f, err)
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data}}}
}

// request is the plain start of the dispute.
func (f foreign) request() *workflowservice.StartWorkflowExecutionRequest {
	return &workflowservice.StartWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowId: workflows.WorkflowID(f.dispute.ID), RequestId: f.Name(),
		WorkflowType: &commonpb.WorkflowType{Name: workflows.WorkflowType}, TaskQueue: &taskqueuepb.TaskQueue{Name: workflows.TaskQueue},
		Input: f.input(),
	}
}

// refused asserts that the run of a start fails with the code, and without touching the invoice. It returns the message.
func (f foreign) refused(start *workflowservice.StartWorkflowExecutionRequest, code dispute.Code) string {
	f.Helper()
	run, err := f.StartWorkflowExecution(f.ctx, start)
	require.NoError(f, err)
	return f.failed(run.GetRunId(), code)
}

func (f foreign) failed(runID string, code dispute.Code) string {
	f.Helper()
	history, err := f.GetWorkflowExecutionHistory(f.ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: client.DefaultNamespace, WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
		Execution: &commonpb.WorkflowExecution{WorkflowId: workflows.WorkflowID(f.dispute.ID), RunId: runID},
	})
	require.NoError(f, err)
	require.Len(f, history.GetHistory().GetEvents(), 1, "the run has not ended")
	failure := failureOf(history.GetHistory().GetEvents()[0])
	require.Equal(f, string(code), failure.Type(), failure.Message())
	require.Equal(f, ledger.InvoiceOpen, f.inLedger().State)
	return failure.Message()
}

// failureOf returns the failure with which a run has ended. One with a cron schedule is continued by the next one.
func failureOf(event *historypb.HistoryEvent) *temporal.ApplicationError {
	ended := event.GetWorkflowExecutionFailedEventAttributes().GetFailure()
	if ended == nil {
		ended = event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetFailure() //nolint:staticcheck // deprecated without another way
	}
	failure := temporal.GetDefaultFailureConverter().FailureToError(ended)
	application, _ := failure.(*temporal.ApplicationError) //nolint:errorlint // the failure itself
	return application
}

// openWithStart opens the dispute with the update open and returns the update's failure.
func (f foreign) openWithStart() error {
	f.Helper()
	id := &commonpb.WorkflowExecution{WorkflowId: workflows.WorkflowID(f.dispute.ID)}
	update := &workflowservice.UpdateWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: id,
		WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED},
		Request: &updatepb.Request{
			Meta: &updatepb.Meta{UpdateId: "open-1"}, Input: &updatepb.Input{Name: dispute.UpdateOpen, Args: f.input()},
		},
	}
	type operation = workflowservice.ExecuteMultiOperationRequest_Operation
	answer, err := f.ExecuteMultiOperation(f.ctx, &workflowservice.ExecuteMultiOperationRequest{
		Namespace: client.DefaultNamespace,
		Operations: []*operation{
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: f.request()}},
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_UpdateWorkflow{UpdateWorkflow: update}},
		},
	})
	require.NoError(f, err)
	return temporal.GetDefaultFailureConverter().FailureToError(answer.GetResponses()[1].GetUpdateWorkflow().GetOutcome().GetFailure())
}

// TestForeignIDs: a workflow id with characters that are not allowed is refused, although the SDK puts the id into a gRPC
// header of each answer, which takes printable ASCII only. Our client refuses messages to such a dispute at once.
func TestForeignIDs(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{"Umlaut": "müller-1", "NewLine": "line\n1", "Emoji": "parcel-📦", "Delete": "d\x7f"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).foreign()
			f.dispute.ID = id
			require.ErrorContains(t, f.openWithStart(), "must have 1 to 128 characters of A-Z a-z 0-9")
			require.Contains(t, f.refused(f.request(), dispute.CodeInvalidDispute), "must have 1 to 128 characters of A-Z a-z 0-9")
			_, err := env.Disputes.Status(t.Context(), id)
			require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err), "%v", err)
			err = env.Disputes.Withdraw(t.Context(), id, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
			require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err), "%v", err)
		})
	}
}

// TestRefusedStartOptions: under these the run would end, or begin again, unheard.
func TestRefusedStartOptions(t *testing.T) {
	t.Parallel()
	type start = workflowservice.StartWorkflowExecutionRequest
	for name, c := range map[string]struct {
		set  func(*start)
		want string
	}{
		"ExecutionTimeout": {func(s *start) { s.WorkflowExecutionTimeout = durationpb.New(time.Hour) }, "an execution timeout of 1h0m0s"},
		"RunTimeout":       {func(s *start) { s.WorkflowRunTimeout = durationpb.New(20 * 24 * time.Hour) }, "a run timeout of 480h0m0s"},
		"CronSchedule":     {func(s *start) { s.CronSchedule = "@every 1s" }, `the cron schedule "@every 1s"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).foreign()
			request := f.request()
			c.set(request)
			require.Contains(t, f.refused(request, dispute.CodeInvalidDispute), "the workflow was started with "+c.want)
			if name == "CronSchedule" {
				require.NoError(t, env.Temporal.TerminateWorkflow(t.Context(), request.GetWorkflowId(), "", "test"))
				return
			}
			f.open() // the invoice is free
			f.withdraw()
		})
	}
}

// TestChildWorkflow: the end of a parent would terminate the dispute.
func TestChildWorkflow(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parent := func(ctx workflow.Context, d dispute.Dispute) error {
		ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: workflows.WorkflowID(d.ID), TaskQueue: workflows.TaskQueue})
		return workflow.ExecuteChildWorkflow(ctx, workflows.WorkflowType, d).Get(ctx, nil)
	}
	parents := worker.New(env.Temporal, "parents", worker.Options{})
	parents.RegisterWorkflowWithOptions(parent, workflow.RegisterOptions{Name: "Order"})
	require.NoError(t, parents.Start())
	t.Cleanup(parents.Stop)
	run, err := env.Temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "order-1", TaskQueue: "parents"}, "Order", f.dispute)
	require.NoError(t, err)
	refusal, ok := errors.AsType[*temporal.ApplicationError](run.Get(t.Context(), nil))
	require.True(t, ok)
	require.Equal(t, string(dispute.CodeInvalidDispute), refusal.Type())
	require.Equal(t, `the workflow was started with the parent workflow "order-1", whose end would end the dispute; start it from an activity`, refusal.Message())
	require.Equal(t, ledger.InvoiceOpen, f.inLedger().State)
}

// TestToleratedStartOptions: these change nothing. What the start says of state and attention is corrected.
func TestToleratedStartOptions(t *testing.T) {
	t.Parallel()
	f := newFixture(t).foreign()
	request := f.request()
	request.WorkflowStartDelay = durationpb.New(time.Second)
	request.WorkflowTaskTimeout = durationpb.New(time.Second)
	request.WorkflowExecutionTimeout = durationpb.New(100 * 365 * 24 * time.Hour)
	request.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 3}
	request.Priority = &commonpb.Priority{PriorityKey: 1}
	request.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"team": f.input().GetPayloads()[0]}}
	request.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{}}
	for key, value := range map[string]any{
		"DisputeState": "CLOSED", "DisputeMerchant": "another", "DisputeAttention": []string{"stalled"}, "DisputeOutcome": "LOST",
	} {
		payload, err := converter.GetDefaultDataConverter().ToPayload(value)
		require.NoError(t, err)
		request.SearchAttributes.IndexedFields[key] = payload
	}
	_, err := f.StartWorkflowExecution(t.Context(), request)
	require.NoError(t, err)
	f.waitsFor(dispute.WaitAgreement)
	run, err := env.Temporal.DescribeWorkflow(t.Context(), request.GetWorkflowId(), "")
	require.NoError(t, err)
	state, _ := run.TypedSearchAttributes.GetKeyword(workflows.AttributeState)
	merchant, _ := run.TypedSearchAttributes.GetKeyword(workflows.AttributeMerchant)
	_, attention := run.TypedSearchAttributes.GetKeywordList(workflows.AttributeAttention)
	_, outcome := run.TypedSearchAttributes.GetKeyword(workflows.AttributeOutcome)
	require.Equal(t, []any{"PRE_ARBITRATION", f.merchant.ID, false, false}, []any{state, merchant, attention, outcome})
	f.withdraw()
}
