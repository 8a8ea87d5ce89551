package assembly

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
)

// answerTime is how long Temporal and the ledger may take until they count as away. Probes wait about as long.
const answerTime = 2 * time.Second

// The phases of a worker.
const (
	phaseStarting = "starting"
	phaseRunning  = "running"
	phaseStopping = "stopping"
)

// health knows whether a worker can do its work now.
type health struct {
	temporal  client.Client
	namespace string
	ledger    *ledger.Ledger
	phase     atomic.Value
}

func newHealth(temporal client.Client, namespace string, books *ledger.Ledger) *health {
	h := &health{temporal: temporal, namespace: namespace, ledger: books}
	h.phase.Store(phaseStarting)
	return h
}

// Handler serves a worker's state over HTTP. GET /healthz is 200 as long as the worker runs or stops in good order:
// what is away elsewhere is no reason to start it anew. GET /readyz is 200 when it can do its work: Temporal
// answers for the namespace, the ledger for its tables, and the worker takes tasks; else 503, with what is wrong.
// GET /metrics is for Prometheus.
func (w *Worker) Handler(metrics *Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(out, "worker: %v\n", w.health.phase.Load())
	})
	mux.HandleFunc("GET /readyz", w.health.ready)
	return mux
}

func (h *health) ready(out http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	fromTemporal := make(chan error, 1)
	go func() {
		_, err := h.temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: h.namespace})
		fromTemporal <- err
	}()
	fromLedger := h.ledger.Ping(ctx)
	faults := errors.Join(h.working(), away("temporal", <-fromTemporal), away("ledger", fromLedger))
	if faults != nil {
		http.Error(out, faults.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(out, "ready")
}

func (h *health) working() error {
	if phase := h.phase.Load(); phase != phaseRunning {
		return fmt.Errorf("worker: %v", phase)
	}
	return nil
}

func away(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
