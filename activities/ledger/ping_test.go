package ledger_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

func TestPing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := openAt(t, db.newURL(t))
		before := dump(t, l)
		require.NoError(t, l.Ping(t.Context()))
		require.NoError(t, l.Ping(t.Context()))
		require.Equal(t, before, dump(t, l))
		require.Equal(t, "1", readOne(t, l, "select count(*) from probe"))
		require.NoError(t, l.Close())
		require.ErrorContains(t, l.Ping(t.Context()), "ping the ledger: ")
	})
}

// TestPingWaitsForNobody: a process that hangs with the lock of the probe's row leaves the others ready. Their pings still are
// transactions with an id, whose commit the server writes to its log.
func TestPingWaitsForNobody(t *testing.T) {
	t.Parallel()
	address := postgresURL(t)
	hung, err := openAt(t, address).DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer hung.Rollback()
	_, err = hung.ExecContext(t.Context(), "update probe set content = 'hung'")
	require.NoError(t, err)

	l := openAt(t, with(t, address, "lock_timeout", "100ms"))
	require.NoError(t, l.Ping(t.Context()))
	ping, err := l.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer ping.Rollback()
	for _, statement := range ledger.PostgresProbe {
		_, err := ping.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	var written bool
	require.NoError(t, ping.QueryRowContext(t.Context(), "select pg_current_xact_id_if_assigned() is not null").Scan(&written))
	require.True(t, written)
}

// readOne returns the only value of a query as text.
func readOne(t *testing.T, l *ledger.Ledger, query string) string {
	t.Helper()
	var value string
	require.NoError(t, l.DB().QueryRowContext(t.Context(), query).Scan(&value))
	return value
}

// TestPingWrites: a ledger that can only be read is not ready, and is again when it can be written.
func TestPingWrites(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		l := openAt(t, sqliteURL(t))
		execute(t, l, "pragma query_only = on")
		require.ErrorContains(t, l.Ping(t.Context()), "readonly database")
		execute(t, l, "pragma query_only = off")
		require.NoError(t, l.Ping(t.Context()))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		address := postgresURL(t)
		openAt(t, address)
		l := openAt(t, with(t, address, "options", "-c default_transaction_read_only=on"))
		require.ErrorContains(t, l.Ping(t.Context()), "SQLSTATE 25006")
		require.Equal(t, "1", readOne(t, l, "select count(*) from probe"), "it can still be read")
	})
}

// TestPingFindsAFullDisk: SQLite has no room for another page.
func TestPingFindsAFullDisk(t *testing.T) {
	t.Parallel()
	l := openAt(t, sqliteURL(t))
	full := readOne(t, l, "select page_count from pragma_page_count")
	execute(t, l, "pragma max_page_count = "+full)
	require.ErrorContains(t, l.Ping(t.Context()), "database or disk is full")
	execute(t, l, fmt.Sprintf("pragma max_page_count = 1%s", full))
	require.NoError(t, l.Ping(t.Context()))
	size := readOne(t, l, "select page_count from pragma_page_count")
	for range 5 {
		require.NoError(t, l.Ping(t.Context()))
	}
	require.Equal(t, size, readOne(t, l, "select page_count from pragma_page_count"))
}
