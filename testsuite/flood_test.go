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

// TestFlood: a dispute that somebody floods with signals and updates absorbs or refuses them, can be read all the
// while, and closes as it should.
func TestFlood(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.open()
	ctx, id := t.Context(), h.dispute.ID
	began := time.Now()
	refusedSignals := atOnce(*flood, func() error {
		return town.temporal.SignalWorkflow(ctx, workflows.WorkflowID(id), "", dispute.SignalAgreement, map[string]any{"terms": "none of them"})
	})
	signalled := time.Since(began)
	refusedUpdates := atOnce(*flood, func() error {
		_, err := town.disputes.Respond(ctx, id, dispute.Response{Message: "again", ReportedBy: dispute.PartyMerchant})
		if err != nil && dispute.CodeOf(err) != dispute.CodeLimitReached {
			t.Errorf("neither accepted nor refused: %v", err)
		}
		return err
	})
	require.EqualValues(t, max(0, *flood-20), refusedUpdates, "updates beyond the limit")
	view := h.waitsFor(dispute.WaitAgreement)
	require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
	require.LessOrEqual(t, len(view.Timeline), dispute.MaxTimeline)
	_, err := town.disputes.AcceptLoss(ctx, id, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	h.closes(dispute.ClosedLossAccepted)
	closed := time.Since(began)
	events := h.history(dispute.ClosedLossAccepted)
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

// atOnce does something many times, by a few senders at once, and counts the errors.
func atOnce(times int, do func() error) int64 {
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
