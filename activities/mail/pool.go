package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// lanes is how many mails are handed over at the same time. Servers count connections by client.
	lanes = 8
	// idleTime is how long a connection is kept without a mail: less than servers wait (RFC 5321 asks them for
	// five minutes, busy ones wait for ten seconds and less; then the connection is replaced).
	idleTime = 30 * time.Second
)

// pool keeps connections for the next mail. The one used last comes first, so that the others can expire.
type pool struct {
	lanes    chan struct{}
	idleTime time.Duration

	mutex sync.Mutex
	idle  []*connection
}

func newPool() *pool {
	return &pool{lanes: make(chan struct{}, lanes), idleTime: idleTime}
}

// enter waits until one more mail may be handed over, leave lets the next one in.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.lanes <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) leave() {
	<-p.lanes
}

// take gives the connection that was used last, nil when none is kept.
func (p *pool) take() *connection {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	taken := p.idle[last]
	p.idle[last] = nil
	p.idle = p.idle[:last]
	taken.expire.Stop()
	return taken
}

// keep takes a connection back, and hangs up when nobody wants it for a while.
func (p *pool) keep(open *connection) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	open.kept = true
	open.expire = time.AfterFunc(p.idleTime, func() {
		if p.remove(open) {
			open.hangUp()
		}
	})
	p.idle = append(p.idle, open)
}

// remove tells whether the connection was still kept: it may have been taken at the last moment.
func (p *pool) remove(open *connection) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	i := slices.Index(p.idle, open)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	return i >= 0
}
