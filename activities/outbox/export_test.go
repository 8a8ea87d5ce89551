package outbox

import "time"

// Timing has the durations of a deliverer, for tests.
type Timing struct{ Poll, Turn, Stop, First, Longest time.Duration }

// SetTiming changes them.
func (d *Deliverer) SetTiming(t Timing) {
	d.timing = timing{poll: t.Poll, turn: t.Turn, stop: t.Stop, first: t.First, longest: t.Longest}
}

// Pause is how long to wait after an attempt.
func (d *Deliverer) Pause(failed int, err error) time.Duration { return d.pause(failed, err) }
