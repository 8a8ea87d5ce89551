package outbox

import (
	"context"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// Store keeps the events, and whose turn it is to deliver them. The ledger's database has both.
type Store interface {
	// TakeEventTurn gives the turn to a holder, and reports whether it has it now. It does not while another one has it that
	// has shown within timeout that it is alive.
	TakeEventTurn(ctx context.Context, holder string, timeout time.Duration) (taken bool, err error)
	ReleaseEventTurn(ctx context.Context, holder string) error
	// DueEvents returns the events that the holder is to deliver now: at most limit, and one of each dispute.
	DueEvents(ctx context.Context, holder string, limit int) ([]events.DueEvent, error)
	// RecordAttempts also shows that the holder is alive. It fails with events.ErrTurnLost.
	RecordAttempts(ctx context.Context, holder string, attempts []events.Attempt) error
}

// Poster posts a signed message to a webhook. An error of CodeMessageRefused means that the receiver has refused it; every
// other error is transient.
type Poster interface {
	Post(ctx context.Context, to dispute.Webhook, id string, body []byte) (answer string, err error)
}

// Result is the result of an attempt to deliver an event.
type Result string

// The results.
const (
	Sent    Result = "sent"
	Refused Result = "refused"
	Failed  Result = "failed"
)

// Results lists all results.
var Results = []Result{Sent, Refused, Failed}

// timing has the durations of a deliverer.
type timing struct {
	// poll is how often new events are looked for.
	poll time.Duration
	// turn is how long the holder of the turn may show no sign of life.
	turn time.Duration
	// stop is how long attempts that are under way may take when the deliverer stops.
	stop time.Duration
	// An event that was not delivered is tried again after first, then after twice as long each time, up to longest.
	first, longest time.Duration
}

var defaultTiming = timing{poll: time.Second, turn: 15 * time.Second, stop: 5 * time.Second, first: time.Second, longest: 10 * time.Minute}

const (
	// parallel is how many events are under way at most, each of another dispute or invoice.
	parallel = 8
	// callTimeout bounds a call of the store.
	callTimeout = 10 * time.Second
)

// Deliverer delivers events to one receiver.
type Deliverer struct {
	store Store
	post  Poster
	to    dispute.Webhook
	count func(Result)
	log   *slog.Logger
	timing
}

// New returns a deliverer to a receiver. It calls count with the result of each attempt.
func New(store Store, post Poster, to dispute.Webhook, count func(Result), log *slog.Logger) *Deliverer {
	return &Deliverer{store: store, post: post, to: to, count: count, log: log, timing: defaultTiming}
}

// Run delivers events whenever it has the turn, until ctx ends. Then it waits for what is under way, and gives the turn back.
func (d *Deliverer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		holder := crand.Text()
		if d.takeTurn(ctx, holder) {
			d.log.Info("delivering events")
			newShift(d, holder).run(ctx)
		}
	}
}

// takeTurn waits until the holder has the turn, and reports whether that was before ctx ended.
func (d *Deliverer) takeTurn(ctx context.Context, holder string) bool {
	for {
		taken, err := d.store.TakeEventTurn(ctx, holder, d.turn)
		if taken && err == nil {
			return true
		}
		d.complain(ctx, err)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(d.turn / 5):
		}
	}
}

// complain logs an error of the store.
func (d *Deliverer) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		d.log.Warn("events cannot be delivered at the moment", "error", err)
	}
}

// attempt tries to deliver an event once.
func (d *Deliverer) attempt(ctx context.Context, event events.DueEvent) events.Attempt {
	body, err := json.Marshal(event.Event)
	if err == nil {
		_, err = d.post.Post(ctx, d.to, event.ID, body)
	}
	if err == nil {
		d.count(Sent)
		return events.Attempt{Number: event.Number, Delivered: true}
	}
	result := Failed
	if dispute.CodeOf(err) == dispute.CodeMessageRefused {
		result = Refused
	}
	d.count(result)
	if event.Failed == 0 {
		d.log.Warn("an event was not delivered, and is tried again", "event", event.Number, "type", event.Type, "error", err)
	}
	return events.Attempt{Number: event.Number, Error: err.Error(), Pause: d.pause(event.Failed, err)}
}

// pause returns how long to wait after an attempt that failed: longer after each one, by a random part, so that the events
// that an outage has held back do not come back together; or as long as the receiver has asked for.
func (d *Deliverer) pause(failed int, err error) time.Duration {
	if later, ok := errors.AsType[*activities.RetryAfterError](err); ok {
		return later.After
	}
	pause := d.longest
	if failed < 30 { // beyond which the shift overflows
		pause = min(d.first<<failed, d.longest)
	}
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // no secret
}
