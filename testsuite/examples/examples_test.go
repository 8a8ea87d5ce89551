package examples_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// TestExamples runs the programs in the order of README.md.
func TestExamples(t *testing.T) {
	t.Parallel()
	h := start(t)
	receiver := h.serveEvents("A receiver of events")
	h.runs("A backend with the HTTP API")
	h.requireProposal("shop-4721")
	h.runs("With curl and jq")
	h.requireProposal("shop-4723")
	h.runs("A backend with Temporal's client")
	view, err := h.env.Disputes.Status(t.Context(), "shop-4722")
	require.NoError(t, err)
	require.Equal(t, dispute.ClosedByAgreement, view.ClosingReason)

	h.requireReceived(receiver)
	requireInOrder(t, h.readme.printed("A receiver of events"), h.read(receiver))
	h.requireForgedRefused()
	received := h.read(receiver)
	_, err = h.env.Ledger.ResendEvents(t.Context(), 0)
	require.NoError(t, err)
	h.requireReceived(receiver)
	require.Equal(t, received, h.read(receiver), "what comes again is dropped")
}

// TestLength: an example that is longer is no example.
func TestLength(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"*.ts", "*.sh"} {
		programs, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, programs)
		for _, program := range programs {
			text, err := os.ReadFile(program)
			require.NoError(t, err)
			require.Less(t, bytes.Count(text, []byte("\n")), 100, program)
			require.Contains(t, readReadme(t).text, "("+program+")")
		}
	}
}

// requireProposal asserts that a dispute exists, with the proposal that was sent twice.
func (h *house) requireProposal(id string) {
	h.t.Helper()
	whole, err := h.env.Disputes.Case(h.t.Context(), id)
	require.NoError(h.t, err)
	require.Len(h.t, whole.Proposals, 1)
	require.Equal(h.t, dispute.PartyMerchant, whole.Proposals[0].By)
	require.Equal(h.t, int64(3000), whole.Proposals[0].Refund.Amount)
}

// requireReceived asserts that everything is delivered, and that the receiver has printed what the ledger has, of each dispute in
// its order.
func (h *house) requireReceived(receiver string) {
	h.t.Helper()
	require.Eventually(h.t, func() bool {
		waiting, err := h.env.Ledger.ToldEvents(h.t.Context(), ledger.EventFilter{Undelivered: true}, 0, 1)
		if err != nil || len(waiting) > 0 {
			return false
		}
		of, err := h.env.Ledger.ToldEvents(h.t.Context(), ledger.EventFilter{DisputeID: "shop-4722"}, 0, 10)
		return err == nil && len(of) > 0 && of[len(of)-1].Type == events.DisputeClosed
	}, timeout, 50*time.Millisecond)
	all, err := h.env.Ledger.Events(h.t.Context(), 0, 1000)
	require.NoError(h.t, err)
	expected := map[string][]string{}
	for _, event := range all {
		line := fmt.Sprint(event.Type, " ", event.Data.DisputeID)
		expected[event.Data.DisputeID] = append(expected[event.Data.DisputeID], line)
	}
	require.Len(h.t, expected, 3)
	got := map[string][]string{}
	for line := range strings.Lines(h.read(receiver)) {
		line = strings.TrimSpace(line)
		if _, id, found := strings.Cut(line, " "); found && strings.HasPrefix(line, "dispute.") {
			got[id] = append(got[id], line)
		}
	}
	require.Equal(h.t, expected, got)
}

// requireForgedRefused sends what the worker has not signed.
func (h *house) requireForgedRefused() {
	h.t.Helper()
	body := strings.NewReader(`{"number": 1, "id": "x", "type": "dispute.closed", "data": {"disputeId": "shop-4721"}}`)
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.variables["EVENTS_URL"], body)
	require.NoError(h.t, err)
	request.Header.Set("Webhook-Id", "x")
	request.Header.Set("Webhook-Timestamp", fmt.Sprint(time.Now().Unix()))
	request.Header.Set("Webhook-Signature", "v1,Zm9yZ2VkIGZvcmdlZCBmb3JnZWQgZm9yZ2VkIGZvcmc=")
	response, err := client.Do(request)
	require.NoError(h.t, err)
	require.NoError(h.t, response.Body.Close())
	require.Equal(h.t, http.StatusUnauthorized, response.StatusCode)
}
