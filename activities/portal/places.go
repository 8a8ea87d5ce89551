package portal

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// maxPerEndpoint limits the messages that are under way to one endpoint. Connections to a host have no limit of their own:
	// many merchants may have their endpoints at one host, where sick ones would take all of them from the others.
	maxPerEndpoint = 8
	// placeTimeout is how long a message waits until one of those before it is answered. A well endpoint answers hundreds
	// in that time; for a sick one the wait would take an activity's slot from the messages to others.
	placeTimeout = 2 * time.Second
)

// places are the messages that are under way, by endpoint.
type places struct {
	timeout time.Duration

	mutex sync.Mutex
	taken map[string]chan struct{} // one element for each message
}

func newPlaces() *places {
	return &places{timeout: placeTimeout, taken: map[string]chan struct{}{}}
}

// take takes a place for a message to an endpoint; leave gives it back.
func (p *places) take(ctx context.Context, url string) (leave func(), err error) {
	p.mutex.Lock()
	taken := p.taken[url]
	if taken == nil {
		taken = make(chan struct{}, maxPerEndpoint)
		p.taken[url] = taken
	}
	p.mutex.Unlock()
	timeout := time.NewTimer(p.timeout)
	defer timeout.Stop()
	select {
	case taken <- struct{}{}:
		return func() { <-taken }, nil
	case <-timeout.C:
		return nil, fmt.Errorf("it has not answered %d earlier messages yet", maxPerEndpoint)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
