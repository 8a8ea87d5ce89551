package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

// asTool is set in the environment of a process that is to be the tool.
const asTool = "LOAD_AS_TOOL"

// TestInterrupted: Ctrl-C leaves nothing on servers of others, whatever the tool was at.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	for name, begun := range map[string]func(context.Context) bool{
		"making namespaces": func(ctx context.Context) bool { return place.namespace(ctx) != "" },
		"opening disputes":  func(ctx context.Context) bool { return place.disputes(ctx, "Running") > 0 },
		"closing disputes":  func(ctx context.Context) bool { return place.disputes(ctx, "Completed") > 0 },
	} {
		dir := t.TempDir()
		tool := place.tool(t, dir)
		require.Eventually(t, func() bool { return begun(t.Context()) }, time.Minute, 50*time.Millisecond, "%s: %s", name, tool.Logs())
		require.NoError(t, tool.Stop(time.Minute), name)
		require.Contains(t, tool.Logs(), "load: ", name)
		require.NotContains(t, tool.Logs(), "is left", name)
		require.Empty(t, place.namespace(t.Context()), name)
		require.Empty(t, place.schemas(t), name)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left, name)
	}
}

// place has what the tool is given: a Temporal and, where it is installed, a PostgreSQL.
type place struct {
	address   string
	temporal  client.Client
	ledgerURL string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	server, err := devserver.Start(t.Context(), devserver.Options{Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	p := &place{address: server.Address()}
	p.temporal, err = client.DialContext(t.Context(), client.Options{HostPort: p.address})
	require.NoError(t, err)
	t.Cleanup(p.temporal.Close)
	database, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		return p
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Stop()) })
	p.ledgerURL = database.URL("postgres")
	return p
}

// tool starts the tool as a process, whose temporary files are in dir.
func (p *place) tool(t *testing.T, dir string) *process.Process {
	t.Helper()
	cmd := exec.Command(os.Args[0], "--disputes", "500")
	cmd.Env = append(os.Environ(), asTool+"=1", "TEMPORAL_ADDRESS="+p.address, "LEDGER_URL="+p.ledgerURL, "TMPDIR="+dir)
	tool, err := process.Start(cmd)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tool.Kill()) })
	return tool
}

// namespace is one that the tool has made, if there is any.
func (p *place) namespace(ctx context.Context) string {
	listed, err := p.temporal.WorkflowService().ListNamespaces(ctx, &workflowservice.ListNamespacesRequest{})
	if err != nil {
		return ""
	}
	for _, namespace := range listed.GetNamespaces() {
		info := namespace.GetNamespaceInfo()
		if strings.HasPrefix(info.GetName(), "streitfall_load_") && info.GetState() != enumspb.NAMESPACE_STATE_DELETED {
			return info.GetName()
		}
	}
	return ""
}

// disputes are how many of them are in a status, in one of the tool's namespaces.
func (p *place) disputes(ctx context.Context, status string) int64 {
	counted, err := p.temporal.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: p.namespace(ctx), Query: "ExecutionStatus = '" + status + "'",
	})
	if err != nil {
		return 0 // there is none yet
	}
	return counted.GetCount()
}

// schemas are those that the tool has made.
func (p *place) schemas(t *testing.T) (names []string) {
	t.Helper()
	if p.ledgerURL == "" {
		return nil
	}
	connection, err := pgx.Connect(t.Context(), p.ledgerURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close(t.Context())) }()
	rows, err := connection.Query(t.Context(), "select nspname from pg_namespace where nspname like 'streitfall%'")
	require.NoError(t, err)
	names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}
