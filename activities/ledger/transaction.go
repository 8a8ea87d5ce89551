package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// transaction runs statements in a transaction, or, where none has begun, on a connection of the database. It reads at once
// and queues what it is to change.
type transaction struct {
	session  session
	begun    *sql.Tx              // nil where no transaction has begun
	prepared map[string]*sql.Stmt // by query; for drivers that do not prepare statements by themselves
	queued   []stmt
	// send runs statements in one round trip; nil where round trips cost nothing, and where no transaction has begun.
	send func(context.Context, []stmt) error
}

// session is a *sql.Tx or a *sql.DB.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func newTransaction(begun *sql.Tx, prepared map[string]*sql.Stmt) *transaction {
	return &transaction{session: begun, begun: begun, prepared: prepared}
}

// stmt is a statement that must change exactly so many rows. Any other number is a conflict.
type stmt struct {
	what  string
	rows  int64
	query string
	args  []any
}

// queue adds a statement to those that run after all reads.
func (t *transaction) queue(what string, rows int64, query string, args ...any) {
	t.queued = append(t.queued, stmt{what: what, rows: rows, query: query, args: args})
}

// flush runs the queued statements in their order.
func (t *transaction) flush(ctx context.Context) error {
	queued := t.queued
	t.queued = nil
	if t.send != nil && len(queued) > 1 {
		return t.send(ctx, queued)
	}
	for _, s := range queued {
		rows, err := rowsAffected(t.ExecContext(ctx, s.query, s.args...))
		if err == nil && rows != s.rows {
			err = errConflict
		}
		if err != nil {
			return wrap(s.what, err)
		}
	}
	return nil
}

func rowsAffected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// statement finds the prepared form of a query, or nil.
func (t *transaction) statement(ctx context.Context, query string) *sql.Stmt {
	statement := t.prepared[query]
	if statement != nil && t.begun != nil {
		return t.begun.StmtContext(ctx, statement)
	}
	return statement
}

// ExecContext is (*sql.DB).ExecContext.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if statement := t.statement(ctx, query); statement != nil { //nolint:sqlclosecheck // closes with the transaction
		return statement.ExecContext(ctx, args...)
	}
	return t.session.ExecContext(ctx, query, args...)
}

// QueryContext is (*sql.DB).QueryContext.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if statement := t.statement(ctx, query); statement != nil { //nolint:sqlclosecheck // closes with the transaction
		return statement.QueryContext(ctx, args...)
	}
	return t.session.QueryContext(ctx, query, args...)
}

// QueryRowContext is (*sql.DB).QueryRowContext.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if statement := t.statement(ctx, query); statement != nil { //nolint:sqlclosecheck // closes with the transaction
		return statement.QueryRowContext(ctx, args...)
	}
	return t.session.QueryRowContext(ctx, query, args...)
}

// frequent are the statements of every dispute, and of the records of an import. SQLite takes longer to compile than to run
// them; pgx prepares the statements of a connection by itself.
var frequent = []string{
	findToPauseStatement, findDisputeStatement, insertDisputeStatement, pauseInvoiceStatement,
	findUnsettledStatement, insertPostings[1], insertPostings[2], closeDisputeStatement, settleInvoiceStatement, lockInvoiceStatement, insertInvoiceStatement,
	lookupStatement(1), lookupStatement(2), insertReceiptStatement, insertMessageStatement, findMessageStatement,
	savepoint, releaseSavepoint,
}

// prepareAll prepares the frequent statements. They close with the database.
func prepareAll(ctx context.Context, db *sql.DB) (map[string]*sql.Stmt, error) {
	prepared := map[string]*sql.Stmt{}
	for _, query := range frequent {
		statement, err := db.PrepareContext(ctx, query) //nolint:sqlclosecheck // closes with the database
		if err != nil {
			return nil, err
		}
		prepared[query] = statement
	}
	return prepared, nil
}

// collect reads all rows of a query. It calls scan with each row's Scan.
func collect[T any](ctx context.Context, tx *transaction, scan func(into func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{} // not nil: an empty list in JSON
	for rows.Next() {
		row, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// first reads the first row of a query and reports whether there is one.
func first[T any](ctx context.Context, tx *transaction, scan func(into func(...any) error) (T, error), query string, args ...any) (row T, found bool, err error) {
	row, err = scan(tx.QueryRowContext(ctx, query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}
