package devserver

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/starter/process"
)

var (
	colour = temporal.NewSearchAttributeKeyKeyword("Colour")
	due    = temporal.NewSearchAttributeKeyTime("Due")
)

func start(t *testing.T, o Options) *Server {
	t.Helper()
	server, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func dial(t *testing.T, server *Server) client.Client {
	t.Helper()
	c, err := server.Dial(t.Context())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func startWorkflow(t *testing.T, c client.Client, id string, attributes ...temporal.SearchAttributeUpdate) {
	t.Helper()
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: "nobody", TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
	}, "Waits")
	require.NoError(t, err)
}

func requireCount(t *testing.T, c client.Client, query string, count int64) {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		return err == nil && answer.GetCount() == count
	}, 5*time.Second, 20*time.Millisecond)
}

func answers(address string) bool {
	connection, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	return connection.Close() == nil
}

func TestServerInMemory(t *testing.T) {
	t.Parallel()
	server := start(t, Options{SearchAttributes: []temporal.SearchAttributeKey{colour, due}})
	require.Empty(t, server.UIURL())
	require.Contains(t, server.Process().Logs(), "Server")

	c := dial(t, server)
	startWorkflow(t, c, "red", colour.ValueSet("red"), due.ValueSet(time.Now()))
	startWorkflow(t, c, "blue", colour.ValueSet("blue"))
	requireCount(t, c, `Colour = "red" AND Due IS NOT NULL`, 1)
}

func TestServerWithUI(t *testing.T) {
	t.Parallel()
	server := start(t, Options{UI: true})

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.UIURL(), nil)
	require.NoError(t, err)
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

func TestKillAndRestartKeepTheFile(t *testing.T) {
	t.Parallel()
	server := start(t, Options{DBFile: filepath.Join(t.TempDir(), "temporal.db")})
	c := dial(t, server)
	startWorkflow(t, c, "survivor")
	require.ErrorContains(t, server.Restart(t.Context()), "still running")

	require.NoError(t, server.Kill())
	require.NoError(t, server.Kill(), "killing again does nothing")
	require.False(t, answers(server.Address()))

	require.NoError(t, server.Restart(t.Context()))
	answer, err := c.DescribeWorkflow(t.Context(), "survivor", "")
	require.NoError(t, err)
	require.Equal(t, "Waits", answer.RawResponse.GetWorkflowExecutionInfo().GetType().GetName())
}

func TestOldFileGetsNewSearchAttributes(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "temporal.db")
	require.NoError(t, start(t, Options{DBFile: file}).Stop())

	server := start(t, Options{DBFile: file, SearchAttributes: []temporal.SearchAttributeKey{colour}})
	c := dial(t, server)
	startWorkflow(t, c, "red", colour.ValueSet("red"))
	requireCount(t, c, `Colour = "red"`, 1)
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, Options{})
	require.DirExists(t, server.dir)

	require.NoError(t, server.Stop())
	require.NoError(t, server.Stop(), "stopping again does nothing")
	require.NoDirExists(t, server.dir)
	<-server.Process().Exited()
	require.False(t, answers(server.Address()))
	require.ErrorContains(t, server.Restart(t.Context()), "has been stopped")
}

func TestStopReportsEarlyExit(t *testing.T) {
	t.Parallel()
	server, err := Start(t.Context(), Options{})
	require.NoError(t, err)
	child, err := os.FindProcess(server.Process().PID())
	require.NoError(t, err)
	require.NoError(t, child.Kill())
	<-server.Process().Exited()

	require.ErrorContains(t, server.Stop(), "ended on its own: signal: killed")
	require.NoDirExists(t, server.dir)
}

func TestFailedStartSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{DBFile: filepath.Join(t.TempDir(), "missing", "temporal.db")})
	require.ErrorContains(t, err, "ended early: exit status 1")
	require.ErrorContains(t, err, "failed checking dir for database file")
}

func TestContextEndsTheStart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(ctx, Options{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	other := start(t, Options{})
	server := newServer(t.TempDir(), Options{})
	server.program, server.port = other.program, other.port
	require.NoError(t, os.Mkdir(server.home(), 0o700))

	err := server.Launch(t.Context())
	require.Error(t, err)
	require.True(t, process.PortTaken(err), "%v", err)
	require.NoError(t, server.launchAnywhere(t.Context()))
	require.NotEqual(t, other.Address(), server.Address())
	require.NoError(t, server.Stop())
}
