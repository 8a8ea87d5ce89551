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
	// transact runs one transaction. ctx ends the waiting for its beginning, but not the transaction.
	transact func(ctx context.Context, do func(*transaction) error) error

	mu sync.Mutex // guards what follows
	// waiting are those for the next transaction. The first of them leads: it begins the transaction, in which it takes
	// the others with it.
	waiting []*member
}

// largestGroup bounds how long the first one of a group waits for the last, rounds how often one goes with others again.
const (
	largestGroup = 64
	rounds       = 3
)

// member is part of a group.
type member struct {
	ctx context.Context
	do  func(*transaction) error
	// turn is closed when the member is to lead, or its transaction has ended.
	turn chan struct{}
	fate fate
	// err is what became of do.
	err error
}

// fate is what a transaction means for a member.
type fate int

const (
	undecided fate = iota
	answered       // it has ended for the member, as err says
	repeated       // it was given up for another's sake
	byItself       // it was given up, and the member has to run without others
)

// run does something in a transaction, and answers when that is on the disk. A refusal of do is an answer like any other, and
// so comes before do has changed anything. When others meet trouble, or it does among others, do runs again, from the start.
func (g *group) run(ctx context.Context, do func(*transaction) error) error {
	for range rounds {
		m := &member{ctx: ctx, do: do, turn: make(chan struct{})}
		g.join(m)
		select {
		case <-m.turn:
		case <-ctx.Done():
			if g.leave(m) {
				return ctx.Err()
			}
			<-m.turn // to lead, or with the end of the transaction, in which do may run
		}
		if m.fate == undecided {
			g.lead(m)
		}
		if m.fate == answered {
			return m.err
		}
		if m.fate == byItself {
			break
		}
	}
	return g.transact(ctx, do)
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

// lead runs the transaction of a member and of those who have come by the time it begins, as many as a group can have.
func (g *group) lead(leader *member) {
	var members []*member
	others := byItself
	defer func() { // also when something panics
		if members == nil { // it has not begun
			g.take(1)
		}
		for _, m := range members {
			if m.fate == undecided {
				m.fate = others
			}
			if m != leader {
				close(m.turn)
			}
		}
	}()
	err := g.transact(leader.ctx, func(tx *transaction) error {
		members = g.take(largestGroup)
		return runAll(tx, members)
	})
	switch {
	case len(members) < 2:
		if leader.fate = answered; err != nil {
			leader.err = err
		}
	case err == nil:
		others = answered
	case slices.ContainsFunc(members, func(m *member) bool { return m.fate == byItself }):
		others = repeated
	}
}

// runAll runs members one after the other, until one of them meets trouble.
func runAll(tx *transaction, members []*member) error {
	for _, m := range members {
		if m.err = m.ctx.Err(); m.err != nil {
			continue // its trouble is known
		}
		own := &transaction{session: tx.session, prepared: tx.prepared}
		if len(members) == 1 {
			return m.change(own)
		}
		if m.err = m.try(own); m.err != nil && dispute.CodeOf(m.err) == "" {
			m.fate = byItself
			return m.err
		}
	}
	return nil
}

// change makes the changes of a member.
func (m *member) change(tx *transaction) error {
	if err := m.do(tx); err != nil {
		return err
	}
	return tx.flush(m.ctx)
}

// try makes a panic of ours trouble, which does not end the others: the member meets it again by itself.
func (m *member) try(tx *transaction) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return m.change(tx)
}
