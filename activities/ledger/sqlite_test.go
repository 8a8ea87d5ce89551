package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

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
	openAt(t, "sqlite:"+path)
	require.FileExists(t, path)
}

func TestSQLiteSettings(t *testing.T) {
	t.Parallel()
	l := openAt(t, sqliteURL(t))
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "busy_timeout": "5000",
	} {
		var got string
		require.NoError(t, l.DB().QueryRowContext(t.Context(), "pragma "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
}

func TestSQLiteKeepsEverything(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openAt(t, "sqlite:"+path)
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
	again := openAt(t, "sqlite:"+filepath.Join(killed, "ledger.db"))
	require.Equal(t, dump(t, l), dump(t, again))
	requireSound(t, again)
}
