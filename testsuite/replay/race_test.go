//go:build race

package replay_test

import (
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/interceptor"
)

// replay skips the test: the SDK's replayer (1.50.0) has a race of its own when it drops a run with a pending update, and
// replay runs on one goroutine.
func replay(t *testing.T, _ *historypb.History, _ ...interceptor.WorkerInterceptor) error {
	t.Helper()
	t.Skip("nothing is replayed under the race detector")
	return nil
}
