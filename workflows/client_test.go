package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// server is a fake Temporal: it answers as the test wants, and records the requests.
type server struct {
	client.Client
	// last is the status of the last run; unspecified when no run exists.
	last enumspb.WorkflowExecutionStatus
	err  error

	start  client.StartWorkflowOptions
	update client.UpdateWorkflowOptions
	signal string
}

func (s *server) DescribeWorkflow(_ context.Context, id, _ string) (*client.WorkflowExecutionDescription, error) {
	if s.last == enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED || id != "dispute-d-1" {
		return nil, serviceerror.NewNotFound("workflow not found for ID")
	}
	return &client.WorkflowExecutionDescription{WorkflowExecutionMetadata: client.WorkflowExecutionMetadata{
		Status: s.last, WorkflowExecution: workflow.Execution{ID: id, RunID: "run-1"},
	}}, nil
}

func (*server) ListWorkflow(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return nil, nil // no earlier run
}

func (s *server) NewWithStartWorkflowOperation(options client.StartWorkflowOptions, _ any, _ ...any) client.WithStartWorkflowOperation {
	s.start = options
	return nil
}

func (s *server) UpdateWithStartWorkflow(_ context.Context, options client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	s.update = options.UpdateOptions
	return answered{}, s.err
}

func (s *server) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	s.update = options
	return answered{}, s.err
}

func (s *server) SignalWorkflow(_ context.Context, _, _, name string, _ any) error {
	s.signal = name
	return s.err
}

func (s *server) GetWorkflowHistory(context.Context, string, string, bool, enumspb.HistoryEventFilterType) client.HistoryEventIterator {
	return &eventsOf{}
}

func (s *server) CancelWorkflow(context.Context, string, string) error { return s.err }

func (s *server) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	payloads, _ := converter.GetDefaultDataConverter().ToPayloads(dispute.View{ID: "d-1"})
	return client.NewValue(payloads), s.err
}

// answered is the handle of an update that returned a view.
type answered struct{ client.WorkflowUpdateHandle }

func (answered) Get(_ context.Context, value any) error {
	*value.(*dispute.View) = dispute.View{ID: "d-1"}
	return nil
}

// calls are all messages of the client, by their names on the wire.
func calls(c *workflows.Client, id string, options ...workflows.UpdateOption) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		dispute.SignalAgreement:  func(ctx context.Context) error { return c.Agree(ctx, id, customerPays) },
		dispute.SignalWithdrawal: func(ctx context.Context) error { return c.Withdraw(ctx, id, withdrawn) },
		dispute.UpdateRespond:    func(ctx context.Context) error { return second(c.Respond(ctx, id, responded, options...)) },
		dispute.UpdatePropose:    func(ctx context.Context) error { return second(c.Propose(ctx, id, refunds3000, options...)) },
		dispute.UpdateAnswerProposal: func(ctx context.Context) error {
			return second(c.AnswerProposal(ctx, id, dispute.ProposalAnswer{Proposal: 1, Accept: &yes, AnsweredBy: dispute.PartyCustomer}, options...))
		},
		dispute.UpdateAcceptLoss: func(ctx context.Context) error {
			return second(c.AcceptLoss(ctx, id, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}, options...))
		},
		dispute.UpdateStateReason:    func(ctx context.Context) error { return second(c.StateReason(ctx, id, stated, options...)) },
		dispute.UpdateSubmitEvidence: func(ctx context.Context) error { return second(c.SubmitEvidence(ctx, id, evidence, options...)) },
		dispute.UpdateRule:           func(ctx context.Context) error { return second(c.Rule(ctx, id, justified(&yes), options...)) },
		dispute.UpdateMoveDeadline:   func(ctx context.Context) error { return second(c.MoveDeadline(ctx, id, moveTo(monday), options...)) },
		dispute.UpdateRetryNotification: func(ctx context.Context) error {
			return second(c.RetryNotification(ctx, id, dispute.Retry{RequestedBy: "op-1"}, options...))
		},
		dispute.UpdateReportBounce: func(ctx context.Context) error {
			return second(c.ReportBounce(ctx, id, bounced(dispute.OccasionOpened, dispute.PartyMerchant), options...))
		},
		dispute.UpdateAcknowledge: func(ctx context.Context) error {
			return second(c.Acknowledge(ctx, id, acknowledged(dispute.CauseMessageFailed), options...))
		},
	}
}

func second(_ dispute.View, err error) error { return err }

// TestClientNames: every call is sent under its name, an update under the id that its caller chose.
func TestClientNames(t *testing.T) {
	t.Parallel()
	for name := range calls(nil, "") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			require.NoError(t, calls(workflows.NewClient(s), "d-1", workflows.WithUpdateID("event-1"))[name](t.Context()))
			if s.signal != "" {
				require.Equal(t, name, s.signal)
				return
			}
			require.Equal(t, name, s.update.UpdateName)
			require.Equal(t, "event-1", s.update.UpdateID)
			require.Equal(t, "dispute-d-1", s.update.WorkflowID)
			require.Equal(t, client.WorkflowUpdateStageCompleted, s.update.WaitForStage)
		})
	}
}

