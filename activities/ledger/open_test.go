package ledger_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

func TestOpenRefusesURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"mysql://kai:secret@localhost/ledger": "unknown scheme; allowed are sqlite:PATH, such as sqlite:/var/lib/streitfall/ledger.db, and postgres://",
		"secret:secret":                       "unknown scheme; allowed are sqlite:PATH",
		"secret":                              "has no scheme; allowed are sqlite:PATH",
		"":                                    "has no scheme; allowed are sqlite:PATH",
		"sqlite:":                             "names no file",
		"sqlite::memory:":                     "names no file",
	} {
		_, err := ledger.Open(t.Context(), url)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestOpenExistingCreatesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mistyped.db")
	_, err := ledger.OpenExisting(t.Context(), "sqlite:"+path)
	require.ErrorContains(t, err, "open the ledger "+path+": no ledger here; `starter ledger import` or a worker creates it")
	require.NoFileExists(t, path)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = ledger.OpenExisting(t.Context(), "sqlite:"+path)
	require.ErrorContains(t, err, "no ledger here")
	_, err = ledger.OpenExisting(t.Context(), "sqlite:")
	require.ErrorContains(t, err, "names no file")
}

func TestOpenExistingCreatesNothingOnPostgreSQL(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	empty := "empty_" + strings.ToLower(rand.Text())
	_, err := server.ExecContext(t.Context(), "create schema "+empty)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := server.ExecContext(context.WithoutCancel(t.Context()), "drop schema "+empty) // fails when it is not empty
		require.NoError(t, err)
	})
	_, err = ledger.OpenExisting(t.Context(), with(t, ledgerURL, "search_path", empty))
	require.ErrorContains(t, err, ": no ledger here; `starter ledger import` or a worker creates it")
	_, err = ledger.OpenExisting(t.Context(), "postgres://127.0.0.1:1/books?sslmode=disable")
	require.ErrorContains(t, err, "open the ledger 127.0.0.1:1/books: ")
	require.NotContains(t, err.Error(), "no ledger here")
}

func TestOpenExisting(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newBareURL(t)
		first := openAt(t, ledgerURL)
		name, made := first.Name()
		require.NotEmpty(t, name)
		require.True(t, made)
		_, made = openAt(t, ledgerURL).Name()
		require.False(t, made)
		imported(t, first, invoice("i-1", eur(1), 0))
		l, err := ledger.OpenExisting(t.Context(), ledgerURL)
		require.NoError(t, err)
		again, made := l.Name()
		require.Equal(t, name, again)
		require.False(t, made)
		_, err = l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.NoError(t, l.Close())
	})
}

// Workers of an older build may still use the ledger, and could not start again after an upgrade of the schema.
func TestOpenExistingUpgradesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newBareURL(t)
		older, err := ledger.MigrateTo(t.Context(), ledgerURL, 1)
		require.NoError(t, err)
		for range 2 { // the first call has changed nothing
			_, err = ledger.OpenExisting(t.Context(), ledgerURL)
			require.ErrorContains(t, err, "it has schema 1, this build knows 5: `starter ledger import` or a worker of this build upgrades it")
		}
		require.NoError(t, older.Close())
	})
}

func TestOpenByManyAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		var group sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			group.Go(func() {
				var l *ledger.Ledger
				if l, errs[i] = ledger.Open(t.Context(), ledgerURL); errs[i] == nil {
					errs[i] = l.Close()
				}
			})
		}
		group.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
	})
}

// Two concurrent migrations would meet each other's tables, so the second one waits.
func TestPostgreSQLMigratesOneAtATime(t *testing.T) {
	t.Parallel()
	ledgerURL := barePostgresURL(t)
	name := schemaOf(t, ledgerURL)
	other, err := server.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Rollback()) }()
	_, err = other.ExecContext(t.Context(), "select pg_advisory_xact_lock($1)", ledger.SchemaLock(name))
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int32
	_, err = ledger.Open(ctx, newProxy(t, with(t, ledgerURL, "default_query_exec_mode", "exec"), func(packet []byte) delivery {
		if bytes.Contains(packet, []byte("pg_try_advisory_lock")) && asked.Add(1) == 2 {
			cancel() // the lock was taken, and it asks again
		}
		return delivered
	}))
	require.ErrorIs(t, err, context.Canceled)
	var table sql.NullString
	require.NoError(t, other.QueryRowContext(t.Context(), "select to_regclass($1)", name+".invoices").Scan(&table))
	require.False(t, table.Valid, "it has created no table")
}

func TestOpenRefusesTheLedgerOfANewerBuild(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		_, err := l.DB().ExecContext(t.Context(), "insert into goose_db_version (version_id, is_applied) values (99, true)")
		require.NoError(t, err)
		_, err = l.DB().ExecContext(t.Context(), markDirty)
		require.NoError(t, err)
		_, err = ledger.Open(t.Context(), ledgerURL)
		require.ErrorContains(t, err, "it has schema 99, this build knows 5: upgrade to a newer build")
	})
}

func TestSettleEndsWithItsContext(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 100)
		before := dump(t, l)
		done, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := l.Settle(done, settleOf("d-1", lost(100)))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "settle dispute d-1: ")
		require.Equal(t, before, dump(t, l))
	})
}
