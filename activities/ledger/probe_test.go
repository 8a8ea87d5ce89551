package ledger_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
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

	clerk, user := clerkOf(t, ledgerURL, "revoke insert on postings from CLERK", "revoke update on probe from CLERK")
	require.ErrorContains(t, clerk.Probe(t.Context()), `the user "`+user+`" may not select, insert and update in the tables: postings, probe`)
}

// clerkOf opens a ledger as a new user, who may do what a worker needs to but for the statements, which revoke from CLERK.
func clerkOf(t *testing.T, ledgerURL string, statements ...string) (clerk *ledger.Ledger, user string) {
	t.Helper()
	parsed, err := url.Parse(ledgerURL)
	require.NoError(t, err)
	user, schema := "clerk_"+strings.ToLower(rand.Text()), parsed.Query().Get("search_path")
	ctx := context.WithoutCancel(t.Context())
	_, err = server.ExecContext(ctx, "create role "+user+" login password 'pw'; grant usage on schema "+schema+" to "+user+
		"; grant select, insert, update on all tables in schema "+schema+" to "+user)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := server.ExecContext(ctx, "drop owned by "+user+"; drop role "+user)
		require.NoError(t, err)
	})
	for _, statement := range statements {
		statement = strings.NewReplacer("CLERK", user, " on ", " on "+schema+".").Replace(statement)
		_, err := server.ExecContext(ctx, statement)
		require.NoError(t, err, statement)
	}
	parsed.User = url.UserPassword(user, "pw")
	clerk, err = ledger.OpenExisting(t.Context(), parsed.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, clerk.Close()) })
	return clerk, user
}

// TestTriggersWriteTheCases: a user who may only read the cases pauses, saves a receipt and settles, and the case follows. A
// table of that name that the user has made is none of the ledger's.
func TestTriggersWriteTheCases(t *testing.T) {
	t.Parallel()
	address := postgresURL(t)
	l := openAt(t, address)
	imported(t, l, invoice("i-1", eur(6000), 0))
	clerk, _ := clerkOf(t, address, "revoke insert, update on cases from CLERK")
	require.NoError(t, clerk.Probe(t.Context()))
	clerk.DB().SetMaxOpenConns(1) // the session of the temporary table
	execute(t, clerk, "create temporary table cases (dispute_id text, state text, caused_at timestamptz)")

	_, err := clerk.Pause(t.Context(), pauseOf("d-1", "i-1", eur(3000)))
	require.NoError(t, err)
	require.Equal(t, dispute.WaitNotification, caseOf(t, l, "d-1").WaitingFor)
	saved(t, clerk, told(t, dispute.OccasionOpened, 1, monday))
	require.Equal(t, dispute.WaitAgreement, caseOf(t, l, "d-1").WaitingFor)
	_, err = clerk.Settle(t.Context(), settleOf("d-1", lost(3000)))
	require.NoError(t, err)
	require.Equal(t, dispute.StateClosed, caseOf(t, l, "d-1").State)
	requireSound(t, l)
}
