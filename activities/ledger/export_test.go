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

// LargestGroup is how many are in one transaction at most.
const LargestGroup = largestGroup

// Waiting is how many wait for their turn in the next transaction.
func (l *Ledger) Waiting() int {
	l.group.mu.Lock()
	defer l.group.mu.Unlock()
	return len(l.group.waiting)
}

// BreakNext lets the next transaction of the group panic.
func (l *Ledger) BreakNext(fault error) {
	whole := l.group.transact
	l.group.transact = func(context.Context, func(*transaction) error) error {
		l.group.transact = whole
		panic(fault) //nolint:forbidigo // what faults do
	}
}

// InGroup runs do where the changes of disputes run.
func (l *Ledger) InGroup(ctx context.Context, do func() error) error {
	return l.group.run(ctx, func(*transaction) error { return do() })
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

// MigrateTo makes the ledger that a build of that schema left behind.
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
