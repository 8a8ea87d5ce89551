package operations_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// monitoring is the folder of the alert rules and the dashboard.
const monitoring = "../../worker/monitoring"

// rules are the parts of a file of rules that the tests read.
type rules struct {
	Groups []struct {
		Rules []struct{ Alert, Record, Expr string }
	}
}

func readRules(t *testing.T) (r rules) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(monitoring, "alerts.yml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &r))
	require.NotEmpty(t, r.Groups)
	return r
}

// TestAlerts runs the unit tests of the alert rules with Prometheus's own tool. Each alert has one.
func TestAlerts(t *testing.T) {
	t.Parallel()
	tests, err := os.ReadFile(filepath.Join(monitoring, "alerts_test.yml"))
	require.NoError(t, err)
	for _, group := range readRules(t).Groups {
		for _, rule := range group.Rules {
			if rule.Alert != "" {
				require.Contains(t, string(tests), "alertname: "+rule.Alert+"\n    exp_alerts:")
			}
		}
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("LEFT OUT: promtool is not installed (Debian and Ubuntu: apt-get install prometheus)")
	}
	require.NoError(t, err, "CI needs promtool (Debian and Ubuntu: apt-get install prometheus)")
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = monitoring
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, string(output))
	}
}

// TestEveryCauseHasAnAlert: an operator hears of everything that needs a person.
func TestEveryCauseHasAnAlert(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(monitoring, "alerts.yml"))
	require.NoError(t, err)
	for _, cause := range dispute.Causes {
		require.Contains(t, string(text), `expr: streitfall:attention_raised:increase1h{cause="`+string(cause)+`"} > 0`)
	}
}

// TestMonitoringKnowsTheMetrics: every metric and label of the alert rules and of the dashboard is one that a worker or the portal serves.
func TestMonitoringKnowsTheMetrics(t *testing.T) {
	t.Parallel()
	served := servedMetrics(t)
	maps.Copy(served, portalMetrics(t))
	served["up"] = map[string]bool{} // Prometheus adds it
	expressions := []string{}
	for _, group := range readRules(t).Groups {
		for _, rule := range group.Rules {
			expressions = append(expressions, rule.Expr)
			if rule.Record != "" {
				served[rule.Record] = map[string]bool{"cause": true}
			}
		}
	}
	dashboard := dashboardExpressions(t)
	require.Greater(t, len(dashboard), 20)
	for _, expression := range append(expressions, dashboard...) {
		used := metricsOf(expression)
		require.NotEmpty(t, used, expression)
		for name, labels := range used {
			require.NotNil(t, served[name], "nothing serves %s: %s", name, expression)
			for _, label := range labels {
				require.True(t, label == "job" || served[name][label], "%s has no label %s: %s", name, label, expression)
			}
		}
	}
}

// dashboardExpressions returns the PromQL of all panels.
func dashboardExpressions(t *testing.T) (expressions []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(monitoring, "dashboard.json"))
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

