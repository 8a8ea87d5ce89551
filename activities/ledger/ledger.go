package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Ledger keeps merchants, invoices, disputes, postings and messages in one database. It is safe for
// concurrent use, also by several processes on the same database.
type Ledger struct {
	db *sql.DB
}

var (
	_ activities.Ledger = (*Ledger)(nil)
	_ activities.Outbox = (*Ledger)(nil)
)

// Open opens the ledger at a URL, creates it where there is none and brings its schema up to date. The
// only form so far is sqlite:PATH. A ledger of a newer build is refused.
func Open(ctx context.Context, url string) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(dialect.driver, dialect.dsn)
	if err != nil {
		return nil, fmt.Errorf("open the ledger %s: %w", dialect.name, err)
	}
	db.SetMaxOpenConns(dialect.connections)
	if err := migrate(ctx, db, dialect); err != nil {
		return nil, errors.Join(fmt.Errorf("open the ledger %s: %w", dialect.name, err), db.Close())
	}
	return &Ledger{db: db}, nil
}

// Close closes the database.
func (l *Ledger) Close() error {
	return l.db.Close()
}

// write runs do in one transaction. Trouble comes back with what was being done; a refusal of do comes
// back as it is. Either way nothing has changed, unless the connection broke during the commit: then
// nobody knows, and a repeat finds out.
func (l *Ledger) write(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return l.transact(ctx, what, nil, do)
}

// read runs do on one consistent snapshot, beside writers.
func (l *Ledger) read(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return l.transact(ctx, what, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, do)
}

func (l *Ledger) transact(ctx context.Context, what string, options *sql.TxOptions, do func(*sql.Tx) error) (err error) {
	defer func() {
		if err != nil && dispute.CodeOf(err) == "" {
			err = fmt.Errorf("%s: %w", what, err)
		}
	}()
	tx, err := l.db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after the commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// changeOne runs a statement that must change exactly one row. Anything else means that the row is not
// as it was read, so the transaction must not go on.
func changeOne(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("expected to change one row, changed %d", n))
	}
	return nil
}

// collect reads all rows of a query. scan gets each row's Scan.
func collect[T any](ctx context.Context, tx *sql.Tx, scan func(into func(...any) error) (T, error), query string, args ...any) ([]T, error) {
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
func first[T any](ctx context.Context, tx *sql.Tx, scan func(into func(...any) error) (T, error), query string, args ...any) (row T, found bool, err error) {
	row, err = scan(tx.QueryRowContext(ctx, query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}

// now is the instant of what the ledger does by itself, in the precision that it keeps.
func now() time.Time {
	return time.Now().UTC().Truncate(time.Microsecond)
}
