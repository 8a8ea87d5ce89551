package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
)

// groupCommit implements group commit for SQLite: requests that wait during a transaction share the next one, and so one
// COMMIT. SQLite runs one writing transaction at a time, and its COMMIT waits for the disk, which takes longer than all
// statements before it.
//
// A waiting request either leads or follows. The leader begins the transaction, runs its own statements, lends the
// transaction to one waiting request after another until none is left, and commits. Each request runs in its own savepoint
// and its own goroutine: an error undoes, and a panic ends, only the request that caused it.
type groupCommit struct {
	db       *sql.DB
	prepared map[string]*sql.Stmt
	lead     chan struct{} // holds one element while a request leads
	lend     chan *group
}

// largestGroup limits how long a leader works for others.
const largestGroup = 64

// group is a transaction that several requests share.
type group struct {
	begun    *sql.Tx
	prepared map[string]*sql.Stmt
	returned chan struct{} // receives when a follower returns the transaction
	ended    chan struct{} // closed after COMMIT or ROLLBACK
	err      error         // why the transaction was not committed
}

// run runs work, and the statements that it queues, and returns after the COMMIT. If the transaction fails, all of its
// requests get its error, also those that were refused: the refusal may be due to something that was undone. When ctx ends
// before work has started, the request is withdrawn; later the request may still be committed.
func (g *groupCommit) run(ctx context.Context, work func(context.Context, *transaction) error) error {
	select {
	case g.lead <- struct{}{}:
		defer func() { <-g.lead }()
		return g.leadGroup(ctx, work)
	case shared := <-g.lend:
		err := shared.follow(ctx, work)
		select {
		case <-shared.ended:
			return cmp.Or(shared.err, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *groupCommit) leadGroup(ctx context.Context, work func(context.Context, *transaction) error) error {
	begun, err := g.begin(ctx)
	if err != nil {
		return err
	}
	shared := &group{begun: begun, prepared: g.prepared, returned: make(chan struct{}), ended: make(chan struct{})}
	defer close(shared.ended)
	defer begun.Rollback() // does nothing after the COMMIT
	err = shared.request(ctx, work)
	for size := 1; size < largestGroup && shared.err == nil; size++ {
		if !g.lendOnce(shared) {
			break
		}
	}
	if shared.err == nil {
		shared.err = begun.Commit()
	}
	return cmp.Or(shared.err, err)
}

// lendOnce lends the transaction to a waiting request and reports whether there was one.
func (g *groupCommit) lendOnce(shared *group) bool {
	select {
	case g.lend <- shared:
		<-shared.returned
		return true
	default:
		return false
	}
}

// begin begins a transaction. When ctx ends, begin stops waiting for other processes; afterwards ctx has no effect on the
// transaction, which others share.
func (g *groupCommit) begin(ctx context.Context) (*sql.Tx, error) {
	waiting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	begun, err := g.db.BeginTx(waiting, nil)
	if !stop() {
		return nil, ctx.Err() // and database/sql rolls the transaction back
	}
	return begun, err
}

func (s *group) follow(ctx context.Context, work func(context.Context, *transaction) error) error {
	defer func() { s.returned <- struct{}{} }() // also when work panics
	return s.request(ctx, work)
}

// request runs work in a savepoint and rolls back to it unless work succeeds. Its statements do not end with ctx, because an
// interrupted statement would undo the whole transaction.
func (s *group) request(ctx context.Context, work func(context.Context, *transaction) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	tx := newTransaction(s.begun, s.prepared)
	if _, s.err = tx.ExecContext(ctx, savepoint); s.err != nil {
		return s.err
	}
	end := rollbackToSavepoint
	defer func() {
		if _, failed := tx.ExecContext(ctx, end); failed != nil { // the error has undone the whole transaction
			s.err = fmt.Errorf("%s: %w (error of the request: %v)", end, failed, err) //nolint:errorlint // it can be a refusal, which is final
		}
	}()
	if err = work(ctx, tx); err != nil {
		return err
	}
	if err = tx.flush(ctx); err == nil {
		end = releaseSavepoint
	}
	return err
}

const (
	savepoint           = `savepoint request`
	releaseSavepoint    = `release request`
	rollbackToSavepoint = `rollback to request; release request`
)