var (
	groupings = regexp.MustCompile(`\b(by|without|on)\s*\([^)]*\)`)
	durations = regexp.MustCompile(`\[[^]]*\]|\boffset\s+\w+`)
	texts     = regexp.MustCompile(`"[^"]*"`)
	selectors = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{[^}]*\}|\(|)`)
	matchers  = regexp.MustCompile(`(\w+)\s*[=!]`)
	operators = []string{"and", "or", "unless", "bool"}
)

// metricsOf returns the metrics of a PromQL expression, with the labels by which it selects.
func metricsOf(expression string) map[string][]string {
	used := map[string][]string{}
	plain := durations.ReplaceAllString(groupings.ReplaceAllString(texts.ReplaceAllString(expression, ""), ""), "")
	for _, found := range selectors.FindAllStringSubmatch(plain, -1) {
		if found[2] == "(" || slices.Contains(operators, found[1]) {
			continue // a function
		}
		used[found[1]] = append([]string{}, used[found[1]]...)
		for _, label := range matchers.FindAllStringSubmatch(found[2], -1) {
			used[found[1]] = append(used[found[1]], label[1])
		}
	}
	return used
}

// servedMetrics returns the metrics of a worker that has had disputes with and without faults, with their
// labels.
func servedMetrics(t *testing.T) map[string]map[string]bool {
	t.Helper()
	e := newEnv(t, "")
	w := e.start("EVENTS_URL=https://backend.invalid/events", "EVENTS_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")
	e.open(e.Disputes, e.book("settled", func(m *dispute.Merchant, _ *dispute.Dispute) { m.PortalActive = true }))
	require.NoError(t, e.Disputes.Withdraw(t.Context(), "settled", dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	e.closes(e.Disputes, "settled", dispute.ClosedByWithdrawal)
	for id, address := range map[string]string{"unreachable": "refused@nordlicht.example", "transient": "away@nordlicht.example"} {
		_, err := e.Disputes.Open(t.Context(), e.book(id, func(m *dispute.Merchant, _ *dispute.Dispute) { m.Email = address }))
		require.NoError(t, err)
	}
	e.waitsFor(e.Disputes, "unreachable", dispute.WaitRetryNotification)
	undecipherable := e.open(e.Disputes, e.book("undecipherable"))
	require.NoError(t, workflows.NewClient(e.dial(key2)).Withdraw(t.Context(), undecipherable.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	again := e.open(e.Disputes, e.book("taken-over"))
	require.NoError(t, e.Temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID(again.ID), "", "by a test"))
	_, err := e.Disputes.Open(t.Context(), again)
	require.NoError(t, err)
	var served map[string]map[string]bool
	require.Eventually(t, func() bool {
		served = w.labels()
		return served["temporal_workflow_task_execution_failed_total"] != nil && served["temporal_activity_schedule_to_start_latency_seconds_bucket"] != nil
	}, timeout, 20*time.Millisecond, "%v", &w.log)
	require.NoError(t, e.Server.Kill())
	require.Eventually(t, func() bool {
		served = w.labels()
		return served["temporal_request_failure_total"] != nil
	}, timeout, 20*time.Millisecond, "%v", &w.log)
	require.NoError(t, e.Server.Restart(t.Context()))
	return served
}

// portalMetrics returns the metrics of a portal that has answered a request, with their labels. They say nothing about disputes.
func portalMetrics(t *testing.T) map[string]map[string]bool {
	t.Helper()
	folder := t.TempDir()
	books, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(folder, "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	variables := map[string]string{
		"PORTAL_URL": "http://localhost:8090", "PORTAL_KEYS": key1, "FILES_URL": "file:" + filepath.Join(folder, "files"), "MAIL_DIR": folder,
	}
	getenv := func(name string) string { return variables[name] }
	config, err := portal.ConfigFromEnv(getenv)
	require.NoError(t, err)
	reach, err := assembly.ReachFromEnv(getenv)
	require.NoError(t, err)
	store, err := files.Open(t.Context(), config.FilesURL)
	require.NoError(t, err)
	served, err := portal.New(portal.Parts{
		Config: config, Ledger: books, Disputes: workflows.NewClient(nil), Files: files.New(books, store), Unseal: encryption.Keys{}.Open,
		Mails: reach.Mails, Webhooks: reach.Webhooks,
		Attention: func(context.Context) ([]pages.AttentionRow, error) { return nil, nil },
		Temporal:  func(context.Context) error { return nil }, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	served.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	metrics := httptest.NewRecorder()
	served.Monitoring().ServeHTTP(metrics, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	return labelsOf(t, metrics.Body.String())
}

// labels returns the metrics of a scrape with their labels, under the names that Prometheus gives to the parts of a histogram.
func (w *worker) labels() map[string]map[string]bool {
	w.Helper()
	status, body := w.get("/metrics")
	require.Equal(w, http.StatusOK, status)
	return labelsOf(w.T, body)
}

func labelsOf(t *testing.T, metrics string) map[string]map[string]bool {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(metrics))
	require.NoError(t, err)
	labels := map[string]map[string]bool{}
	for name, family := range families {
		names := []string{name}
		if family.GetType() == dto.MetricType_HISTOGRAM {
			names = []string{name + "_bucket", name + "_sum", name + "_count"}
		}
		for _, name := range names {
			labels[name] = map[string]bool{"le": strings.HasSuffix(name, "_bucket")}
			for _, metric := range family.GetMetric() {
				for _, label := range metric.GetLabel() {
					labels[name][label.GetName()] = true
				}
			}
		}
	}
	return labels
}
