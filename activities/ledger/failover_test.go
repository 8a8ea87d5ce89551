package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// TestConnectionsAfterErrors has every class of SQLSTATE: after which errors a connection is thrown away, and why not after
// the others.
func TestConnectionsAfterErrors(t *testing.T) {
	t.Parallel()
	const kept, closed = true, false
	for code, c := range map[string]struct {
		usable bool
		why    string
	}{
		"01000": {kept, "warning"},
		"02000": {kept, "no data"},
		"03000": {kept, "statement not yet complete"},
		"08000": {closed, "connection exception"},
		"08003": {closed, "connection does not exist"},
		"08006": {closed, "connection failure"},
		"08P01": {closed, "protocol violation: what the server expects next is unknown"},
		"09000": {kept, "triggered action exception"},
		"0A000": {kept, "feature not supported; pgx forgets a statement whose plan has changed"},
		"0B000": {kept, "invalid transaction initiation"},
		"0F000": {kept, "locator exception"},
		"0L000": {kept, "invalid grantor"},
		"0P000": {kept, "invalid role specification"},
		"0Z000": {kept, "diagnostics exception"},
		"10608": {kept, "invalid argument for XQuery"},
		"20000": {kept, "case not found"},
		"21000": {kept, "cardinality violation"},
		"22001": {kept, "data exception"},
		"23505": {kept, "integrity constraint violation: a conflict, retried"},
		"24000": {kept, "invalid cursor state"},
		"25006": {closed, "read-only transaction: the server was demoted"},
		"25P02": {kept, "in failed transaction: rolled back"},
		"26000": {kept, "unknown prepared statement: a pooler, explained at the start"},
		"27000": {kept, "triggered data change violation"},
		"28000": {kept, "invalid authorization: fatal where it ends a connection"},
		"2B000": {kept, "dependent objects exist"},
		"2D000": {kept, "invalid transaction termination"},
		"2F000": {kept, "SQL routine exception"},
		"34000": {kept, "invalid cursor name"},
		"38000": {kept, "external routine exception"},
		"39000": {kept, "external routine invocation exception"},
		"3B001": {kept, "savepoint exception"},
		"3D000": {kept, "invalid catalog name: fatal where it ends a connection"},
		"3F000": {kept, "invalid schema name"},
		"40001": {kept, "serialization failure: a conflict, retried"},
		"40P01": {kept, "deadlock: a conflict, retried"},
		"42501": {kept, "insufficient privilege: an operator grants it"},
		"44000": {kept, "with check option violation"},
		"53100": {kept, "disk full: the next statement may find room, another connection finds no more"},
		"53200": {kept, "out of memory"},
		"53300": {kept, "too many connections: fatal where it refuses a connection; fewer connections would be the remedy"},
		"54000": {kept, "program limit exceeded"},
		"55P03": {kept, "lock not available"},
		"57014": {kept, "query cancelled"},
		"57P01": {closed, "administrator shutdown"},
		"57P02": {closed, "crash shutdown"},
		"57P03": {closed, "cannot connect now"},
		"57P04": {closed, "database dropped"},
		"57P05": {closed, "idle session timeout"},
		"58030": {closed, "I/O error of the server"},
		"72000": {kept, "snapshot too old"},
		"F0000": {kept, "configuration file error"},
		"HV000": {kept, "foreign data wrapper error"},
		"P0001": {kept, "raised by a function of ours"},
		"XX000": {closed, "internal error: the server's process may be broken"},
	} {
		require.Equal(t, c.usable, ledger.Usable("ERROR", code), "%s %s", code, c.why)
		require.False(t, ledger.Usable("FATAL", code), "the server ends the connection: %s", code)
		require.False(t, ledger.Usable("PANIC", code), "the server ends all connections: %s", code)
	}
}

// TestReadOnlyConnectionsAreReplaced: a connection to a server that takes no writes any more is not used again.
func TestReadOnlyConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"the server says so":  {"set default_transaction_read_only = on"},
		"a write was refused": {"set transaction read only", "update probe set content = ''"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := openAt(t, postgresURL(t))
			l.DB().SetMaxOpenConns(2)
			idle, err := l.DB().Conn(t.Context())
			require.NoError(t, err)
			var before, after int
			require.NoError(t, idle.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&before))
			tx, err := l.DB().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			for _, statement := range statements {
				if _, err = tx.ExecContext(t.Context(), statement); err != nil {
					require.ErrorContains(t, err, "SQLSTATE 25006")
				}
			}
			if err != nil { // then the other connection is not used again either
				_ = tx.Rollback()
				require.NoError(t, idle.Close())
				require.NoError(t, l.DB().QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&after))
				require.NotEqual(t, before, after)
			} else {
				require.NoError(t, tx.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&before))
				require.NoError(t, tx.Commit())
				require.NoError(t, l.DB().QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&after))
				require.NotEqual(t, before, after)
				require.NoError(t, idle.Close())
			}
			require.NoError(t, l.Ping(t.Context()))
		})
	}
}

// TestSeveralHosts: of several hosts the one that can be written is used, and none keeps the others waiting.
func TestSeveralHosts(t *testing.T) {
	t.Parallel()
	type settings = map[string]string
	for address, want := range map[string]struct {
		name     string
		settings settings
	}{
		"postgres://a/books":                                         {"a:5432/books", settings{"target_session_attrs": "", "connect_timeout": "10"}},
		"postgres://a:1,b:2/books":                                   {"a:1,b:2/books", settings{"target_session_attrs": "read-write", "connect_timeout": "2"}},
		"postgres:///books?host=a,b&sslmode=require":                 {"a:5432,b:5432/books", settings{"target_session_attrs": "read-write", "connect_timeout": "2"}},
		"postgres://a,b/books?target_session_attrs=primary":          {"a:5432,b:5432/books", settings{"target_session_attrs": "primary", "connect_timeout": "2"}},
		"postgres://a,b/books?connect_timeout=7&sslmode=verify-full": {"a:5432,b:5432/books", settings{"target_session_attrs": "read-write", "connect_timeout": "7"}},
	} {
		name, got, err := ledger.Hosts(address)
		require.NoError(t, err)
		require.Equal(t, want.name, name, address)
		require.Equal(t, want.settings, got, address)
	}
}

// TestPoolerErrors are explained with the setting that is missing. The peers of package testsuite/peers have a real pooler.
func TestPoolerErrors(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, ledger.ExplainPooler("08P01", "unsupported startup parameter: tcp_keepalives_count"),
		"ignore_startup_parameters = default_transaction_isolation, idle_in_transaction_session_timeout, tcp_keepalives_count, "+
			"tcp_keepalives_idle, tcp_keepalives_interval (a search_path cannot pass: set it with ALTER ROLE): ")
	for _, code := range []string{"26000", "42P05"} {
		require.ErrorContains(t, ledger.ExplainPooler(code, "prepared statement"), "add default_query_exec_mode=exec to the URL")
	}
	require.EqualError(t, ledger.ExplainPooler("42501", "no"), ": no (SQLSTATE 42501)")
}
