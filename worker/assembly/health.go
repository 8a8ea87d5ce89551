package assembly

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
)

// probeTimeout is how long Temporal and the ledger may take to answer a readiness check: enough to connect to the second
// host of the ledger's URL when the first one is dead.
const probeTimeout = 5 * time.Second

// The phases of a worker.
const (
	phaseStarting = "starting"
	phaseRunning  = "running"
	phaseStopping = "stopping"
)

// health checks whether a worker can do its work now.
type health struct {
	temporal  client.Client
	namespace string
	ledger    *ledger.Ledger
	phase     atomic.Value
}

func newHealth(temporal client.Client, namespace string, store *ledger.Ledger) *health {
	h := &health{temporal: temporal, namespace: namespace, ledger: store}
	h.phase.Store(phaseStarting)
	return h
}

// Handler serves a worker's health and metrics over HTTP. GET /healthz is 200 as long as the process runs, since a restart
// does not help if another system is down. GET /readyz is 200 if Temporal answers, the ledger can be written and the worker
// takes tasks, else 503 with the faults. GET /metrics is for Prometheus, and has the readiness too.
func (w *Worker) Handler(metrics *Metrics) http.Handler {
	mux := http.NewServeMux()
	collectors := []prometheus.Collector{readiness{w.health}}
	if w.events != nil {
		collectors = append(collectors, w.events)
	}
	mux.Handle("GET /metrics", metrics.Handler(collectors...))
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(out, "worker: %v\n", w.health.phase.Load())
	})
	mux.HandleFunc("GET /readyz", w.health.ready)
	return mux
}

func (h *health) ready(out http.ResponseWriter, r *http.Request) {
	temporal, ledger := h.probe(r.Context())
	if faults := errors.Join(h.working(), prefix(systemTemporal, temporal), prefix(systemLedger, ledger)); faults != nil {
		http.Error(out, faults.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(out, "ready")
}

// The systems that a worker needs.
const (
	systemTemporal = "temporal"
	systemLedger   = "ledger"
)

// probe returns what is wrong with Temporal and with the ledger.
func (h *health) probe(ctx context.Context) (temporal, ledger error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	fromTemporal := make(chan error, 1)
	go func() {
		_, err := h.temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: h.namespace})
		fromTemporal <- err
	}()
	ledger = h.ledger.Ping(ctx)
	return <-fromTemporal, ledger
}

func (h *health) working() error {
	if phase := h.phase.Load(); phase != phaseRunning {
		return fmt.Errorf("worker: %v", phase)
	}
	return nil
}

func prefix(system string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", system, err)
}
