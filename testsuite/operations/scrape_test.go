package operations_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// series returns the values of a scrape by metric name and the values of our own labels. A histogram counts by its
// samples.
func (w *worker) series() map[string]float64 {
	w.Helper()
	status, body := w.get("/metrics")
	require.Equal(w, http.StatusOK, status)
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	require.NoError(w, err)
	series := map[string]float64{}
	for name, family := range families {
		for _, metric := range family.GetMetric() {
			labels := []string{name}
			for _, label := range metric.GetLabel() {
				if wanted[label.GetName()] {
					labels = append(labels, label.GetValue())
				}
			}
			series[strings.Join(labels, " ")] += metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return series
}

// wanted are the labels of our own metrics.
var wanted = map[string]bool{"operation": true, "channel": true, "result": true, "outcome": true, "reason": true, "cause": true}

// TestMetrics runs two disputes, one settled by agreement, and one lost by silence after the first message to its merchant
// was refused, and asserts their metrics and logs.
func TestMetrics(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	w := e.start()
	disputes := e.Disputes
	settled := e.book("settled", func(m *dispute.Merchant, _ *dispute.Dispute) { m.PortalActive = true })
	lost := e.book("lost", func(m *dispute.Merchant, _ *dispute.Dispute) { m.Email = "refused.laden@nordlicht.example" })
	for _, d := range []dispute.Dispute{settled, lost} {
		_, err := disputes.Open(t.Context(), d)
		require.NoError(t, err)
	}
	e.waitsFor(disputes, settled.ID, dispute.WaitAgreement)
	require.NoError(t, disputes.Agree(t.Context(), settled.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(disputes, settled.ID, dispute.ClosedByAgreement)
	e.waitsFor(disputes, lost.ID, dispute.WaitRetryNotification)
	_, err := disputes.RetryNotification(t.Context(), lost.ID, dispute.Retry{Email: "laden@nordlicht.example", RequestedBy: "op"})
	require.NoError(t, err)
	e.waitsFor(disputes, lost.ID, dispute.WaitAgreement)
	require.NoError(t, parties.EndPeriod(t.Context(), disputes, lost.ID, dispute.WaitAgreement, dispute.DeadlineMove{Reason: "test", MovedBy: "op"}))
	e.closes(disputes, lost.ID, dispute.ClosedMerchantSilent)

	series := w.series()
	for name, want := range map[string]float64{
		"streitfall_disputes_opened_total": 2,
		"streitfall_disputes_closed_total SETTLED merchant_solved_the_dispute_with_the_customer": 1,
		"streitfall_disputes_closed_total LOST merchant_did_not_respond":                         1,
		"streitfall_attention_raised_total unreachable":                                          1,
		"streitfall_messages_total portal sent":                                                  2,
		"streitfall_messages_total email refused":                                                1,
		"streitfall_ledger_latency_seconds pause":                                                2,
		"streitfall_ledger_latency_seconds settle":                                               2,
	} {
		require.InDelta(t, want, series[name], 0, "%s in %v", name, series)
	}
	require.GreaterOrEqual(t, series["streitfall_messages_total email sent"], 6.0)
	for _, name := range []string{"temporal_request_total RespondWorkflowTaskCompleted", "temporal_workflow_completed_total", "temporal_workflow_task_execution_latency_seconds"} {
		require.Positive(t, series[name], "%s in %v", name, series)
	}
	for _, line := range w.log.lines(t) {
		if line["msg"] == "invoice-settled" {
			require.Contains(t, []any{settled.ID, lost.ID}, line["dispute"])
		}
	}
	require.Contains(t, w.log.String(), `"msg":"invoice-settled"`)
}
