package assembly

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"

	"github.com/streitfall/streitfall/dispute"
)

// Metrics collects the metrics of the SDK and of this product.
type Metrics struct {
	client   client.MetricsHandler
	registry *prometheus.Registry
}

// buckets are upper bounds in seconds, from a query of the ledger to a dispute of some weeks. The library's defaults are
// for milliseconds.
var buckets = []float64{
	0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 86400, 604800, 2592000,
}

// NewMetrics returns an empty collection with the metrics of the Go runtime and the process.
func NewMetrics() (*Metrics, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), clock())
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry),
		otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, err
	}
	provider := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(metric.NewView(
		metric.Instrument{Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: buckets, NoMinMax: true}},
	), metric.NewView(
		metric.Instrument{Name: "streitfall_*", Kind: metric.InstrumentKindCounter},
		metric.Stream{AttributeFilter: attribute.NewAllowKeysFilter("cause", "channel", "result", "outcome", "reason")},
	)))
	handler := opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: provider.Meter("streitfall"), UseMonotonicCounters: true,
	})
	startCounters(handler)
	return &Metrics{registry: registry, client: handler}, nil
}

// startCounters begins the counters of which alerts need increases with 0: Prometheus sees no increase from nothing to 1,
// neither with the first event nor with the first after a restart. The series are those that are counted later, because
// the SDK's labels are left out of our counters.
func startCounters(handler client.MetricsHandler) {
	for _, name := range []string{"streitfall_disputes_opened", "streitfall_disputes_taken_over", "streitfall_deadlines_moved_by_outage"} {
		handler.Counter(name).Inc(0)
	}
	for _, cause := range dispute.Causes {
		handler.WithTags(map[string]string{"cause": string(cause)}).Counter("streitfall_attention_raised").Inc(0)
	}
	for _, channel := range []dispute.Channel{dispute.ChannelPortal, dispute.ChannelEmail} {
		for _, result := range []string{resultSent, resultRefused, resultFailed} {
			handler.WithTags(map[string]string{"channel": string(channel), "result": result}).Counter("streitfall_messages").Inc(0)
		}
	}
}

// Client returns the handler for the metrics of a connection to Temporal and its workers.
func (m *Metrics) Client() client.MetricsHandler {
	return m.client
}

// Handler serves the metrics, with those of more collectors.
func (m *Metrics) Handler(more ...prometheus.Collector) http.Handler {
	collected := prometheus.NewRegistry()
	collected.MustRegister(more...)
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, collected}, promhttp.HandlerOpts{Registry: m.registry})
}

// clock is the metric streitfall_clock_seconds: the worker's clock at the scrape, to compare with that of Prometheus.
func clock() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "streitfall_clock_seconds", Help: "The clock of the worker, in seconds since 1970.",
	}, func() float64 { return float64(time.Now().UnixMilli()) / 1000 })
}
