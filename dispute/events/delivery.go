package events

import (
	"errors"
	"time"
)

// ErrTurnLost is returned to the holder of the turn to deliver events when it has lost the turn.
var ErrTurnLost = errors.New("another worker delivers the events now")

// ErrUnknownNumber is returned to a reader that goes on after a number which no event has. The ledger was set back to an
// older copy, and gives numbers anew: without this, the reader would miss the events up to its number.
var ErrUnknownNumber = errors.New("no event has this number")

// Attempt is the result of an attempt to deliver an event.
type Attempt struct {
	Number    int64
	Delivered bool
	// Error is why it was not delivered, and Pause how long to wait until it is tried again.
	Error string
	Pause time.Duration
}

// DueEvent is an event to deliver, with the number of attempts that have failed.
type DueEvent struct {
	Event
	Failed int
}

// Backlog is how many events are not delivered, and since when the oldest waits; zero when there is none.
type Backlog struct {
	Undelivered int
	Oldest      time.Time
}
