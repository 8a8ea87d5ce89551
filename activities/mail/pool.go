package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// maxConcurrent limits the mails that are handed over at the same time: servers limit the connections of a client.
	maxConcurrent = 8
	// idleTimeout is how long a connection is kept without a mail. RFC 5321 asks servers to wait for five minutes; busy
	// ones wait for ten seconds and less, and then the connection is replaced.
	idleTimeout = 30 * time.Second
)

// pool keeps idle connections for the next mail, and limits how many mails are handed over at the same time. The
// connection used last is taken first, so that the others can expire.
type pool struct {
	slots       chan struct{}
	idleTimeout time.Duration

	mutex sync.Mutex
	idle  []*connection
}

func newPool() *pool {
	return &pool{slots: make(chan struct{}, maxConcurrent), idleTimeout: idleTimeout}
}

// acquire waits for a free slot; release frees it.
func (p *pool) acquire(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) release() {
	<-p.slots
}

// take removes and returns the connection that was used last, or nil if there is none.
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

// keep takes a connection back. It hangs up if the connection is not taken within idleTimeout.
func (p *pool) keep(open *connection) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	open.reused = true
	open.expire = time.AfterFunc(p.idleTimeout, func() {
		if p.remove(open) {
			open.hangUp()
		}
	})
	p.idle = append(p.idle, open)
}

// remove reports whether the connection was still in the pool: it may have been taken at the last moment.
func (p *pool) remove(open *connection) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	i := slices.Index(p.idle, open)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	return i >= 0
}
