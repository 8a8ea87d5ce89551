package doctor_test

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/worker/doctor"
)

// TestMisconfiguredPostgreSQL: what can be wrong with a ledger on a server.
func TestMisconfiguredPostgreSQL(t *testing.T) { //nolint:tparallel // the subtests share a server and stand in for its roles
	t.Parallel()
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) && os.Getenv("LEDGER_TEST_POSTGRES") != "required" {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	require.NoError(t, server.CreateDatabase(t.Context(), "books"))
	books, err := ledger.Open(t.Context(), server.URL("books"))
	require.NoError(t, err)
	require.NoError(t, books.Close())
	admin, err := sql.Open("pgx", server.URL("books"))
	require.NoError(t, err)
	for _, statement := range []string{
		"create role clerk login password 'pw'", "grant select on all tables in schema public to clerk", "create role stranger login password 'pw'",
	} {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, admin.Close())

	as := func(user *url.Userinfo, query string) string {
		parsed, err := url.Parse(server.URL("books"))
		require.NoError(t, err)
		if user != nil {
			parsed.User = user
		}
		parsed.RawQuery += query
		return parsed.String()
	}
	for name, c := range map[string]struct {
		url   string
		check doctor.Name
		says  string
	}{
		"UnknownDatabase": {server.URL("mistyped"), doctor.CheckLedger, `database "mistyped" does not exist`},
		"UnknownUser":     {as(url.UserPassword("nobody", "secret"), ""), doctor.CheckLedger, "authentication failed"},
		"NoTLS":           {as(nil, "&sslmode=require"), doctor.CheckLedger, "TLS"},
		"Stranger":        {as(url.UserPassword("stranger", "pw"), ""), doctor.CheckLedger, "permission denied"},
		"ReadOnly":        {as(nil, "&default_transaction_read_only=on"), doctor.CheckLedgerWritable, "read-only transaction (SQLSTATE 25006)"},
		"MayNotInsert":    {as(url.UserPassword("clerk", "pw"), ""), doctor.CheckLedgerWritable, `the user "clerk" may not select, insert and update in the tables: archive, disputes, `},
	} {
		t.Run(name, func(t *testing.T) {
			i := healthy(t)
			i.variables["LEDGER_URL"] = c.url
			found := map[doctor.Name]doctor.Finding{}
			for _, f := range i.examine() {
				require.NotContains(t, f.Detail+f.Help, "secret")
				found[f.Check] = f
			}
			require.Equal(t, doctor.Wrong, found[c.check].Result, "%v", found[c.check])
			require.Contains(t, found[c.check].Detail, c.says)
			require.NotEmpty(t, found[c.check].Help)
		})
	}
}
