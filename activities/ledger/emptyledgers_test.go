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

// emptyLedgers returns a function that provides an empty ledger for each check of a property, faster than db.open does;
// the ledger of the check before is gone. Their connections break as planned; a nil plan breaks none.
func (db database) emptyLedgers(t *testing.T, plan *faultPlan) func(*rapid.T) *ledger.Ledger {
	t.Helper()
	if db.name == "SQLite" {
		return copiedLedgers(t, plan)
	}
	direct := db.newURL(t)
	ledgerURL := direct
	if plan != nil {
		ledgerURL = newProxy(t, direct, plan.delivery)
	}
	l := openAt(t, ledgerURL)
	return func(t *rapid.T) *ledger.Ledger {
		_, err := server.ExecContext(t.Context(), emptyStatements(schemaOf(t, direct)))
		require.NoError(t, err)
		return l
	}
}

// copiedLedgers copies the file of an empty ledger.
func copiedLedgers(t *testing.T, plan *faultPlan) func(*rapid.T) *ledger.Ledger {
	t.Helper()
	wrap := func(plain *sql.DB, dsn string) *sql.DB {
		if plan == nil {
			return plain
		}
		return openFaultyDB(plain, dsn, plan)
	}
	folder := t.TempDir()
	original := filepath.Join(folder, "empty.db")
	l, err := ledger.Open(t.Context(), "sqlite:"+original)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	content, err := os.ReadFile(original)
	require.NoError(t, err)
	return func(t *rapid.T) *ledger.Ledger {
		folder, err := os.MkdirTemp(folder, "check") //nolint:usetesting // it is removed with the check, not with the test
		require.NoError(t, err)
		path := filepath.Join(folder, "ledger.db")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		l, err := ledger.OpenThrough(t.Context(), "sqlite:"+path, wrap)
		require.NoError(t, err)
		_, err = l.DB().ExecContext(t.Context(), "pragma synchronous = off") // the tests survive no power failure
		require.NoError(t, err)
		t.Cleanup(func() {
			require.NoError(t, l.Close())
			require.NoError(t, os.RemoveAll(folder))
		})
		return l
	}
}
