package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// The milestones of a dispute.
const (
	settled = "settled"
	ended   = "ended" // its run
)

// sent is the milestone of a message that was sent.
func sent(occasion dispute.Occasion) string { return "sent " + string(occasion) }

// waitingFor is the milestone of a dispute that waits for something.
func waitingFor(wait dispute.Wait) string { return "waiting for " + string(wait) }

// key names a milestone of a path.
type key struct {
	path      path
	milestone string
}

// progress has the milestones that the disputes of a batch have reached. The worker reports them, because polling
// Temporal would slow down what is measured.
type progress struct {
	mu sync.Mutex
	// reached has the first instant of each milestone, because a step can run again, by key and dispute.
	reached map[key]map[string]time.Time
	// changed is closed at the next report.
	changed chan struct{}
}

// restart forgets everything, for the next batch.
func (p *progress) restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reached, p.changed = map[key]map[string]time.Time{}, make(chan struct{})
}

func (p *progress) report(milestone, disputeID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range []key{{pathOf(disputeID), milestone}, {every, milestone}} {
		if p.reached[k] == nil {
			p.reached[k] = map[string]time.Time{}
		}
		if _, before := p.reached[k][disputeID]; !before {
			p.reached[k][disputeID] = time.Now()
		}
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// at returns when a dispute has reached a milestone; the zero time if it has not.
func (p *progress) at(milestone, disputeID string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reached[key{every, milestone}][disputeID]
}

// await returns when so many disputes of a path have reached a milestone.
func (p *progress) await(ctx context.Context, path path, milestone string, disputes int) error {
	for {
		p.mu.Lock()
		count, changed := len(p.reached[key{path, milestone}]), p.changed
		p.mu.Unlock()
		if count >= disputes {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d disputes are %s: %w", count, disputes, milestone, ctx.Err())
		}
	}
}
