package docs_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAlertsAreDocumented: the table of alerts says of each what to do about it, and each alert links to the table.
func TestAlertsAreDocumented(t *testing.T) {
	t.Parallel()
	rules := read(t, "worker/monitoring/alerts.yml")
	var alerts []string
	for _, alert := range regexp.MustCompile(`(?m)^ +- alert: (\w+)$`).FindAllStringSubmatch(rules, -1) {
		alerts = append(alerts, alert[1])
	}
	require.NotEmpty(t, alerts)
	require.ElementsMatch(t, alerts, firstCells(section(t, "worker/README.md", "### Alerts")))
	require.Len(t, regexp.MustCompile(`(?m)^ +runbook_url: \S+/worker/README\.md#alerts$`).FindAllString(rules, -1), len(alerts))
}

// TestMetricsAreDocumented: the table of metrics has every metric of ours that alerts and dashboard use.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	documented := firstCells(section(t, "worker/README.md", "### Metrics, health, logs"))
	for _, file := range []string{"worker/monitoring/alerts.yml", "worker/monitoring/dashboard.json"} {
		for _, metric := range regexp.MustCompile(`\bstreitfall_[a-z_]+`).FindAllString(read(t, file), -1) {
			require.Contains(t, documented, regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(metric, ""), file)
		}
	}
}
