package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteSettings: a writing transaction takes the lock at its beginning, since two that read first would fail each other
// whatever the timeout; it waits up to 5 seconds for another process, and is on the disk after its COMMIT. Without
// recursive triggers INSERT OR REPLACE would delete rows without firing the triggers. With secure_delete what is deleted is
// overwritten with zeros, and not left in the file's free space.
var sqliteSettings = url.Values{
	"_txlock": {"immediate"},
	"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "secure_delete(1)"},
}

// sqlite is the dialect for a file of SQLite. It uses one connection, because one transaction writes at a time; requests of
// this process wait for each other in groupCommit.
func sqlite(path string) (dialect, error) {
	if path == "" || path == ":memory:" {
		return dialect{}, errors.New("the ledger's URL names no file; write it like sqlite:/var/lib/streitfall/ledger.db")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return dialect{}, fmt.Errorf("find the ledger %s: %w", path, err)
	}
	rooted := "/" + strings.TrimPrefix(filepath.ToSlash(absolute), "/") // C:/ledger.db is /C:/ledger.db in a URL
	dsn := url.URL{Scheme: "file", Path: rooted, RawQuery: sqliteSettings.Encode()}
	existing := dsn
	existing.RawQuery += "&mode=rw"
	return dialect{
		name: absolute, dsn: dsn.String(), open: func(dsn string) (*sql.DB, error) { return sql.Open("sqlite", dsn) },
		explain: func(err error) error { return err }, probe: []string{sqliteProbe},
		existing: existing.String(), absent: sqliteAbsent, prepare: true,
		pool:  func(db *sql.DB) { db.SetMaxOpenConns(1) },
		goose: goose.DialectSQLite3, migrations: "migrations/sqlite",
		afterErasure: `pragma wal_checkpoint(truncate)`, // what was in the write-ahead log is in the file now, overwritten
	}, nil
}

// sqliteProbe writes as much as the step of a dispute: a smaller one could find the last free space of a full disk. The text
// is always of the same length, so that the file does not grow.
const sqliteProbe = `update probe set content = hex(randomblob(16384))`

// sqliteAbsent reports whether err is due to a missing file, or to one without our tables.
func sqliteAbsent(err error) bool {
	var failure *sqlitedriver.Error
	return errors.As(err, &failure) && (failure.Code() == sqlite3.SQLITE_CANTOPEN || failure.Code() == sqlite3.SQLITE_ERROR)
}
