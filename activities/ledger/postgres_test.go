package ledger_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

func TestPostgreSQLErrorsHideThePassword(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"postgres://kai:s3cret@127.0.0.1:1/books?sslmode=disable":   "open the ledger 127.0.0.1:1/books: ",
		"postgresql://kai:s3cret@127.0.0.1:1/books?sslmode=disable": "open the ledger 127.0.0.1:1/books: ",
		"postgres://kai@127.0.0.1:1/books?password=s3cret":          "open the ledger 127.0.0.1:1/books: ",
		"postgres://kai:s3cret@127.0.0.1/books?sslmode=sometimes":   "sslmode is invalid",
		"postgres://127.0.0.1/books?password=s3cret&sslmode=no":     "sslmode is invalid",
		"postgres://kai:s3cret@127.0.0.1:one/books":                 "cannot be read; write it like postgres://USER:PASSWORD@",
		"postgres://kai:12/s3cret@127.0.0.1/books":                  "with everything but letters and digits in the password as %XX",
		"postgres://kai:12#s3cret@127.0.0.1/books":                  "cannot be read",
		"postgres://kai:12?s3cret@127.0.0.1/books":                  "cannot be read",
		"postgres://kai:s3cret%zz@127.0.0.1/books":                  "cannot be read",
		"postgres://kai:s3 cret\x7f@127.0.0.1/books":                "cannot be read",
	} {
		_, err := ledger.Open(t.Context(), address)
		require.ErrorContains(t, err, want, address)
		require.NotContains(t, err.Error(), "cret")
		require.NotContains(t, err.Error(), "12#")
	}
}

func TestPostgreSQLRefusesAWrongPassword(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(postgresURL(t))
	require.NoError(t, err)
	u.User = url.UserPassword("nobody-of-ours", "s3cret")
	_, err = ledger.Open(t.Context(), u.String())
	require.ErrorContains(t, err, "password authentication failed")
	require.NotContains(t, err.Error(), "s3cret")
}

func TestPostgreSQLNeedsItsSchema(t *testing.T) {
	t.Parallel()
	_, err := ledger.Open(t.Context(), with(t, postgresURL(t), "search_path", "nowhere"))
	require.ErrorContains(t, err, "the search_path of the ledger's URL names no existing schema")
}

// By default the server releases the locks of a worker that has vanished.
func TestPostgreSQLEndsIdleTransactions(t *testing.T) {
	t.Parallel()
	var got string
	require.NoError(t, openAt(t, postgresURL(t)).DB().QueryRowContext(t.Context(), "show idle_in_transaction_session_timeout").Scan(&got))
	require.Equal(t, "30s", got)
}

func TestPostgreSQLSettings(t *testing.T) {
	t.Parallel()
	ledgerURL := with(t, postgresURL(t), "idle_in_transaction_session_timeout", "7s")
	l := openAt(t, with(t, ledgerURL, "default_transaction_isolation", "serializable"))
	for setting, want := range map[string]string{
		"application_name": "streitfall", "idle_in_transaction_session_timeout": "7s", "fsync": "on", "synchronous_commit": "on",
		"default_transaction_isolation": "read committed",
		"tcp_keepalives_idle":           "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4",
	} {
		var got string
		require.NoError(t, l.DB().QueryRowContext(t.Context(), "select current_setting($1)", setting).Scan(&got))
		require.Equal(t, want, got, setting)
	}
	require.Equal(t, 5, l.DB().Stats().MaxOpenConnections)
}

// Imports with the same new or known invoices in opposite orders cause no deadlock.
func TestConcurrentImports(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		for round := range 5 {
			forth := dispute.Import{Merchants: merchants}
			for n := range 20 {
				forth.Invoices = append(forth.Invoices, invoice(fmt.Sprint("i-", n), eur(10000), int64(round)))
			}
			back := dispute.Import{Merchants: slices.Clone(merchants), Invoices: slices.Clone(forth.Invoices)}
			slices.Reverse(back.Merchants)
			slices.Reverse(back.Invoices)
			var group sync.WaitGroup
			errs := make([]error, 4)
			for n := range errs {
				group.Go(func() { _, errs[n] = l.Import(t.Context(), []dispute.Import{forth, back}[n%2]) })
			}
			group.Wait()
			require.NoError(t, errors.Join(errs...))
		}
		requireSound(t, l)
	})
}

// A person with a database tool locks two invoices in the opposite order. PostgreSQL ends the import, which is retried.
func TestPostgreSQLDeadlocksAreRetried(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	imported(t, openAt(t, ledgerURL), invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 0))
	// The server looks once for a deadlock of the victim, after this timeout: both must wait by then.
	victim := openAt(t, with(t, ledgerURL, "deadlock_timeout", "2s"))
	stranger := openAt(t, with(t, ledgerURL, "deadlock_timeout", "60s")).DB()
	tx, err := stranger.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "update invoices set paid = 2 where id = 'i-2'")
	require.NoError(t, err)

	var group sync.WaitGroup
	group.Go(func() {
		_, err = victim.Import(t.Context(), dispute.Import{Invoices: []dispute.Invoice{invoice("i-1", eur(10000), 1), invoice("i-2", eur(10000), 1)}})
	})
	require.Eventually(t, func() bool { // it holds the first invoice and waits for the second
		return exists(t, victim, "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'update invoices%' and query not like '%pg_stat%'")
	}, 10*time.Second, time.Millisecond)
	_, strangerErr := tx.ExecContext(t.Context(), "update invoices set paid = 2 where id = 'i-1'")
	require.NoError(t, strangerErr)
	require.NoError(t, tx.Rollback())
	group.Wait()
	require.NoError(t, err)
	requireSound(t, victim)
}

// A connection pooler can drop the setting of the isolation. At a stricter isolation a batch fails where it would find the
// row changed, and is retried.
func TestPostgreSQLSerializationFailuresAreRetried(t *testing.T) {
	t.Parallel()
	for _, isolation := range []string{"repeatable read", "serializable"} {
		t.Run(isolation, func(t *testing.T) {
			t.Parallel()
			ledgerURL := postgresURL(t)
			strict, stranger := openAt(t, ledgerURL), openAt(t, ledgerURL)
			imported(t, strict, invoice("i-1", eur(10000), 0))
			strict.DB().SetMaxOpenConns(1)
			execute(t, strict, "set default_transaction_isolation = '"+isolation+"'")
			var connection int
			require.NoError(t, strict.DB().QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&connection))
			tx, err := stranger.DB().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), "update invoices set state = state")
			require.NoError(t, err)

			var group sync.WaitGroup
			group.Go(func() { _, err = strict.Pause(t.Context(), pauseOf("d-1", "i-1", eur(100))) })
			require.Eventually(t, func() bool {
				return exists(t, stranger, fmt.Sprint("select count(*) from pg_locks where not granted and pid = ", connection))
			}, 10*time.Second, time.Millisecond)
			require.NoError(t, tx.Commit())
			group.Wait()
			require.NoError(t, err)
			requireSound(t, stranger)
		})
	}
}
