package activities

import "time"

// Later is trouble of which the other side has said when it will be over: nobody asks again before. It
// becomes the delay of the activity's next attempt.
type Later struct {
	// After is the pause until the next attempt.
	After time.Duration
	// Err is the trouble.
	Err error
}

// Error is that of the trouble.
func (l *Later) Error() string {
	return l.Err.Error()
}

// Unwrap gives the trouble.
func (l *Later) Unwrap() error {
	return l.Err
}
