package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database driver
)

// dialect is all that differs between databases. The queries are the same for each: $1, RETURNING,
// ON CONFLICT DO NOTHING; never FOR UPDATE, which SQLite does not know.
type dialect struct {
	// name says which ledger it is, without credentials.
	name   string
	driver string
	dsn    string
	// connections is how many are open at once.
	connections int
	goose       goose.Dialect
	// migrations is the folder of the schema.
	migrations string
}

//go:embed migrations
var migrations embed.FS

func parseURL(ledgerURL string) (dialect, error) {
	scheme, rest, found := strings.Cut(ledgerURL, ":")
	switch {
	case !found: // it may be anything, even a password: do not repeat it
		return dialect{}, errors.New("the ledger's URL has no scheme; allowed is sqlite:PATH, such as sqlite:/var/lib/streitfall/ledger.db")
	case scheme != "sqlite":
		return dialect{}, fmt.Errorf("the ledger's URL has the unknown scheme %q; allowed is sqlite:PATH, such as sqlite:/var/lib/streitfall/ledger.db", scheme)
	case rest == "", rest == ":memory:":
		return dialect{}, errors.New("the ledger's URL names no file; write it like sqlite:/var/lib/streitfall/ledger.db")
	}
	return sqlite(rest)
}

// sqliteSettings: a transaction that writes takes the lock at once (two that read first and write then
// fail each other, whatever the timeout), waits up to 5 seconds for another process, and is on the disk
// when it is done. Without recursive triggers INSERT OR REPLACE deletes rows behind the triggers' back.
var sqliteSettings = url.Values{
	"_txlock": {"immediate"},
	"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)"},
}

// sqlite is one file. One connection is enough: SQLite lets one transaction write at a time, and a queue
// in our process is fair and honours contexts, which SQLite's own waiting does not.
func sqlite(path string) (dialect, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return dialect{}, fmt.Errorf("find the ledger %s: %w", path, err)
	}
	rooted := "/" + strings.TrimPrefix(filepath.ToSlash(absolute), "/") // C:/ledger.db is /C:/ledger.db in a URL
	dsn := url.URL{Scheme: "file", Path: rooted, RawQuery: sqliteSettings.Encode()}
	return dialect{
		name: absolute, driver: "sqlite", dsn: dsn.String(), connections: 1,
		goose: goose.DialectSQLite3, migrations: "migrations/sqlite",
	}, nil
}

// migrate brings the schema up to date. Several processes may do so at once.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	folder, err := fs.Sub(migrations, d.migrations)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(d.goose, db, folder, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	// Goose looks what is missing before it takes SQLite's lock. Who loses a race between the two fails on
	// what the winner has created, is undone, and looks again: at most once for each migration.
	for range len(provider.ListSources()) + 1 {
		if _, err = provider.Up(ctx); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err == nil && current > target {
		err = fmt.Errorf("it has schema %d, this build knows %d: take a newer build", current, target)
	}
	return err
}