// TestClientErrors: a refusal arrives unchanged, a closed and an unknown dispute have different codes, and a transient
// error is returned as it is.
func TestClientErrors(t *testing.T) {
	t.Parallel()
	faults := dispute.Faults{{Path: "to", Problem: "must be after now"}}
	refused := dispute.RefuseFaults(dispute.CodeInvalidMessage, faults, "the deadline cannot be moved")
	gone := serviceerror.NewNotFound("workflow execution already completed")
	away := serviceerror.NewUnavailable("connection refused")
	for name, test := range map[string]struct {
		err  error
		last enumspb.WorkflowExecutionStatus
		want error
	}{
		"refused":         {activities.ApplicationError(refused), enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, refused},
		"closed":          {gone, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, &dispute.Refusal{Code: dispute.CodeDisputeClosed}},
		"unknown":         {gone, enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED, &dispute.Refusal{Code: dispute.CodeUnknownDispute}},
		"transient error": {away, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, away},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := workflows.NewClient(&server{err: test.err, last: test.last})
			all := calls(c, "d-1")
			all["status"] = func(ctx context.Context) error { return second(c.Status(ctx, "d-1")) }
			all["cancel"] = func(ctx context.Context) error { return c.Cancel(ctx, "d-1") }
			for message, call := range all {
				err := call(t.Context())
				require.Error(t, err, message)
				require.Equal(t, dispute.CodeOf(test.want), dispute.CodeOf(err), message)
				if name == "refused" || name == "transient error" {
					require.Equal(t, test.want, err, message)
				}
			}
		})
	}
}

// TestClientChecksFirst: a message with invalid content is refused before it is sent.
func TestClientChecksFirst(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := workflows.NewClient(s)
	_, err := c.Respond(t.Context(), "d-1", dispute.Response{})
	require.Equal(t, dispute.CodeInvalidMessage, dispute.CodeOf(err))
	require.Equal(t, dispute.CodeInvalidMessage, dispute.CodeOf(c.Agree(t.Context(), "d-1", dispute.Agreement{})))
	_, err = c.Open(t.Context(), dispute.Dispute{})
	require.Equal(t, dispute.CodeInvalidDispute, dispute.CodeOf(err))
	require.Empty(t, s.update.UpdateName)
	require.Empty(t, s.signal)
}

// TestClientOpens: the same content is one request; after a failed run it is a new one; a closed dispute is refused.
func TestClientOpens(t *testing.T) {
	t.Parallel()
	d := newFixture(t).dispute
	d.OpenedAt = time.Date(2026, time.January, 7, 12, 0, 0, 0, time.FixedZone("", 3600))
	hash := d.WithDefaults().Hash()
	for status, want := range map[enumspb.WorkflowExecutionStatus]string{
		enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED: "open-" + hash,
		enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:     "open-" + hash,
		enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:      "open-" + hash + "-after-run-1",
		enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:  "open-" + hash + "-after-run-1",
		enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:   "",
		enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:    "",
	} {
		t.Run(status.String(), func(t *testing.T) {
			t.Parallel()
			s := &server{last: status}
			view, err := workflows.NewClient(s).Open(t.Context(), d)
			if want == "" {
				require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
				require.Empty(t, s.update.UpdateID)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "d-1", view.ID)
			require.Equal(t, want, s.update.UpdateID)
			require.Equal(t, "dispute-d-1", s.start.ID)
			require.Equal(t, "klarna-disputes", s.start.TaskQueue)
			require.Equal(t, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, s.start.WorkflowIDConflictPolicy)
			require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, s.start.WorkflowIDReusePolicy)
			require.Equal(t, map[string]any{
				"DisputeState": "OPENED", "DisputeWaitingFor": "pause", "DisputeReason": "goods_not_received", "DisputeMerchant": "merchant-1",
			}, attributes(s.start))
			require.Equal(t, "d-1 · 129.90 EUR · goods_not_received", s.start.StaticSummary)
		})
	}
}

func attributes(options client.StartWorkflowOptions) map[string]any {
	values := map[string]any{}
	for key, value := range options.TypedSearchAttributes.GetUntypedValues() {
		values[key.GetName()] = value
	}
	return values
}

// TestClientOpensTooLate: the dispute closes between the client's look at the last run and the start, or Temporal is
// away.
func TestClientOpensTooLate(t *testing.T) {
	t.Parallel()
	d := newFixture(t).dispute
	d.OpenedAt = monday.AddDate(-1, 0, 0)
	_, err := workflows.NewClient(&server{err: serviceerror.NewWorkflowExecutionAlreadyStarted("finished", "", "")}).Open(t.Context(), d)
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
	away := errors.New("connection refused")
	_, err = workflows.NewClient(&server{err: away}).Open(t.Context(), d)
	require.ErrorIs(t, err, away)
}
