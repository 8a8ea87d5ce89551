package operations_test

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// books is a ledger with the documented commands for its backup.
type books struct {
	// url is empty for the SQLite file of the environment.
	url             string
	backUp, restore func(e *env)
}

func newSQLiteBooks(t *testing.T) books {
	t.Helper()
	backup := filepath.Join(t.TempDir(), "ledger.db")
	path := func(e *env) string { return strings.TrimPrefix(e.LedgerURL, "sqlite:") }
	return books{
		backUp: func(e *env) {
			database, err := sql.Open("sqlite", path(e))
			require.NoError(e, err)
			_, err = database.ExecContext(e.Context(), "vacuum into '"+backup+"'")
			require.NoError(e, err)
			require.NoError(e, database.Close())
		},
		restore: func(e *env) {
			replaceFiles(e, path(e), backup)
		},
	}
}

func newPostgresBooks(t *testing.T) books {
	t.Helper()
	server := newPostgres(t)
	dump, url := filepath.Join(t.TempDir(), "ledger.dump"), server.URL("ledger")
	run := func(e *env, name string, args ...string) {
		e.Helper()
		output, err := exec.CommandContext(e.Context(), postgresProgram(e, name), args...).CombinedOutput()
		require.NoError(e, err, string(output))
	}
	return books{
		url:    url,
		backUp: func(e *env) { run(e, "pg_dump", "--format=custom", "--file="+dump, url) },
		restore: func(e *env) {
			run(e, "pg_restore", "--clean", "--if-exists", "--single-transaction", "--dbname="+url, dump)
		},
	}
}

// postgresProgram finds a program beside the server, or on PATH.
func postgresProgram(e *env, name string) string {
	e.Helper()
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/pgsql-*/bin/", "/usr/local/bin/"} {
		if found, err := filepath.Glob(pattern + name); err == nil && len(found) > 0 {
			return found[len(found)-1]
		}
	}
	return name
}

func (e *env) temporalFile() string   { return filepath.Join(e.Dir, "temporal.db") }
func (e *env) temporalBackup() string { return filepath.Join(e.Dir, "backup.db") }

// backUp copies the ledger while it is in use, and Temporal's file while its server is stopped.
func (e *env) backUp(b books) {
	e.Helper()
	b.backUp(e)
	require.NoError(e, e.Server.Kill())
	for _, suffix := range []string{"", "-wal", "-shm"} {
		copyFile(e, e.temporalFile()+suffix, e.temporalBackup()+suffix)
	}
	require.NoError(e, e.Server.Restart(e.Context()))
}

// restore sets back what the drill says. Nothing else may use the systems meanwhile.
func (e *env) restore(b books, d drill) {
	e.Helper()
	if d.ledger {
		require.NoError(e, e.Ledger.Close())
		b.restore(e)
		var err error
		e.Ledger, err = ledger.Open(e.Context(), e.LedgerURL)
		require.NoError(e, err)
		e.Cleanup(func() { require.NoError(e, e.Ledger.Close()) })
	}
	if d.temporal {
		require.NoError(e, e.Server.Kill())
		replaceFiles(e, e.temporalFile(), e.temporalBackup())
		require.NoError(e, e.Server.Restart(e.Context()))
	}
}

// replaceFiles replaces a SQLite database that nobody has open.
func replaceFiles(e *env, file, backup string) {
	e.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(e, os.RemoveAll(file+suffix))
		copyFile(e, backup+suffix, file+suffix)
	}
}

// copyFile copies a file if it exists.
func copyFile(e *env, from, to string) {
	e.Helper()
	content, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(e, err)
	require.NoError(e, os.WriteFile(to, content, 0o600))
}

// closingMails returns the mails in which a dispute's end was told to the party whose address begins so.
func (e *env) closingMails(party, id string) (found []mailbox.Mail) {
	for _, mail := range e.mails.Mails() {
		if strings.HasPrefix(mail.To, party) && strings.HasPrefix(mail.ID, "<"+id+"-closed-") {
			found = append(found, mail)
		}
	}
	return found
}
