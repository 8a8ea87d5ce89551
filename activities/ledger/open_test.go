package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

func TestOpenSaysWhichURLsAreAllowed(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://kai:secret@localhost/ledger": `unknown scheme "postgres"; allowed is sqlite:PATH`,
		"secret":                                 "has no scheme; allowed is sqlite:PATH",
		"":                                       "has no scheme; allowed is sqlite:PATH",
		"sqlite:":                                "names no file",
		"sqlite::memory:":                        "names no file",
	} {
		_, err := ledger.Open(t.Context(), url)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestOpenNamesTheFileThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing", "ledger.db")
	_, err := ledger.Open(t.Context(), "sqlite:"+path)
	require.ErrorContains(t, err, "open the ledger "+path)

	path = filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("these are notes, and many of them"), 0o600))
	_, err = ledger.Open(t.Context(), "sqlite:"+path)
	require.ErrorContains(t, err, "open the ledger "+path)
}

func TestOpenTakesAnyFileName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "Bücher 50% a&b?#.db")
	openAt(t, path)
	require.FileExists(t, path)
}

func TestOpenSettings(t *testing.T) {
	t.Parallel()
	l := open(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "busy_timeout": "5000",
	} {
		var got string
		require.NoError(t, l.DB().QueryRowContext(t.Context(), "pragma "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
}

func TestOpenByManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	var group sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		group.Go(func() {
			var l *ledger.Ledger
			if l, errs[i] = ledger.Open(t.Context(), "sqlite:"+path); errs[i] == nil {
				errs[i] = l.Close()
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func TestOpenRefusesTheLedgerOfANewerBuild(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openAt(t, path)
	_, err := l.DB().ExecContext(t.Context(), "insert into goose_db_version (version_id, is_applied) values (99, 1)")
	require.NoError(t, err)
	_, err = ledger.Open(t.Context(), "sqlite:"+path)
	require.ErrorContains(t, err, "it has schema 99, this build knows 1: take a newer build")
}

func TestEverythingIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openAt(t, path)
	imported(t, l, invoice("i-1", eur(10000), 6000), invoice("i-2", eur(500), 0))
	_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(7000)))
	require.NoError(t, err)
	_, err = l.Settle(t.Context(), settleOf("d-1", lost(7000)))
	require.NoError(t, err)
	_, err = l.Pause(t.Context(), pauseOf("d-2", "i-2", eur(500)))
	require.NoError(t, err)

	// What a killed process leaves on the disk, taken while the first one still runs.
	killed := t.TempDir()
	for _, name := range []string{"ledger.db", "ledger.db-wal"} {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(killed, name), content, 0o600))
	}
	again := openAt(t, filepath.Join(killed, "ledger.db"))
	require.Equal(t, dump(t, l), dump(t, again))
	requireSound(t, again)
}

func TestContextsAreHonoured(t *testing.T) {
	t.Parallel()
	l := paused(t, 0, 100)
	before := dump(t, l)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Settle(done, settleOf("d-1", lost(100)))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "settle dispute d-1: ")
	require.Equal(t, before, dump(t, l))
}
