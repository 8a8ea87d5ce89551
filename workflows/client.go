package workflows

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// Client opens and drives disputes. Its refusals are *dispute.Refusal. Every other error is a transient error of
// Temporal, after which the call can be repeated: opening is idempotent by content, updates by their id, signals by
// their content.
type Client struct {
	temporal client.Client
}

// NewClient returns a client on a connection to Temporal, which it does not close.
func NewClient(temporal client.Client) *Client {
	return &Client{temporal: temporal}
}

// Open opens a dispute and returns its view when the invoice is paused. Opening the same dispute again is the same
// request. Refusals: CodeInvalidDispute, CodeDisputeRefused (by the ledger; a corrected one can be opened under the
// same id), CodeDisputeDiffers, CodeDisputeClosed.
func (c *Client) Open(ctx context.Context, d dispute.Dispute) (dispute.View, error) {
	d = d.WithDefaults()
	if err := d.Validate(time.Now()); err != nil {
		return dispute.View{}, err
	}
	request, err := c.openRequest(ctx, d)
	if err != nil {
		return dispute.View{}, err
	}
	return c.open(ctx, d, request)
}

// openRequest returns the update id of an opening: the same content is the same request. Temporal answers a repeated
// request from its record even when the run is long over. So openRequest refuses a closed dispute, and returns a new id
// after a refusal by the ledger, whose cause may be mended by now.
func (c *Client) openRequest(ctx context.Context, d dispute.Dispute) (string, error) {
	request := "open-" + d.Hash()
	last, err := c.temporal.DescribeWorkflow(ctx, WorkflowID(d.ID), "")
	if _, unknown := errors.AsType[*serviceerror.NotFound](err); unknown {
		return request, nil
	}
	switch {
	case err != nil:
		return "", err
	case last.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
		return request, nil
	case last.Status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED || last.Status == enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return "", closed(d.ID)
	default: // failed by a refusal, or terminated by an operator: a new run may take over
		return request + "-after-" + last.WorkflowExecution.RunID, nil
	}
}

func (c *Client) open(ctx context.Context, d dispute.Dispute, updateID string) (dispute.View, error) {
	start := c.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       WorkflowID(d.ID),
		TaskQueue:                TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		TypedSearchAttributes:    opening(d),
		StaticSummary:            d.String(),
	}, WorkflowType, d)
	handle, err := c.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: updateID, UpdateName: dispute.UpdateOpen, Args: []any{d}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	var view dispute.View
	if err == nil {
		err = handle.Get(ctx, &view)
	}
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return dispute.View{}, closed(d.ID)
	}
	return view, refusal(err)
}

// Agree reports that merchant and customer have agreed. Status shows whether the agreement took effect.
func (c *Client) Agree(ctx context.Context, id string, message dispute.Agreement) error {
	return signal(ctx, c, id, dispute.SignalAgreement, message)
}

// Withdraw reports that the customer has withdrawn the complaint.
func (c *Client) Withdraw(ctx context.Context, id string, message dispute.Withdrawal) error {
	return signal(ctx, c, id, dispute.SignalWithdrawal, message)
}

// Respond records the merchant's reaction within the response window.
func (c *Client) Respond(ctx context.Context, id string, message dispute.Response, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateRespond, message, options)
}

// AcceptLoss ends the dispute with a chargeback, at the merchant's request.
func (c *Client) AcceptLoss(ctx context.Context, id string, message dispute.LossAcceptance, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateAcceptLoss, message, options)
}

// StateReason records the customer's reason for the dispute.
func (c *Client) StateReason(ctx context.Context, id string, message dispute.Statement, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateStateReason, message, options)
}

// SubmitEvidence records the merchant's evidence.
func (c *Client) SubmitEvidence(ctx context.Context, id string, message dispute.Evidence, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateSubmitEvidence, message, options)
}

// Rule records a ruling of the desk.
func (c *Client) Rule(ctx context.Context, id string, message dispute.Ruling, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateRule, message, options)
}

// MoveDeadline moves the running deadline.
func (c *Client) MoveDeadline(ctx context.Context, id string, message dispute.DeadlineMove, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateMoveDeadline, message, options)
}

