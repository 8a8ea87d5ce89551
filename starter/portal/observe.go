package portal

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/streitfall/streitfall/starter/portal/pages"
)

// metrics counts what the portal does.
type metrics struct {
	registry       *prometheus.Registry
	requests       *prometheus.CounterVec
	seconds        *prometheus.HistogramVec
	signIns        *prometheus.CounterVec
	refusedUploads *prometheus.CounterVec
}

func newMetrics() metrics {
	m := metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "streitfall_portal_requests_total", Help: "Requests to the portal, by the pattern of their route and the status of the answer.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "streitfall_portal_request_seconds", Help: "How long the answers of the portal took, by the pattern of their route.",
			Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "streitfall_portal_sign_ins_total", Help: "People who have signed in to the portal, by what they are, and refused links.",
		}, []string{"result"}),
		refusedUploads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "streitfall_portal_uploads_refused_total", Help: "Files that the portal has refused, by reason.",
		}, []string{"reason"}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.seconds, m.signIns, m.refusedUploads)
	for _, result := range []string{"merchant", "customer", "desk", "operator", "refused"} {
		m.signIns.WithLabelValues(result)
	}
	for reason := range uploadProblems {
		m.refusedUploads.WithLabelValues(string(reason))
	}
	// An increase from nothing to 1 is none for Prometheus, and one from 0 is.
	m.requests.WithLabelValues(http.MethodPost+" "+pages.PathAct, strconv.Itoa(http.StatusServiceUnavailable))
	return m
}

func (m metrics) request(route string, status int) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
}

func (m metrics) signIn(result string) { m.signIns.WithLabelValues(result).Inc() }

func (m metrics) uploadRefused(reason string) { m.refusedUploads.WithLabelValues(reason).Inc() }

// statusGone is what is counted where nobody waits for the answer any more: no fault of the portal. It is nginx's.
const statusGone = 499

// observe logs and counts a request that was answered: by the pattern of its route, because URLs have tokens.
func (p *Portal) observe(q *request) {
	status, pattern := cmp.Or(q.w.status, http.StatusOK), q.Pattern
	if q.gone() {
		status = statusGone
	}
	took := time.Since(q.began)
	p.metrics.request(pattern, status)
	p.metrics.seconds.WithLabelValues(pattern).Observe(took.Seconds())
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelWarn
	}
	attributes := []slog.Attr{slog.String("route", pattern), slog.Int("status", status), slog.Duration("took", took)}
	if q.disputeID != "" {
		attributes = append(attributes, slog.String("dispute", q.disputeID))
	}
	if q.who.Party != "" {
		attributes = append(attributes, slog.String("as", string(q.who.Party)))
	}
	p.Log.LogAttrs(q.Context(), level, "answered", attributes...)
}

// healthy answers as long as the process runs.
func healthy(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "portal: running") }

// readyTimeout is how long the ledger may take to answer a check of readiness.
const readyTimeout = 5 * time.Second

// temporalTimeout is how long Temporal may take.
const temporalTimeout = 2 * time.Second

// ready answers with 200 if the ledger can be read. Without Temporal, lists and the archive are there as ever, so that the
// portal stays ready and says what is missing.
func (p *Portal) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if _, _, err := p.Ledger.Owner(ctx); err != nil {
		p.Log.WarnContext(ctx, "not ready", "error", err)
		http.Error(w, "ledger: not available", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel = context.WithTimeout(ctx, temporalTimeout)
	defer cancel()
	if err := p.Temporal(ctx); err != nil {
		fmt.Fprintln(w, "ready without Temporal: lists and the archive are there, and messages are not taken")
		return
	}
	fmt.Fprintln(w, "ready")
}

// Monitoring serves metrics and health, for a listener that is not public.
func (p *Portal) Monitoring() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", p.ready)
	return mux
}
