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
	// booked is the instant of the settlement that the ledger has recorded, settled is after its commit.
	booked  = "booked"
	settled = "settled"
	// ended is the end of the run.
	ended = "ended"
)

// sent is the milestone of a message that was sent.
func sent(occasion dispute.Occasion) string { return "sent " + string(occasion) }

// waitingFor is the milestone of a dispute that waits for something.
func waitingFor(wait dispute.Wait) string { return "waiting for " + string(wait) }

// progress has the milestones that the disputes of a batch have reached. The worker reports them, because polling
// Temporal would slow down what is measured.
type progress struct {
	mu sync.Mutex
	// reached has the first instant of each milestone, by milestone and dispute: a step can run again.
	reached map[string]map[string]time.Time
	// changed is closed at the next report.
	changed chan struct{}
}

// restart forgets everything, for the next batch.
func (p *progress) restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reached, p.changed = map[string]map[string]time.Time{}, make(chan struct{})
}

func (p *progress) report(milestone, disputeID string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reached[milestone] == nil {
		p.reached[milestone] = map[string]time.Time{}
	}
	if _, before := p.reached[milestone][disputeID]; !before {
		p.reached[milestone][disputeID] = at
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// at returns when a dispute has reached a milestone; the zero time if it has not.
func (p *progress) at(milestone, disputeID string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reached[milestone][disputeID]
}

// await returns when so many disputes have reached a milestone.
func (p *progress) await(ctx context.Context, milestone string, disputes int) error {
	for {
		p.mu.Lock()
		count, changed := len(p.reached[milestone]), p.changed
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
