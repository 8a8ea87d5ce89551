package workflows_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// forgetful is a fake Temporal that loses the answers to its first queries.
type forgetful struct {
	server
	loses   int64
	queries atomic.Int64
}

func (f *forgetful) QueryWorkflow(ctx context.Context, _, _, _ string, _ ...any) (converter.EncodedValue, error) {
	if f.queries.Add(1) <= f.loses {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(dispute.View{ID: "d-1", WaitingFor: dispute.WaitAgreement})
	return client.NewValue(payloads), err
}

// TestLostAnswer: a query whose answer Temporal has lost is asked again, once: one that stays without an answer ends with its context.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for loses, want := range map[int64]error{0: nil, 1: nil, 2: context.DeadlineExceeded} {
		synctest.Test(t, func(t *testing.T) {
			temporal := &forgetful{server: server{last: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}, loses: loses}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			began := time.Now()
			_, err := workflows.NewClient(temporal).Status(ctx, "d-1")
			require.ErrorIs(t, err, want)
			require.Equal(t, min(loses+1, 2), temporal.queries.Load())
			if want == nil {
				require.Less(t, time.Since(began), time.Second)
			}
		})
	}
}
