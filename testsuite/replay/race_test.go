//go:build race

package replay_test

import (
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/interceptor"
)

// replay leaves the history alone: the SDK's replayer (1.50.0) races with itself where it drops a run with an update
// under way, and replaying is one thread's work.
func replay(t *testing.T, _ *historypb.History, _ ...interceptor.WorkerInterceptor) error {
	t.Helper()
	t.Skip("nothing is replayed under the race detector")
	return nil
}
