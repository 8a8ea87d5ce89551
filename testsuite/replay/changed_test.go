package replay_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestReplayDetectsChanges: replay fails after incompatible changes of the workflow, each of which would block running
// disputes.
func TestReplayDetectsChanges(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]edited{
		"a timer before the pause":            {timerFirst: true},
		"a regular activity for a local one":  {regular: "PauseInvoice"},
		"a local activity for a regular one":  {local: "SettleInvoice"},
		"two steps for one":                   {apart: true},
		"search attributes are not published": {unpublished: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			detected := 0
			for _, path := range kept(t, latest) {
				_, history := read(t, filepath.Join(histories, latest, path+suffix))
				if err := replay(t, history, &edit); err != nil {
					require.ErrorContains(t, err, "TMPRL1100", path)
					detected++
				} else {
					require.False(t, edit.timerFirst, "%s detects nothing", path)
				}
			}
			require.Greater(t, detected, len(dispute.ClosingReasons), "histories that detect the change")
		})
	}
}

// edited is an interceptor that changes what the workflow does.
type edited struct {
	interceptor.WorkerInterceptorBase
	timerFirst  bool
	regular     string
	local       string
	apart       bool
	unpublished bool
}

func (e *edited) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	inbound := &editedInbound{edit: e}
	inbound.Next = next
	return inbound
}

type editedInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	edit *edited
}

func (e *editedInbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	outbound := &editedOutbound{edit: e.edit}
	outbound.Next = next
	return e.Next.Init(outbound)
}

func (e *editedInbound) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if e.edit.timerFirst {
		workflow.NewTimer(ctx, time.Hour)
	}
	return e.Next.ExecuteWorkflow(ctx, in)
}

type editedOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	edit *edited
}

func (e *editedOutbound) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	messages, _ := args[0].([]activities.Notification)
	switch {
	case name == e.edit.regular:
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return e.Next.ExecuteActivity(ctx, name, args...)
	case len(messages) > 1 && e.edit.apart:
		together := e.Next.ExecuteLocalActivity(ctx, name, args...)
		e.Next.ExecuteLocalActivity(ctx, name, messages[:1])
		return together
	default:
		return e.Next.ExecuteLocalActivity(ctx, name, args...)
	}
}

func (e *editedOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if name == e.edit.local {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteLocalActivity(ctx, name, args...)
	}
	return e.Next.ExecuteActivity(ctx, name, args...)
}

func (e *editedOutbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	if e.edit.unpublished {
		return nil
	}
	return e.Next.UpsertTypedSearchAttributes(ctx, updates...)
}
