package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute/events"
)

// secret signs the events of a run.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

// slowness is how long a slow receiver takes to answer.
const slowness = 1500 * time.Millisecond

// receiver is the receiver of events. It keeps what it has verified, and fails as receivers do.
type receiver struct {
	address string
	server  *http.Server

	mutex sync.Mutex // guards what follows
	fault kind
	got   []events.Event
	// unsigned counts what came with a wrong signature.
	unsigned int
}

func openReceiver(ctx context.Context) (*receiver, error) {
	r := &receiver{address: "127.0.0.1:0"}
	return r, r.start(ctx)
}

// start starts the receiver, again on the same address.
func (r *receiver) start(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", r.address)
	if err != nil {
		return err
	}
	r.address = listener.Addr().String()
	r.server = &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	go func(server *http.Server) { _ = server.Serve(listener) }(r.server) // it always ends with an error
	return nil
}

// variables are those of the workers.
func (r *receiver) variables() map[string]string {
	return map[string]string{"EVENTS_URL": "http://" + r.address + "/events", "EVENTS_SECRET": secret, "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}
}

// fail fails for a time in one way.
func (r *receiver) fail(ctx context.Context, f fault) error {
	if f.kind == receiverKilled {
		if err := r.server.Close(); err != nil {
			return err
		}
		pause(ctx, f.down)
		return r.start(ctx)
	}
	r.set(f.kind)
	pause(ctx, f.down)
	r.set("")
	return nil
}

func (r *receiver) set(fault kind) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.fault = fault
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	switch r.keep(body, request.Header) { //nolint:exhaustive // the others are no faults of a handler
	case receiverSick:
		w.WriteHeader(http.StatusInternalServerError)
	case receiverRefuses:
		w.WriteHeader(http.StatusGone)
	case receiverOther:
		w.WriteHeader(http.StatusUnauthorized)
	case receiverSlow:
		pause(request.Context(), slowness)
	case receiverCut:
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http knows no other way
	default:
	}
}

// keep keeps an event, unless the receiver fails before that, and returns how it fails.
func (r *receiver) keep(body []byte, header http.Header) kind {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if slices.Contains([]kind{receiverSick, receiverRefuses, receiverOther}, r.fault) {
		return r.fault
	}
	var event events.Event
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err = errors.Join(err, verifier.Verify(body, header), json.Unmarshal(body, &event)); err != nil || event.ID != header.Get(standardwebhooks.HeaderWebhookID) {
		r.unsigned++
		return receiverOther
	}
	r.got = append(r.got, event)
	return r.fault
}

// deliveryTakes is how long the last events may take to arrive.
const deliveryTakes = 2 * time.Minute

// events waits until all events of the ledger are delivered, and returns them with those that have arrived.
func (r *receiver) events(ctx context.Context, books *ledger.Ledger) (recorded, arrived []events.Event, unsigned int, err error) {
	limited, cancel := context.WithTimeout(ctx, deliveryTakes)
	defer cancel()
	for {
		backlog, err := books.EventBacklog(ctx)
		if err != nil {
			return nil, nil, 0, err
		}
		if backlog.Undelivered == 0 || limited.Err() != nil {
			break
		}
		pause(limited, 200*time.Millisecond)
	}
	const page = 1000
	for {
		next, err := books.Events(ctx, int64(len(recorded)), page) // the numbers have no gaps
		if err != nil {
			return nil, nil, 0, err
		}
		recorded = append(recorded, next...)
		if len(next) < page {
			break
		}
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return recorded, slices.Clone(r.got), r.unsigned, nil
}
