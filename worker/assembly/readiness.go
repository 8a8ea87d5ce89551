package assembly

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// readiness is the metric streitfall_ready: with each scrape, 1 for each system that the worker needs and can use, else 0.
// Prometheus reads no HTTP status, so that an alert could not be based on /readyz.
type readiness struct {
	health *health
}

var readyDesc = prometheus.NewDesc("streitfall_ready", "Whether the worker can use a system: 1 or 0.", []string{"system"}, nil)

// Describe implements prometheus.Collector.
func (readiness) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- readyDesc
}

// Collect implements prometheus.Collector.
func (r readiness) Collect(metrics chan<- prometheus.Metric) {
	temporal, ledger := r.health.probe(context.Background())
	for _, system := range []struct {
		name  string
		fault error
	}{{systemTemporal, temporal}, {systemLedger, ledger}} {
		ready := 0.0
		if system.fault == nil {
			ready = 1
		}
		metrics <- prometheus.MustNewConstMetric(readyDesc, prometheus.GaugeValue, ready, system.name)
	}
}
