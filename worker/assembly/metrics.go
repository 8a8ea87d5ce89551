package assembly

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
)

// Metrics collects what the SDK and this product measure and serves it to Prometheus.
type Metrics struct {
	http.Handler
	client client.MetricsHandler
}

// buckets are upper bounds in seconds, from a query of the ledger to a dispute of some weeks. The library's own
// are made for milliseconds.
var buckets = []float64{
	0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 86400, 604800, 2592000,
}

// NewMetrics makes an empty collection, with what Go and the operating system say about the process.
func NewMetrics() (*Metrics, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry),
		otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, err
	}
	provider := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(metric.NewView(
		metric.Instrument{Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: buckets, NoMinMax: true}},
	)))
	return &Metrics{
		Handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry}),
		client: opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
			Meter: provider.Meter("streitfall"), UseMonotonicCounters: true,
		}),
	}, nil
}

// Client collects what is measured on a connection to Temporal and by the workers on it.
func (m *Metrics) Client() client.MetricsHandler {
	return m.client
}
