package workflows

import (
	"cmp"
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

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
// same id), CodeDisputeDiffers, CodeDisputeClosed. After a run that was stopped, the new run goes on from what that one
// had heard and decided.
func (c *Client) Open(ctx context.Context, d dispute.Dispute) (dispute.View, error) {
	d = d.WithDefaults()
	if err := d.Validate(time.Now()); err != nil {
		return dispute.View{}, err
	}
	request, takeover, err := c.openRequest(ctx, d)
	if err != nil {
		return dispute.View{}, err
	}
	return c.open(ctx, d, request, takeover)
}

// Agree reports that merchant and customer have agreed. Status shows whether the agreement took effect, or has become a
// proposal of the party that reports it alone.
func (c *Client) Agree(ctx context.Context, id string, message dispute.Agreement) error {
	return signal(ctx, c, id, dispute.SignalAgreement, message)
}

// Withdraw reports that the customer has withdrawn the complaint.
func (c *Client) Withdraw(ctx context.Context, id string, message dispute.Withdrawal) error {
	return signal(ctx, c, id, dispute.SignalWithdrawal, message)
}

// Respond passes on what a party writes to the other one within the response window; the merchant has then reacted.
func (c *Client) Respond(ctx context.Context, id string, message dispute.Response, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateRespond, message, options)
}

// Propose makes a party's proposal, in place of its earlier one. Terms that need nobody else, or equal the other party's
// standing proposal, are the agreement at once. The view has the number of the proposal.
func (c *Client) Propose(ctx context.Context, id string, message dispute.Offer, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdatePropose, message, options)
}

// AnswerProposal accepts or declines the other party's standing proposal.
func (c *Client) AnswerProposal(ctx context.Context, id string, message dispute.ProposalAnswer, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateAnswerProposal, message, options)
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

// ReportBounce reports that a mail has come back which its server had accepted.
func (c *Client) ReportBounce(ctx context.Context, id string, message dispute.Bounce, options ...UpdateOption) (dispute.View, error) {
	return update(ctx, c, id, dispute.UpdateReportBounce, message, options)
}

// Cancel ends a dispute that has not been decided: the invoice is reactivated. Operators only.
func (c *Client) Cancel(ctx context.Context, id string) error {
	if err := possible(id); err != nil {
		return err
	}
	return c.missing(ctx, id, c.temporal.CancelWorkflow(ctx, WorkflowID(id), ""))
}

// Status returns the view of a dispute with its timeline. It works for closed disputes too, as long as Temporal retains
// them; afterwards it fails with CodeUnknownDispute, and only the ledger still has the dispute.
func (c *Client) Status(ctx context.Context, id string) (dispute.View, error) {
	return query(ctx, c, id, QueryStatus, func(view dispute.View) bool { return view.WaitingFor == "" && view.Outcome == "" })
}

// Case returns the whole case of a dispute, for closed disputes too, as Status does.
func (c *Client) Case(ctx context.Context, id string) (dispute.Case, error) {
	return query(ctx, c, id, QueryCase, func(found dispute.Case) bool { return found.WaitingFor == "" && found.Decision == nil })
}

// UpdateOption changes how an update is sent.
type UpdateOption func(*client.UpdateWorkflowOptions)

// WithUpdateID makes an update idempotent: two updates with the same id take effect once. Without an id every call is a
// new request.
func WithUpdateID(id string) UpdateOption {
	return func(o *client.UpdateWorkflowOptions) { o.UpdateID = id }
}

func signal[M dispute.Message](ctx context.Context, c *Client, id, name string, message M) error {
	if err := cmp.Or(possible(id), checked(message)); err != nil {
		return err
	}
	return c.missing(ctx, id, c.temporal.SignalWorkflow(ctx, WorkflowID(id), "", name, message))
}

func update[M dispute.Message](ctx context.Context, c *Client, id, name string, message M, options []UpdateOption) (dispute.View, error) {
	if err := cmp.Or(possible(id), checked(message)); err != nil {
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

// possible refuses an id that no dispute can have. The SDK fails on one that is not ASCII, as if Temporal were away.
func possible(id string) error {
	if dispute.IsID(id) {
		return nil
	}
	return dispute.Refuse(dispute.CodeUnknownDispute, "no dispute has the id %.128q", id)
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
	last, describeErr := c.lastRun(ctx, id)
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
		return dispute.Refuse(dispute.CodeUnknownDispute, "dispute %q does not run: it was terminated or has timed out; it goes on when it is opened again with the same content", id)
	}
}

func closed(id string) error {
	return dispute.Refuse(dispute.CodeDisputeClosed, "dispute %q is closed; it takes no more messages and cannot be opened again", id)
}
