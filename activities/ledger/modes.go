package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sethvargo/go-retry"

	"github.com/streitfall/streitfall/dispute"
)

// A conflict is retried up to maxAttempts times, each time after a random backoff of at most maxBackoff. Of 32 disputes
// that compete for one invoice some lose it to another several times.
const (
	maxAttempts = 16
	maxBackoff  = 20 * time.Millisecond
)

// lock runs work in one transaction that locks the rows which it reads in order to change them, by an UPDATE that changes
// nothing. On PostgreSQL the transaction is READ COMMITTED, whatever the database's default is: each statement sees what
// was committed when it started.
//
// Locks never form a cycle. Import locks the one row of import_turn before any other, so imports run one at a time; then
// it locks merchants and invoices in the order of its file. Pause and Settle wait for an invoice while they hold only their
// dispute, and only repeats of the same request wait for that. SetMerchant and Claim lock one row.
//
// A conflict is retried. lock returns a refusal of work as it is and any other error with operation. On an error nothing has
// changed, unless the connection broke or ctx ended during the COMMIT: then the outcome is unknown until the request is
// repeated.
func (l *Ledger) lock(ctx context.Context, operation string, work func(*transaction) error) error {
	return retryConflicts(ctx, operation, func() error {
		return l.transact(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, work)
	})
}

// optimistic runs work, which reads without locks and queues statements that name what it has read: on PostgreSQL a round
// trip or a lock costs as much as a change. The queued statements are one transaction. Each waits for transactions that are
// changing the same row, and is a conflict if the row is no longer as it was read. A conflict is retried from the start:
//
//   - Pause reads the invoice, inserts the dispute and pauses the invoice as it was read. A repeat of the request waits at
//     the dispute's id, another dispute at the index of open disputes; both fail there, and on their retry they find what
//     was recorded.
//   - Settle reads the open dispute and its paused invoice, which only a settlement changes. A repeat of the request waits
//     at the dispute, finds it closed and returns the recorded answer on its retry.
//   - Save and Inbox.Send are a single INSERT, which waits for another one with the same key. What they find under their
//     key is committed and never changes.
//
// On PostgreSQL the queued statements are one batch, sent in one round trip; on SQLite the request shares a transaction
// with others (groupCommit). So work may run more than once, refuses before it changes anything, and uses the context that
// it is given. Errors are those of lock.
func (l *Ledger) optimistic(ctx context.Context, operation string, work func(context.Context, *transaction) error) error {
	return retryConflicts(ctx, operation, func() error {
		if l.groupCommit != nil {
			return l.groupCommit.run(ctx, work)
		}
		tx := &transaction{session: l.db, prepared: l.prepared}
		if err := work(ctx, tx); err != nil || len(tx.queued) == 0 {
			return err
		}
		return l.sendBatch(ctx, l.db, tx.queued)
	})
}

// snapshot runs work on one consistent snapshot of the database (REPEATABLE READ). It changes nothing, and nobody waits for
// it.
func (l *Ledger) snapshot(ctx context.Context, operation string, work func(*transaction) error) error {
	return wrap(operation, l.transact(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, work))
}

// autocommit runs work without a transaction. It is for a single statement, for which BEGIN and COMMIT would double the
// cost.
func (l *Ledger) autocommit(operation string, work func(*transaction) error) error {
	return wrap(operation, work(&transaction{session: l.db, prepared: l.prepared}))
}

// transact runs work and the statements that it queues in one transaction.
func (l *Ledger) transact(ctx context.Context, options *sql.TxOptions, work func(*transaction) error) error {
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	begun, err := conn.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer begun.Rollback() // does nothing after the COMMIT
	tx := newTransaction(begun, l.prepared)
	if l.sendWithin != nil {
		tx.send = func(ctx context.Context, stmts []stmt) error { return l.sendWithin(ctx, conn, stmts) }
	}
	if err := work(tx); err != nil {
		return err
	}
	if err := tx.flush(ctx); err != nil {
		return err
	}
	return begun.Commit()
}

func retryConflicts(ctx context.Context, operation string, work func() error) error {
	backoff := retry.WithMaxRetries(maxAttempts-1, retry.WithFullJitter(retry.NewConstant(maxBackoff)))
	return wrap(operation, retry.Do(ctx, backoff, func(context.Context) error {
		err := work()
		if isConflict(err) {
			return retry.RetryableError(err)
		}
		return err
	}))
}

// errConflict is returned when a row is no longer as it was read.
var errConflict = errors.New("a row has changed since it was read")

// isConflict reports whether another transaction was first, so that a retry finds what that one has left.
func isConflict(err error) bool {
	return errors.Is(err, errConflict) || hasSQLState(err, conflictStates...)
}

// wrap adds the operation to an error. It leaves a refusal as it is.
func wrap(operation string, err error) error {
	if err == nil || dispute.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("%s: %w", operation, err)
}
