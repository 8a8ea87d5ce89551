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

// file is a place in SQLite.
func file(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
}

// server is where the schemas are; without one, noServer says why.
var (
	server    *sql.DB
	serverURL string
	noServer  string
)

// schemas are all that were made, and those of them that are free: to empty one is much faster than to make one.
var schemas struct {
	sync.Mutex
	all, free []string
}

// findServer finds the PostgreSQL of the tests: the database that LEDGER_TEST_URL names, in which they make
// schemas and remove them in the end, or a server that it starts.
func findServer() (stop func(), err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if serverURL = os.Getenv("LEDGER_TEST_URL"); serverURL != "" {
		if server, err = sql.Open("pgx", serverURL); err == nil {
			err = server.PingContext(ctx)
		}
		if err != nil {
			return func() {}, errors.New("the PostgreSQL of LEDGER_TEST_URL does not answer")
		}
		return func() { complain(errors.Join(dropSchemas(ctx), server.Close())) }, nil
	}
	started, err := postgres.Start(ctx)
	if err != nil {
		return func() {}, fmt.Errorf("LEDGER_TEST_URL names no PostgreSQL, and none can be started: %w", err)
	}
	serverURL = started.URL("postgres")
	server, err = sql.Open("pgx", serverURL)
	return func() { complain(errors.Join(server.Close(), started.Stop())) }, err
}

func complain(err error) {
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

// schema is a place in PostgreSQL. A later test gets it too, unless it is spoiled.
func schema(t testing.TB) string {
	t.Helper()
	if noServer != "" {
		t.Skip(noServer)
	}
	name, err := takeSchema(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { giveBack(context.WithoutCancel(t.Context()), name) })
	return with(t, serverURL, "search_path", name)
}

// bare is a place in PostgreSQL without tables.
func bare(t testing.TB) string {
	t.Helper()
	if noServer != "" {
		t.Skip(noServer)
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

// spoil keeps a place from other tests, for what it does to the schema itself.
const spoil = "create table spoiled (n integer)"

// giveBack empties a schema. Where that cannot be done, because it is spoiled or we may not switch off the
// protection of the postings, nobody gets it again.
func giveBack(ctx context.Context, name string) {
	_, err := server.ExecContext(ctx, emptying(name))
	schemas.Lock()
	defer schemas.Unlock()
	if err == nil {
		schemas.free = append(schemas.free, name)
	}
}

// emptying takes everything out of a schema, past its protection. It fails on a spoiled one.
func emptying(name string) string {
	return strings.ReplaceAll(`begin;
		create table SCHEMA.spoiled (n integer);
		drop table SCHEMA.spoiled;
		set local session_replication_role = replica;
		delete from SCHEMA.postings;
		delete from SCHEMA.disputes;
		delete from SCHEMA.invoices;
		delete from SCHEMA.inbox;
		delete from SCHEMA.messages;
		delete from SCHEMA.merchants;
		delete from SCHEMA.owner;
		alter sequence SCHEMA.postings_id_seq restart;
		alter sequence SCHEMA.inbox_id_seq restart;
		commit`, "SCHEMA", name)
}

// schemaOf reads the schema's name in the URL of a place.
func schemaOf(t require.TestingT, place string) string {
	u, err := url.Parse(place)
	require.NoError(t, err)
	return u.Query().Get("search_path")
}
