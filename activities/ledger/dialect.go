package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// dialect is all that differs between databases. The queries are the same for each: $1, RETURNING,
// ON CONFLICT DO NOTHING; never FOR UPDATE, which SQLite does not know.
type dialect struct {
	// name says which ledger it is, without credentials.
	name   string
	driver string
	dsn    string
	// existing is a dsn that makes no new database, and absent tells by a failure that there is no ledger.
	existing string
	absent   func(error) bool
	// pool says how many connections are kept and for how long.
	pool func(*sql.DB)
	// prepare tells that the driver does not remember statements by itself.
	prepare bool
	goose   goose.Dialect
	// migrations is the folder of the schema.
	migrations string
	// sendBatch runs statements as one transaction in one round trip; nil where round trips cost nothing.
	sendBatch func(ctx context.Context, db *sql.DB, stmts []stmt) error
	// locker keeps others away from the schema during a migration; nil where the database does.
	locker func(context.Context, *sql.DB) (lock.SessionLocker, error)
}

const allowedURLs = "allowed are sqlite:PATH, such as sqlite:/var/lib/streitfall/ledger.db, and " +
	"postgres://USER:PASSWORD@HOST:5432/DATABASE"

// parseURL never repeats more of a URL than its scheme: the rest may be a password.
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
