package postgres

import (
	"context"
	"net"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/process"
)

func start(t *testing.T) *Server {
	t.Helper()
	if _, err := findPrograms(); err != nil {
		t.Skip(err)
	}
	server, err := Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) }) // it may be gone with the server
	return connection
}

func answers(t *testing.T, url string) bool {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	return err == nil && connection.Close(t.Context()) == nil
}

func TestServer(t *testing.T) {
	t.Parallel()
	server := start(t)
	require.NoError(t, server.CreateDatabase(t.Context(), `the "books"`))
	c := connect(t, server.URL(`the "books"`))
	for setting, want := range map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "unix_socket_directories": server.dir} {
		var got string
		require.NoError(t, c.QueryRow(t.Context(), "select current_setting($1)", setting).Scan(&got))
		require.Equal(t, want, got, setting)
	}

	stranger, err := url.Parse(server.URL("postgres"))
	require.NoError(t, err)
	stranger.User = url.UserPassword("postgres", "guess")
	_, err = pgx.Connect(t.Context(), stranger.String())
	require.ErrorContains(t, err, "password authentication failed")
	requireStopLeavesNothing(t, server) // with a client connected
}

func TestKillAndRestartKeepCommits(t *testing.T) {
	t.Parallel()
	server := start(t)
	c := connect(t, server.URL("postgres"))
	_, err := c.Exec(t.Context(), "create table kept (n int); insert into kept values (1)")
	require.NoError(t, err)
	_, err = c.Exec(t.Context(), "begin; insert into kept values (2)")
	require.NoError(t, err)
	require.ErrorContains(t, server.Restart(t.Context()), "still running")

	require.NoError(t, server.Kill())
	require.NoError(t, server.Kill(), "killing again does nothing")
	require.False(t, answers(t, server.URL("postgres")))
	require.Error(t, c.Ping(t.Context()))

	require.NoError(t, server.Restart(t.Context()))
	var sum int
	require.NoError(t, connect(t, server.URL("postgres")).QueryRow(t.Context(), "select sum(n) from kept").Scan(&sum))
	require.Equal(t, 1, sum)

	require.NoError(t, server.Kill())
	requireStopLeavesNothing(t, server)
}

func requireStopLeavesNothing(t *testing.T, server *Server) {
	t.Helper()
	require.NoError(t, server.Stop())
	require.NoError(t, server.Stop(), "stopping again does nothing")
	require.NoDirExists(t, server.dir)
	<-server.Process().Exited()
	require.ErrorContains(t, server.Restart(t.Context()), "has been stopped")
}

func TestStopReportsEarlyExit(t *testing.T) {
	t.Parallel()
	server := start(t)
	child, err := os.FindProcess(server.Process().PID())
	require.NoError(t, err)
	require.NoError(t, child.Signal(os.Interrupt))
	<-server.Process().Exited()
	require.ErrorContains(t, server.Stop(), "ended on its own: exit status 0")
	require.NoDirExists(t, server.dir)
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	server := start(t)
	require.NoError(t, server.Kill())
	silent, err := net.Listen("tcp", process.Host+":0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	_, taken, err := net.SplitHostPort(silent.Addr().String())
	require.NoError(t, err)
	server.port, err = strconv.Atoi(taken)
	require.NoError(t, err)

	require.ErrorContains(t, server.Restart(t.Context()), "ended early: exit status 1")
	require.NoError(t, server.launchAnywhere(t.Context()))
	require.NotContains(t, server.URL(""), taken)
}

func TestFailedStartSaysWhyAndLeavesNothing(t *testing.T) {
	if _, err := findPrograms(); err != nil {
		t.Skip(err)
	}
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	_, err := Start(t.Context())
	require.ErrorContains(t, err, "start postgres: ")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	_, err = Start(ctx)
	require.ErrorIs(t, err, context.Canceled)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestVersionsOfFolders(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]int{"/usr/lib/postgresql/9/bin": 9, "/usr/pgsql-17/bin": 17, "/usr/local/bin": 0} {
		require.Equal(t, want, version(folder), folder)
	}
}

// TestPromote: what was committed on the primary is on the standby, which takes writes after it was promoted.
func TestPromote(t *testing.T) {
	t.Parallel()
	primary := start(t)
	require.NoError(t, primary.Execute(t.Context(), "create table kept (n int)"))
	standby, err := primary.StartStandby(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, standby.Stop()) })
	require.NotEqual(t, primary.Address(), standby.Address())
	require.NoError(t, primary.Execute(t.Context(), "insert into kept values (1)"))
	require.ErrorContains(t, standby.Execute(t.Context(), "insert into kept values (2)"), "read-only transaction")

	require.NoError(t, primary.Kill())
	require.NoError(t, standby.Promote(t.Context()))
	require.NoError(t, standby.Execute(t.Context(), "insert into kept values (2)"))
	var sum int
	require.NoError(t, connect(t, standby.URL("postgres")).QueryRow(t.Context(), "select sum(n) from kept").Scan(&sum))
	require.Equal(t, 3, sum)
}
