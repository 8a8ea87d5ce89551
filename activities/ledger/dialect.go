package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// dialect holds all differences between the databases. The queries are the same for both: with $1, RETURNING and ON CONFLICT
// DO NOTHING, and without FOR UPDATE, which SQLite does not know.
type dialect struct {
	// name identifies the ledger in errors, without credentials.
	name string
	dsn  string
	// open returns a pool for a dsn. It does not connect.
	open func(dsn string) (*sql.DB, error)
	// existing is a dsn that creates no database. absent reports whether an error means that there is no ledger.
	existing string
	absent   func(error) bool
	// pool configures the connection pool. check returns an error if statements cannot be relied on over these connections;
	// nil where they always can.
	pool  func(*sql.DB)
	check func(context.Context, *sql.DB) error
	// explain adds to an error of the start which setting is missing.
	explain func(error) error
	// prepare is true if the driver does not prepare statements by itself.
	prepare bool
	goose   goose.Dialect
	// migrations is the folder of the schema.
	migrations string
	// probe are statements that fail where a dispute could not be recorded, and that change no record.
	probe []string
	// sendBatch runs statements as one transaction in one round trip; nil where round trips cost nothing.
	sendBatch func(ctx context.Context, db *sql.DB, stmts []stmt) error
	// sendWithin runs statements in one round trip within the transaction that has begun on a connection; nil like sendBatch.
	sendWithin func(ctx context.Context, conn *sql.Conn, stmts []stmt) error
	// afterErasure is a statement that removes from the database's log what was erased; "" where only the server can.
	afterErasure string
	// lockName is a statement that locks a name until the transaction ends; "" where transactions run one at a time.
	lockName string
	// clock is a query for the time by which events are delivered, where several machines do that; "" for this machine's.
	clock string
	// locker lets one process at a time migrate the schema; nil where the database does so.
	locker func(context.Context, *sql.DB) (lock.SessionLocker, error)
}

const allowedURLs = "allowed are sqlite:PATH, such as sqlite:/var/lib/streitfall/ledger.db, and " +
	"postgres://USER:PASSWORD@HOST:5432/DATABASE"

// parseURL returns errors that repeat nothing of the URL, since any part of it may be a password.
func parseURL(ledgerURL string) (dialect, error) {
	scheme, rest, found := strings.Cut(ledgerURL, ":")
	switch {
	case !found:
		return dialect{}, errors.New("the ledger's URL has no scheme; " + allowedURLs)
	case scheme == "sqlite":
		return sqlite(rest)
	case scheme == "postgres", scheme == "postgresql":
		return postgres(ledgerURL)
	}
	return dialect{}, errors.New("the ledger's URL has an unknown scheme; " + allowedURLs)
}
