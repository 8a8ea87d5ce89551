package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// transaction is a transaction that takes prepared statements where there are some.
type transaction struct {
	*sql.Tx
	prepared map[string]*sql.Stmt
}

// frequent are the statements of every dispute. To compile them takes SQLite longer than to run them;
// pgx remembers those of a connection by itself.
var frequent = []string{
	findInvoiceStatement, insertDisputeStatement, pauseInvoiceStatement,
	findUnsettledStatement, insertPostings[1], insertPostings[2], closeDisputeStatement, settleInvoiceStatement,
	findMerchantStatement, findReceiptStatement, insertReceiptStatement, insertMessageStatement, numberMessageStatement,
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

// ExecContext is that of sql.Tx.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if statement, known := t.prepared[query]; known {
		return t.StmtContext(ctx, statement).ExecContext(ctx, args...) //nolint:sqlclosecheck // closes with the transaction
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryRowContext is that of sql.Tx.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if statement, known := t.prepared[query]; known {
		return t.StmtContext(ctx, statement).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // closes with the transaction
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}

// errChanged tells that a row is not as it was read.
var errChanged = errors.New("a row has changed meanwhile")

// changeOne runs a statement that must change exactly one row. Anything else means that the row is not
// as it was read, so the transaction must not go on.
func changeOne(ctx context.Context, tx *transaction, query string, args ...any) error {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errChanged)
	}
	return nil
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
