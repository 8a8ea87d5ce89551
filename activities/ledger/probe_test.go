package ledger_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// TestProbe: the probe succeeds where disputes can be written, and leaves nothing behind.
func TestProbe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := openAt(t, db.newURL(t))
		for range 2 {
			require.NoError(t, l.Probe(t.Context()))
		}
		owner, _, err := l.Owner(t.Context())
		require.NoError(t, err)
		require.Empty(t, owner)
	})
}

// TestProbeOnPostgreSQL: a server that takes no writes, and a user that may not write everywhere.
func TestProbeOnPostgreSQL(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	openAt(t, ledgerURL)
	standby, err := ledger.OpenExisting(t.Context(), with(t, ledgerURL, "default_transaction_read_only", "on"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, standby.Close()) })
	require.ErrorContains(t, standby.Probe(t.Context()), "read-only transaction (SQLSTATE 25006)")

	parsed, err := url.Parse(ledgerURL)
	require.NoError(t, err)
	user, schema := "clerk_"+strings.ToLower(rand.Text()), parsed.Query().Get("search_path")
	for _, statement := range []string{
		"create role " + user + " login password 'pw'", "grant usage on schema " + schema + " to " + user,
		"grant select, insert, update on all tables in schema " + schema + " to " + user, "revoke insert on " + schema + ".postings from " + user,
	} {
		_, err := server.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	t.Cleanup(func() {
		_, err := server.ExecContext(context.WithoutCancel(t.Context()), "drop owned by "+user+"; drop role "+user)
		require.NoError(t, err)
	})
	parsed.User = url.UserPassword(user, "pw")
	clerk, err := ledger.OpenExisting(t.Context(), parsed.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, clerk.Close()) })
	require.ErrorContains(t, clerk.Probe(t.Context()), `the user "`+user+`" may not select, insert and update in the tables: postings`)
}
