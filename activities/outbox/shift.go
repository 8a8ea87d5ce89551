package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/streitfall/streitfall/dispute/events"
)

// shift is one stay in the turn.
type shift struct {
	*Deliverer
	holder string
	// underWay are the numbers of the events that are being sent, results their results.
	underWay map[int64]bool
	results  chan events.Attempt
	// attempts are those that are not recorded yet. alive is when the holder last showed that it is alive.
	attempts []events.Attempt
	alive    time.Time
}

func newShift(d *Deliverer, holder string) *shift {
	return &shift{Deliverer: d, holder: holder, underWay: map[int64]bool{}, results: make(chan events.Attempt, parallel), alive: time.Now()}
}

// run delivers events until ctx ends or the turn is lost.
func (s *shift) run(ctx context.Context) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	for ctx.Err() == nil {
		err := s.step(ctx, sending)
		if errors.Is(err, events.ErrTurnLost) {
			s.log.Warn("the turn to deliver events is lost", "error", err)
			cancel()
			s.drain()
			return
		}
		s.complain(ctx, err)
		s.wait(ctx)
	}
	timeout := time.AfterFunc(s.stop, cancel)
	defer timeout.Stop()
	s.drain()
	s.leave(context.WithoutCancel(ctx))
}

// step records what was sent, and starts to send what is due.
func (s *shift) step(ctx, sending context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := s.record(ctx); err != nil {
		return err
	}
	if len(s.underWay) >= parallel {
		return nil
	}
	due, err := s.store.DueEvents(ctx, s.holder, parallel+len(s.underWay))
	for _, event := range due {
		if s.underWay[event.Number] || len(s.underWay) >= parallel {
			continue
		}
		s.underWay[event.Number] = true
		go func() { s.results <- s.attempt(sending, event) }()
	}
	return err
}

// record records the attempts, or only that the holder is alive, unless it has shown that a moment ago.
func (s *shift) record(ctx context.Context) error {
	if len(s.attempts) == 0 && time.Since(s.alive) < s.turn/5 {
		return nil
	}
	before := time.Now()
	if err := s.store.RecordAttempts(ctx, s.holder, s.attempts); err != nil {
		return err
	}
	for _, attempt := range s.attempts {
		delete(s.underWay, attempt.Number)
	}
	s.attempts, s.alive = nil, before
	return nil
}

// wait waits for a result, and takes all that there are, or until new events may have come.
func (s *shift) wait(ctx context.Context) {
	poll := time.NewTimer(s.poll)
	defer poll.Stop()
	select {
	case <-ctx.Done():
		return
	case <-poll.C:
	case attempt := <-s.results:
		s.attempts = append(s.attempts, attempt)
	}
	for {
		select {
		case attempt := <-s.results:
			s.attempts = append(s.attempts, attempt)
		default:
			return
		}
	}
}

// drain waits for what is under way.
func (s *shift) drain() {
	for len(s.attempts) < len(s.underWay) {
		s.attempts = append(s.attempts, <-s.results)
	}
}

// leave records what was sent, and gives the turn back.
func (s *shift) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := errors.Join(s.record(ctx), s.store.ReleaseEventTurn(ctx, s.holder)); err != nil {
		s.log.Warn("the turn to deliver events was not given back", "error", err)
	}
}
