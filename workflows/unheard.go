package workflows

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// hear adds to what a stopped run answers what it had not heard: the signals and the cancellation that came after its last
// completed workflow task. A query replays the run up to that task and no further.
func (c *Client) hear(ctx context.Context, disputeID, runID string, takeover *activities.Takeover) error {
	var signals []*commonpb.Payloads
	var names []string
	cancelled := false
	history := c.temporal.GetWorkflowHistory(ctx, WorkflowID(disputeID), runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		event, err := history.Next()
		if err != nil {
			return err
		}
		switch event.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			signals, names, cancelled = nil, nil, false
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
			signal := event.GetWorkflowExecutionSignaledEventAttributes()
			signals, names = append(signals, signal.GetInput()), append(names, signal.GetSignalName())
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
			cancelled = true
		default:
		}
	}
	takeover.CancelRequested = cancelled
	for i, payloads := range signals {
		input, err := c.readable(ctx, disputeID, runID, payloads)
		if err != nil {
			return err
		}
		takeover.Unheard = append(takeover.Unheard, activities.UnheardSignal{Signal: names[i], Input: input})
	}
	return nil
}

// readable returns the first payload of a signal as a worker reads it. A history has it encrypted, and only the data
// converter of a connection has the keys.
func (c *Client) readable(ctx context.Context, disputeID, runID string, payloads *commonpb.Payloads) ([]byte, error) {
	if len(payloads.GetPayloads()) == 0 {
		return nil, nil
	}
	value, err := c.ask(ctx, disputeID, runID, QueryReadSignal, converter.NewRawValue(payloads.GetPayloads()[0]))
	if err != nil {
		return nil, err
	}
	var data []byte
	return data, value.Get(&data)
}

// readSignal answers QueryReadSignal.
func readSignal(raw converter.RawValue) ([]byte, error) {
	return payload(raw), nil
}

// hearUnheard handles what the stopped run had not heard, as drain does. Its agreements were heard with what the parties had
// proposed (restoreNegotiation).
func (p *process) hearUnheard() {
	if p.inherited == nil {
		return
	}
	hearSignals(*p.inherited, dispute.SignalWithdrawal, p.onWithdrawal)
	if p.inherited.CancelRequested {
		p.onCancellation()
	}
}

// hearSignals handles the signals of one name that the stopped run had not heard.
func hearSignals(from activities.Takeover, signal string, handle func(converter.RawValue)) {
	for _, unheard := range from.Unheard {
		if unheard.Signal == signal {
			handle(converter.NewRawValue(&commonpb.Payload{Data: unheard.Input}))
		}
	}
}
