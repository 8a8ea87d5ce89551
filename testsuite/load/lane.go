package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/workflows"
)

// lane is where the disputes of one mode run: a namespace, a ledger and a worker process of their own.
type lane struct {
	mode      mode
	namespace string
	client    client.Client
	disputes  *workflows.Client
	ledger    *ledger.Ledger
	worker    *process.Server
	address   string
	// reached counts what the milestones of the worker have to show.
	reached map[string]int
	// log is the file with the worker's warnings and errors.
	log     string
	repeats repeats
}

// openLane makes a lane. What it has made when it fails, the stage closes.
func (s *stage) openLane(ctx context.Context, m mode) (*lane, error) {
	l := &lane{mode: m, namespace: s.prefix + string(m), reached: map[string]int{}, log: filepath.Join(s.dir, string(m)+".log")}
	if err := s.makeNamespace(ctx, l.namespace); err != nil {
		return nil, err
	}
	options := s.temporal
	options.Namespace = l.namespace
	var err error
	if l.client, err = client.DialContext(ctx, options); err != nil {
		return nil, err
	}
	s.later(func() error {
		l.client.Close()
		return nil
	})
	l.disputes = workflows.NewClient(l.client)
	books, err := s.makeLedger(ctx, m)
	if err != nil {
		return nil, err
	}
	if l.ledger, err = ledger.Open(ctx, books); err != nil {
		return nil, err
	}
	s.later(l.ledger.Close)
	return l, s.startWorker(ctx, l, books)
}

func (s *stage) startWorker(ctx context.Context, l *lane, books string) error {
	err := process.OnFreePorts(1, func(ports []int) (err error) {
		l.address = net.JoinHostPort(process.Host, strconv.Itoa(ports[0]))
		environment := s.temporalEnvironment(os.Environ())
		maps.Copy(environment, map[string]string{
			envMode: string(l.mode), envAddress: l.address, envLog: l.log, "TEMPORAL_NAMESPACE": l.namespace,
			"LEDGER_URL": books, "SMTP_URL": s.mailbox.URL(), "DESK_EMAIL": "desk@klarna.example", "ARBITER": "rules",
		})
		l.worker, err = workerprocess.Start(ctx, environment)
		return err
	})
	if err == nil {
		s.later(l.worker.Stop)
	}
	return err
}

// await returns when so many more disputes have come so far, and fails when that takes too long.
func (l *lane) await(ctx context.Context, what string, more int) error {
	if more == 0 {
		return nil
	}
	l.reached[what] += more
	query := url.Values{"what": {what}, "count": {strconv.Itoa(l.reached[what])}}
	ctx, cancel := context.WithTimeout(ctx, patience(more))
	defer cancel()
	if _, err := l.ask(ctx, http.MethodGet, "/await?"+query.Encode()); err != nil {
		return fmt.Errorf("%s: %d more disputes were awaited: %s: %w", l.mode, more, what, err)
	}
	return nil
}

// ask asks the worker process.
func (l *lane) ask(ctx context.Context, method, path string) (answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+l.address+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return nil, err
	}
	answer, err = io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the worker says: %s", answer)
	}
	return answer, errors.Join(err, response.Body.Close())
}

// settled is when which dispute was settled, since it was asked last.
func (l *lane) settled(ctx context.Context) (at map[string]time.Time, err error) {
	answer, err := l.ask(ctx, http.MethodPost, "/settled")
	if err == nil {
		err = json.Unmarshal(answer, &at)
	}
	return at, err
}

// calls is how often the worker has called its ledger: one for each answer of it, and one for each message in the
// portal's inbox.
func (l *lane) calls(ctx context.Context) (float64, error) {
	counted, err := l.metrics(ctx)
	return counted.sum("streitfall_ledger_latency_seconds", nil) +
		counted.sum("streitfall_messages_total", map[string]string{"channel": string(dispute.ChannelPortal)}), err
}

func (l *lane) metrics(ctx context.Context) (metrics, error) {
	scrape, err := l.ask(ctx, http.MethodGet, "/metrics")
	if err != nil {
		return nil, err
	}
	return parseMetrics(scrape)
}
