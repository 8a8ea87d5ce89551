package ledger

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/streitfall/streitfall/dispute"
)

// group makes one transaction of all that has come while another one was under way. SQLite runs one at a time, and
// to have it on the disk takes longer than all the rest of it.
type group struct {
	// transact runs one transaction, when it is its turn.
	transact func(ctx context.Context, do func(*transaction) error) error

	mu sync.Mutex // guards what follows
	// waiting are those for the next transaction. The first of them leads: it begins the transaction, in which it takes
	// the others with it.
	waiting []*member
}

// largestGroup bounds how long the first one of a group waits for the last.
const largestGroup = 64

// member is part of a group.
type member struct {
	ctx context.Context
	do  func(*transaction) error
	// turn is closed when the member is to lead, or its transaction has ended.
	turn chan struct{}
	// ended tells which, err what became of do, and parted that the transaction has failed, maybe for another's sake.
	ended, parted bool
	err           error
}

// run does something in a transaction, and answers when that is on the disk. A refusal of do, which comes before it
// changes anything, is its own. After all other trouble each member runs by itself: then do runs once more, from the start.
func (g *group) run(ctx context.Context, do func(*transaction) error) error {
	m := &member{ctx: ctx, do: do, turn: make(chan struct{})}
	g.join(m)
	select {
	case <-m.turn:
	case <-ctx.Done():
		if g.leave(m) {
			return ctx.Err()
		}
		<-m.turn // soon: until then do may run
	}
	if !m.ended {
		g.lead(m)
	}
	if m.parted {
		return g.transact(ctx, do)
	}
	return m.err
}

func (g *group) join(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting = append(g.waiting, m); len(g.waiting) == 1 {
		close(m.turn)
	}
}

// leave takes out a member, unless it is to lead, or has been taken.
func (g *group) leave(m *member) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	place := slices.Index(g.waiting, m)
	if place < 1 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, place, place+1)
	return true
}

// take takes out the first ones, so many at most. The next one is to lead.
func (g *group) take(most int) []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	count := min(most, len(g.waiting))
	taken := slices.Clone(g.waiting[:count])
	if g.waiting = slices.Delete(g.waiting, 0, count); len(g.waiting) > 0 {
		close(g.waiting[0].turn)
	}
	return taken
}

// lead runs the transaction of a member and of those who have come by the time it begins.
func (g *group) lead(m *member) {
	var members []*member
	err := g.transact(m.ctx, func(tx *transaction) error {
		members = g.take(largestGroup)
		return runAll(tx, members)
	})
	if members == nil { // it has not begun
		g.take(1)
	}
	if len(members) < 2 {
		if err != nil {
			m.err = err
		}
		return
	}
	for _, other := range members {
		other.ended, other.parted = true, err != nil
		if other != m {
			close(other.turn)
		}
	}
}

// runAll runs members one after the other, until one of them meets trouble.
func runAll(tx *transaction, members []*member) error {
	for _, m := range members {
		if m.err = m.ctx.Err(); m.err != nil {
			continue // nobody waits for it
		}
		m.err = m.try(&transaction{session: tx.session, prepared: tx.prepared})
		if m.err != nil && dispute.CodeOf(m.err) == "" {
			return m.err
		}
	}
	return nil
}

// try makes a panic trouble, which does not end the others: its own goroutine meets it again.
func (m *member) try(tx *transaction) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	if err := m.do(tx); err != nil {
		return err
	}
	return tx.flush(m.ctx)
}
