package ledger_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the database driver
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/testsuite/postgres"
)

// sqliteURL returns the URL of a new ledger in SQLite.
func sqliteURL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
}

// server holds the schemas of the tests. If there is none, noPostgres says why.
var (
	server     *sql.DB
	serverURL  string
	noPostgres string
)

// schemas are all schemas, and those in no test's use: emptying one is much faster than creating one.
var schemas struct {
	sync.Mutex
	all, free []string
}

// findServer connects to the database that LEDGER_TEST_URL names, in which the tests create schemas and drop them at the
// end, or starts a server.
func findServer() (stop func(), err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if serverURL = os.Getenv("LEDGER_TEST_URL"); serverURL != "" {
		if server, err = sql.Open("pgx", serverURL); err == nil {
			err = server.PingContext(ctx)
		}
		if err != nil {
			return func() {}, errors.New("the PostgreSQL of LEDGER_TEST_URL does not answer")
		}
		return func() { printError(errors.Join(dropSchemas(ctx), server.Close())) }, nil
	}
	started, err := postgres.Start(ctx)
	if err != nil {
		return func() {}, fmt.Errorf("LEDGER_TEST_URL is not set, and no PostgreSQL can be started: %w", err)
	}
	serverURL = started.URL("postgres")
	server, err = sql.Open("pgx", serverURL)
	return func() { printError(errors.Join(server.Close(), started.Stop())) }, err
}

func printError(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func dropSchemas(ctx context.Context) error {
	var errs []error
	for _, name := range schemas.all {
		_, err := server.ExecContext(ctx, "drop schema "+name+" cascade")
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// postgresURL returns the URL of an empty ledger in PostgreSQL, whose tables may exist already. Later tests use the same
// schema, unless this test has executed markDirty.
func postgresURL(t testing.TB) string {
	t.Helper()
	if noPostgres != "" {
		t.Skip(noPostgres)
	}
	name, err := takeSchema(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { returnSchema(context.WithoutCancel(t.Context()), name) })
	return with(t, serverURL, "search_path", name)
}

// barePostgresURL returns the URL of a ledger in PostgreSQL without tables.
func barePostgresURL(t testing.TB) string {
	t.Helper()
	if noPostgres != "" {
		t.Skip(noPostgres)
	}
	schemas.Lock()
	defer schemas.Unlock()
	name, err := newSchema(t.Context())
	require.NoError(t, err)
	return with(t, serverURL, "search_path", name)
}

func takeSchema(ctx context.Context) (string, error) {
	schemas.Lock()
	defer schemas.Unlock()
	if last := len(schemas.free) - 1; last >= 0 {
		name := schemas.free[last]
		schemas.free = schemas.free[:last]
		return name, nil
	}
	return newSchema(ctx)
}

func newSchema(ctx context.Context) (string, error) {
	name := "test_" + strings.ToLower(rand.Text())
	_, err := server.ExecContext(ctx, "create schema "+name)
	schemas.all = append(schemas.all, name)
	return name, err
}

// markDirty keeps other tests from using the schema. A test that changes the schema itself executes it.
const markDirty = "create table dirty (n integer)"

// returnSchema empties a schema for other tests. One that cannot be emptied, because it is dirty or our user may not
// disable the triggers of the postings, is not used again.
func returnSchema(ctx context.Context, name string) {
	_, err := server.ExecContext(ctx, emptyStatements(name))
	schemas.Lock()
	defer schemas.Unlock()
	if err == nil {
		schemas.free = append(schemas.free, name)
	}
}

// emptyStatements delete all rows of a schema with its triggers disabled. They fail on a dirty one.
func emptyStatements(name string) string {
	return strings.ReplaceAll(`begin;
		create table SCHEMA.dirty (n integer);
		drop table SCHEMA.dirty;
		set local session_replication_role = replica;
		delete from SCHEMA.events;
		update SCHEMA.event_turn set holder = '', alive_at = null;
		delete from SCHEMA.postings;
		delete from SCHEMA.takeovers;
		delete from SCHEMA.cases;
		delete from SCHEMA.archive;
		delete from SCHEMA.erasures;
		delete from SCHEMA.disputes;
		delete from SCHEMA.invoices;
		delete from SCHEMA.inbox;
		delete from SCHEMA.messages;
		delete from SCHEMA.merchants;
		delete from SCHEMA.owners;
		delete from SCHEMA.files;
		alter sequence SCHEMA.events_id_seq restart;
		delete from SCHEMA.requests;
		alter sequence SCHEMA.postings_id_seq restart;
		alter sequence SCHEMA.inbox_id_seq restart;
		alter sequence SCHEMA.files_id_seq restart;
		commit`, "SCHEMA", name)
}

// schemaOf returns the name of the schema in a ledger's URL.
func schemaOf(t require.TestingT, ledgerURL string) string {
	u, err := url.Parse(ledgerURL)
	require.NoError(t, err)
	return u.Query().Get("search_path")
}
