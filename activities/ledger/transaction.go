package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// transaction reads first and changes last: what it is to change is put off until all is read, and then sent to the
// database together.
type transaction struct {
	session
	// prepared finds the compiled form of a statement, or nil.
	prepared func(query string) *sql.Stmt
	changes  []change
}

// session is a transaction of the database, or its connections where nothing has begun yet.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// change is a statement that must change exactly so many rows. Anything else means that a row is not as it was
// read, so the transaction must not end.
type change struct {
	what  string
	rows  int64
	query string
	args  []any
}

// errChanged tells that a row is not as it was read.
var errChanged = errors.New("a row has changed meanwhile")

// change puts a change of rows off until the transaction has read all that it needs.
func (t *transaction) change(what string, rows int64, query string, args ...any) {
	t.changes = append(t.changes, change{what: what, rows: rows, query: query, args: args})
}

// failed says of trouble which change met it.
func (c change) failed(err error) error {
	return fmt.Errorf("%s: %w", c.what, err)
}

// flush makes the changes in their order.
func (t *transaction) flush(ctx context.Context) error {
	for _, c := range t.changes {
		rows, err := changedRows(t.ExecContext(ctx, c.query, c.args...))
		if err == nil && rows != c.rows {
			err = errChanged
		}
		if err != nil {
			return c.failed(err)
		}
	}
	return nil
}

// changedRows is how many rows a statement has changed.
func changedRows(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// ExecContext is that of the session.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if statement := t.prepared(query); statement != nil { //nolint:sqlclosecheck // closes with the transaction
		return statement.ExecContext(ctx, args...)
	}
	return t.session.ExecContext(ctx, query, args...)
}

// QueryContext is that of the session.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if statement := t.prepared(query); statement != nil { //nolint:sqlclosecheck // closes with the transaction
		return statement.QueryContext(ctx, args...)
	}
	return t.session.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of the session.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if statement := t.prepared(query); statement != nil { //nolint:sqlclosecheck // closes with the transaction
		return statement.QueryRowContext(ctx, args...)
	}
	return t.session.QueryRowContext(ctx, query, args...)
}

// frequent are the statements of every dispute. To compile them takes SQLite longer than to run them;
// pgx remembers those of a connection by itself.
var frequent = []string{
	findToPauseStatement, findDisputeStatement, insertDisputeStatement, pauseInvoiceStatement,
	findUnsettledStatement, insertPostings[1], insertPostings[2], closeDisputeStatement, settleInvoiceStatement,
	lookupStatement(1), lookupStatement(2), insertReceiptStatement, insertMessageStatement, findMessageStatement,
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

// collect reads all rows of a query. scan gets each row's Scan.
func collect[T any](ctx context.Context, tx *transaction, scan func(into func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{} // in JSON a list, also when it is empty
	for rows.Next() {
		row, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// first reads the row of a query, if there is one.
func first[T any](ctx context.Context, tx *transaction, scan func(into func(...any) error) (T, error), query string, args ...any) (row T, found bool, err error) {
	row, err = scan(tx.QueryRowContext(ctx, query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}
