package testsuite_test

import (
	"flag"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

var flood = flag.Int("flood", 300, "how many signals, and how many updates, a dispute is flooded with")

// TestFlood: a dispute that is flooded with signals and updates accepts or refuses them, can be read, and closes with
// the right reason.
func TestFlood(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open()
	ctx, id := t.Context(), f.dispute.ID
	began := time.Now()
	refusedSignals := concurrently(*flood, func() error {
		return env.Temporal.SignalWorkflow(ctx, workflows.WorkflowID(id), "", dispute.SignalAgreement, map[string]any{"terms": "none of them"})
	})
	signalled := time.Since(began)
	refusedUpdates := concurrently(*flood, func() error {
		_, err := env.Disputes.Respond(ctx, id, dispute.Response{Message: "again", ReportedBy: dispute.PartyMerchant})
		if err != nil && dispute.CodeOf(err) != dispute.CodeLimitReached {
			t.Errorf("neither accepted nor refused: %v", err)
		}
		return err
	})
	require.EqualValues(t, max(0, *flood-20), refusedUpdates, "updates beyond the limit")
	view := f.waitsFor(dispute.WaitAgreement)
	require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
	require.LessOrEqual(t, len(view.Timeline), dispute.MaxTimeline)
	_, err := env.Disputes.AcceptLoss(ctx, id, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	f.closes(dispute.ClosedLossAccepted)
	closed := time.Since(began)
	events := f.history(dispute.ClosedLossAccepted)
	began = time.Now()
	silent := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
	require.NoError(t, replayer.ReplayWorkflowHistoryWithOptions(silent, &historypb.History{Events: events}, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: workflows.WorkflowID(id)},
	}), "another worker can take over")
	t.Logf("%d signals in %v, of which Temporal refused %d; %d updates, of which the dispute refused %d; closed after %v; its %d events are replayed in %v",
		*flood, signalled, refusedSignals, *flood, refusedUpdates, closed, len(events), time.Since(began))
}

// concurrently calls do so many times from a few goroutines, and counts the errors.
func concurrently(times int, do func() error) int64 {
	var next, failed atomic.Int64
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for i := next.Add(1); i <= int64(times); i = next.Add(1) {
				if err := do(); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	senders.Wait()
	return failed.Load()
}
