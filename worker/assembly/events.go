package assembly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/outbox"
	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// readEvents reads the receiver of events. Both variables or none are set.
func (c *Config) readEvents(getenv func(string) string) (faults []error) {
	c.Events = dispute.Webhook{URL: getenv("EVENTS_URL"), Secret: dispute.Secret(getenv("EVENTS_SECRET"))}
	if c.Events.URL != "" {
		if err := dispute.CheckEndpoint(c.Events.URL); err != nil {
			faults = append(faults, fmt.Errorf("EVENTS_URL %w", err))
		}
	}
	if c.Events.Secret != "" {
		if err := portal.CheckSecret(c.Events.Secret); err != nil {
			faults = append(faults, fmt.Errorf("EVENTS_SECRET %w", err))
		}
	}
	switch {
	case c.Events.URL != "" && c.Events.Secret == "":
		faults = append(faults, errors.New("EVENTS_SECRET is required with EVENTS_URL: it signs the events; make one with: echo whsec_$(openssl rand -base64 32)"))
	case c.Events.URL == "" && c.Events.Secret != "":
		faults = append(faults, errors.New("EVENTS_URL is required with EVENTS_SECRET, such as https://backend.example/events"))
	}
	return faults
}

// eventDelivery delivers the ledger's events to the receiver of the configuration, with metrics.
type eventDelivery struct {
	deliverer *outbox.Deliverer
	ledger    *ledger.Ledger
	attempts  *prometheus.CounterVec
}

// newEventDelivery returns nil where no receiver is configured.
func newEventDelivery(c Config, store *ledger.Ledger, log *slog.Logger) *eventDelivery {
	if c.Events.URL == "" {
		return nil
	}
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "streitfall_events_total", Help: "Attempts of the worker to deliver events.",
	}, []string{"result"})
	for _, result := range outbox.Results {
		attempts.WithLabelValues(string(result))
	}
	count := func(result outbox.Result) { attempts.WithLabelValues(string(result)).Inc() }
	post := portal.New(nil, c.WebhookNetworks, link.Site{})
	return &eventDelivery{deliverer: outbox.New(store, post, c.Events, count, log), ledger: store, attempts: attempts}
}

var (
	undeliveredDesc = prometheus.NewDesc("streitfall_events_undelivered", "The events in the ledger that are not delivered.", nil, nil)
	oldestDesc      = prometheus.NewDesc("streitfall_events_oldest_seconds", "The age of the oldest event that is not delivered; 0 without one.", nil, nil)
)

// Describe implements prometheus.Collector.
func (d *eventDelivery) Describe(descriptions chan<- *prometheus.Desc) {
	d.attempts.Describe(descriptions)
	descriptions <- undeliveredDesc
	descriptions <- oldestDesc
}

// Collect implements prometheus.Collector. All workers say the same about the ledger; one that cannot read it says nothing.
func (d *eventDelivery) Collect(metrics chan<- prometheus.Metric) {
	d.attempts.Collect(metrics)
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	backlog, err := d.ledger.EventBacklog(ctx)
	if err != nil {
		return
	}
	age := 0.0
	if !backlog.Oldest.IsZero() {
		age = max(0, time.Since(backlog.Oldest).Seconds())
	}
	metrics <- prometheus.MustNewConstMetric(undeliveredDesc, prometheus.GaugeValue, float64(backlog.Undelivered))
	metrics <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, age)
}
