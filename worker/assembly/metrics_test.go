package assembly_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// TestCountersStart: the counters that alerts use are there before their first event, which counts in the same series
// whatever labels the SDK adds.
func TestCountersStart(t *testing.T) {
	t.Parallel()
	metrics, err := assembly.NewMetrics()
	require.NoError(t, err)
	page := func() string {
		page := httptest.NewRecorder()
		metrics.Handler().ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		return "\n" + page.Body.String()
	}
	before := page()
	for _, cause := range dispute.Causes {
		require.Contains(t, before, "\nstreitfall_attention_raised_total{cause=\""+string(cause)+"\"} 0\n")
	}
	for _, result := range []string{"sent", "refused", "failed"} {
		require.Contains(t, before, "\nstreitfall_messages_total{channel=\"email\",result=\""+result+"\"} 0\n")
		require.Contains(t, before, "\nstreitfall_messages_total{channel=\"portal\",result=\""+result+"\"} 0\n")
	}
	require.Contains(t, before, "\nstreitfall_deadlines_moved_by_outage_total 0\n")

	sdk := metrics.Client().WithTags(map[string]string{"namespace": "default", "task_queue": "queue", "workflow_type": "Dispute"})
	sdk.WithTags(map[string]string{"cause": "stalled"}).Counter("streitfall_attention_raised").Inc(1)
	sdk.Counter("streitfall_deadlines_moved_by_outage").Inc(1)
	after := page()
	require.Contains(t, after, "\nstreitfall_attention_raised_total{cause=\"stalled\"} 1\n")
	require.Contains(t, after, "\nstreitfall_deadlines_moved_by_outage_total 1\n")
}
