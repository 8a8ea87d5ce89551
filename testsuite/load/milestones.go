package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// ended is the milestone of a run that has returned.
const ended = "ended"

// told is the milestone of a message that was sent.
func told(occasion dispute.Occasion) string { return "told " + string(occasion) }

// waitsFor is the milestone of a dispute that has come so far that it waits for something.
func waitsFor(wait dispute.Wait) string { return "waits for " + string(wait) }

// milestones count in a worker how many disputes have come how far. Whoever measures waits for a number without
// asking Temporal, which would slow down what is measured.
type milestones struct {
	seed maphash.Seed

	mu sync.Mutex // guards what follows
	// seen has the disputes by milestone, as hashes: a step can run again.
	seen map[string]map[uint64]struct{}
	// changed is closed when something is seen.
	changed chan struct{}
	// settled are the instants at which settlements were answered, so committed, by dispute, until they are taken.
	settled map[string]time.Time
}

func newMilestones() *milestones {
	return &milestones{seed: maphash.MakeSeed(), seen: map[string]map[uint64]struct{}{}, changed: make(chan struct{}), settled: map[string]time.Time{}}
}

// settle keeps when a settlement was answered first: a step can run again.
func (m *milestones) settle(disputeID string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, before := m.settled[disputeID]; !before {
		m.settled[disputeID] = at
	}
}

// takeSettled answers when which dispute was settled, since it was asked last.
func (m *milestones) takeSettled(out http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	taken := m.settled
	m.settled = map[string]time.Time{}
	m.mu.Unlock()
	_ = json.NewEncoder(out).Encode(taken) // whoever asked and is gone needs no answer
}

func (m *milestones) add(what, disputeID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen[what] == nil {
		m.seen[what] = map[uint64]struct{}{}
	}
	m.seen[what][maphash.String(m.seed, disputeID)] = struct{}{}
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *milestones) count(what string) (count int, changed <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen[what]), m.changed
}

// await returns when so many disputes have come so far.
func (m *milestones) await(ctx context.Context, what string, count int) error {
	for {
		now, changed := m.count(what)
		if now >= count {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d: %s: %w", now, count, what, ctx.Err())
		}
	}
}

// ServeHTTP answers when as many disputes have come as far as the request says.
func (m *milestones) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	count, err := strconv.Atoi(r.FormValue("count"))
	if err == nil {
		err = m.await(r.Context(), r.FormValue("what"), count)
	}
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
	}
}