// RetryNotification sends a refused message again.
func (c *Client) RetryNotification(ctx context.Context, id string, message dispute.Retry, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateRetryNotification, message, options)
}

// Acknowledge takes a cause of attention off.
func (c *Client) Acknowledge(ctx context.Context, id string, message dispute.Acknowledgement, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateAcknowledge, message, options)
}

// Cancel ends a dispute that has not been decided: the invoice is reactivated. Operators only.
func (c *Client) Cancel(ctx context.Context, id string) error {
	return c.missing(ctx, id, c.temporal.CancelWorkflow(ctx, WorkflowID(id), ""))
}

// Status returns the view of a dispute with its timeline. It works for closed disputes too, as long as Temporal retains
// them; afterwards it fails with CodeUnknownDispute, and only the ledger still has the dispute.
func (c *Client) Status(ctx context.Context, id string) (dispute.View, error) {
	var view dispute.View
	answer, err := c.temporal.QueryWorkflow(ctx, WorkflowID(id), "", QueryStatus)
	if err == nil {
		err = answer.Get(&view)
	}
	return view, c.missing(ctx, id, err)
}

// UpdateOption changes how an update is sent.
type UpdateOption func(*client.UpdateWorkflowOptions)

// WithUpdateID makes an update idempotent: two updates with the same id take effect once. Without an id every call is a
// new request.
func WithUpdateID(id string) UpdateOption {
	return func(o *client.UpdateWorkflowOptions) { o.UpdateID = id }
}

func signal[M dispute.Message](ctx context.Context, c *Client, id, name string, message M) error {
	if err := checked(message); err != nil {
		return err
	}
	return c.missing(ctx, id, c.temporal.SignalWorkflow(ctx, WorkflowID(id), "", name, message))
}

func update[M dispute.Message](ctx context.Context, c *Client, id, name string, message M, options []UpdateOption) (dispute.View, error) {
	if err := checked(message); err != nil {
		return dispute.View{}, err
	}
	request := client.UpdateWorkflowOptions{
		WorkflowID: WorkflowID(id), UpdateName: name, Args: []any{message}, WaitForStage: client.WorkflowUpdateStageCompleted,
	}
	for _, option := range options {
		option(&request)
	}
	var view dispute.View
	handle, err := c.temporal.UpdateWorkflow(ctx, request)
	if err == nil {
		err = handle.Get(ctx, &view)
	}
	return view, c.missing(ctx, id, err)
}

// checked validates a message before it is sent, with the checks of the dispute itself.
func checked[M dispute.Message](message M) error {
	data, err := converter.GetDefaultDataConverter().ToPayload(message)
	if err != nil {
		return err
	}
	_, err = dispute.DecodeMessage[M](data.GetData())
	return err
}

// missing converts Temporal's NotFound to a refusal that says whether the dispute is closed, was refused, was stopped,
// or never existed. Temporal's own errors for these cases differ by their text only.
func (c *Client) missing(ctx context.Context, id string, err error) error {
	if _, ok := errors.AsType[*serviceerror.NotFound](err); !ok {
		return refusal(err)
	}
	last, describeErr := c.temporal.DescribeWorkflow(ctx, WorkflowID(id), "")
	if _, unknown := errors.AsType[*serviceerror.NotFound](describeErr); unknown {
		return dispute.Refuse(dispute.CodeUnknownDispute, "Temporal has no dispute %q", id)
	}
	if describeErr != nil {
		return describeErr
	}
	switch last.Status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return closed(id)
	case enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:
		return dispute.Refuse(dispute.CodeUnknownDispute, "dispute %q was refused when it was opened; a corrected one can be opened under this id", id)
	default:
		return dispute.Refuse(dispute.CodeUnknownDispute, "dispute %q does not run: an operator has stopped it; it goes on when it is opened again with the same content", id)
	}
}

func closed(id string) error {
	return dispute.Refuse(dispute.CodeDisputeClosed, "dispute %q is closed; it takes no more messages and cannot be opened again", id)
}
