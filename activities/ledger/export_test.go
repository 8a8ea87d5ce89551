package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// DB is the ledger's own connection, for tests that go around the Go code.
func (l *Ledger) DB() *sql.DB {
	return l.db
}

// LargestGroup is how many requests share a transaction at most.
const LargestGroup = largestGroup

// Optimistic runs work as Pause and Settle run, and lets it execute statements.
func (l *Ledger) Optimistic(ctx context.Context, work func(execute func(statement string) error) error) error {
	return l.optimistic(ctx, "test", func(ctx context.Context, tx *transaction) error {
		return work(func(statement string) error {
			_, err := tx.ExecContext(ctx, statement)
			return err
		})
	})
}

// SchemaLock is the number of the lock that a migration holds.
var SchemaLock = schemaLock

// OpenThrough opens a ledger through what wrap makes of its database and the database's own address.
func OpenThrough(ctx context.Context, url string, wrap func(*sql.DB, string) *sql.DB) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	plain, err := sql.Open(dialect.driver, dialect.dsn)
	if err != nil {
		return nil, err
	}
	return open(ctx, wrap(plain, dialect.dsn), dialect, migrate)
}

// MigrateTo makes a ledger as a build with that schema leaves it.
func MigrateTo(ctx context.Context, url string, version int64) (*sql.DB, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(dialect.driver, dialect.dsn)
	if err != nil {
		return nil, err
	}
	dialect.pool(db)
	provider, err := migrator(ctx, db, dialect)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
