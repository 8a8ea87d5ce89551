package ledger

import (
	"context"
	"database/sql"
	"errors"
	neturl "net/url"

	"github.com/jackc/pgx/v5/pgconn"
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

// PostgresProbe are the statements of Ping on PostgreSQL.
var PostgresProbe = postgresProbe

// SchemaLock is the number of the lock that a migration holds.
var SchemaLock = schemaLock

// OpenThrough opens a ledger through what wrap makes of its database and the database's own address.
func OpenThrough(ctx context.Context, url string, wrap func(*sql.DB, string) *sql.DB) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	plain, err := dialect.open(dialect.dsn)
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
	db, err := dialect.open(dialect.dsn)
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

// Usable reports whether a connection can be used after an error.
func Usable(severity, code string) bool {
	return usable(&pgconn.PgError{SeverityUnlocalized: severity, Code: code})
}

// ExplainPooler adds the missing setting to an error with this code and message.
func ExplainPooler(code, message string) error {
	return explainPooler(&pgconn.PgError{Code: code, Message: message})
}

// Hosts returns the hosts of a URL, and its settings.
func Hosts(url string) (string, map[string]string, error) {
	d, err := postgres(url)
	if err != nil {
		return "", nil, err
	}
	parsed, err := neturl.Parse(d.dsn)
	settings := map[string]string{}
	for name := range severalHosts {
		settings[name] = parsed.Query().Get(name)
	}
	return d.name, settings, err
}
