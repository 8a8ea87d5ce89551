package ledger_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/activities/ledger"
)

// supply makes empty ledgers for the tries of a property, faster than db.open does: each is the only one
// until the next. With a cutter their connections break when it says so.
func (db database) supply(t *testing.T, c *cutter) func(*rapid.T) *ledger.Ledger {
	t.Helper()
	if db.name == "SQLite" {
		return copies(t, c)
	}
	place := db.place(t)
	seen := place
	if c != nil {
		seen = newLine(t, place, c.fate)
	}
	l := openAt(t, seen)
	return func(t *rapid.T) *ledger.Ledger {
		_, err := server.ExecContext(t.Context(), emptying(schemaOf(t, place)))
		require.NoError(t, err)
		return l
	}
}

// copies copies the file of an empty ledger.
func copies(t *testing.T, c *cutter) func(*rapid.T) *ledger.Ledger {
	t.Helper()
	wrap := func(plain *sql.DB, dsn string) *sql.DB {
		if c == nil {
			return plain
		}
		return cuttingDB(plain, dsn, c)
	}
	folder := t.TempDir()
	original := filepath.Join(folder, "empty.db")
	l, err := ledger.Open(t.Context(), "sqlite:"+original)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	content, err := os.ReadFile(original)
	require.NoError(t, err)
	return func(t *rapid.T) *ledger.Ledger {
		folder, err := os.MkdirTemp(folder, "try") //nolint:usetesting // it goes with the try, not with the test
		require.NoError(t, err)
		path := filepath.Join(folder, "ledger.db")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		l, err := ledger.OpenThrough(t.Context(), "sqlite:"+path, wrap)
		require.NoError(t, err)
		_, err = l.DB().ExecContext(t.Context(), "pragma synchronous = off") // no power fails here
		require.NoError(t, err)
		t.Cleanup(func() {
			require.NoError(t, l.Close())
			require.NoError(t, os.RemoveAll(folder))
		})
		return l
	}
}
