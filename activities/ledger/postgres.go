package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// postgresSettings are the defaults of settings in the URL: our name in the server's views, a timeout for a host that does
// not answer, and timeouts of half a minute, after which the server releases the locks of a worker that has vanished with
// its network: one between two statements of a transaction, and TCP keepalives for a batch that has arrived in part.
var postgresSettings = map[string]string{
	"application_name":                    "streitfall",
	"connect_timeout":                     "10",
	"idle_in_transaction_session_timeout": "30s",
	"tcp_keepalives_idle":                 "10",
	"tcp_keepalives_interval":             "5",
	"tcp_keepalives_count":                "4",
}

// severalHosts are other defaults for a URL that names several hosts, of which one is the primary: a ledger writes, and a host
// that is switched off must not use up the time of a step before the next one is tried.
var severalHosts = map[string]string{"target_session_attrs": "read-write", "connect_timeout": "2"}

// errPostgresURL repeats nothing of the URL, because it is unclear which part is the password.
var errPostgresURL = errors.New("the ledger's URL cannot be read; write it like postgres://USER:PASSWORD@HOST:5432/DATABASE" +
	"?sslmode=verify-full, with everything but letters and digits in the password as %XX")

// postgres is the dialect for a database of PostgreSQL, or for the schema that the URL's search_path names.
func postgres(ledgerURL string) (dialect, error) {
	u, err := url.Parse(ledgerURL)
	// With an unescaped / or ? or # in the password, url.Parse takes its beginning for the host's port.
	if err != nil || u.Fragment != "" || u.User == nil && strings.Contains(ledgerURL, "@") {
		return dialect{}, errPostgresURL
	}
	addDefaults(u)
	config, err := parsePostgres(*u)
	if err != nil {
		return dialect{}, err
	}
	var check func(context.Context, *sql.DB) error
	if config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement { // the others prepare no statements
		check = checkPooler
	}
	return dialect{
		name: hosts(config) + "/" + config.Database, dsn: u.String(), existing: u.String(), absent: postgresAbsent,
		open: openPostgres, pool: postgresPool, check: check, explain: explainPooler, sendBatch: postgresBatch, sendWithin: postgresWithin,
		goose: goose.DialectPostgres, migrations: "migrations/postgres", locker: postgresLocker, probe: postgresProbe,
		clock:    `select clock_timestamp()`,
		lockName: `select pg_advisory_xact_lock(hashtextextended($1, 0))`,
	}, nil
}

// addDefaults adds the settings that the URL does not have.
func addDefaults(u *url.URL) {
	given, defaults := u.Query(), maps.Clone(postgresSettings)
	if strings.Contains(u.Host+given.Get("host"), ",") {
		maps.Copy(defaults, severalHosts)
	}
	for name, value := range defaults {
		if !given.Has(name) {
			u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+name+"="+value, "&")
		}
	}
	// The last value of a setting counts. Stricter isolation would only cause more retries.
	u.RawQuery += "&default_transaction_isolation=read%20committed"
}

// parsePostgres parses a URL. It reads the files that the URL names.
func parsePostgres(u url.URL) (*pgx.ConnConfig, error) {
	if _, err := pgx.ParseConfig(withoutSecrets(u)); err != nil {
		return nil, fmt.Errorf("the ledger's URL is invalid: %w", err)
	}
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, errPostgresURL
	}
	return config, nil
}

// hosts returns the hosts of a URL, with commas between them.
func hosts(config *pgx.ConnConfig) string {
	all := []string{net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))}
	for _, other := range config.Fallbacks { // each host without TLS follows the same one with it
		if host := net.JoinHostPort(other.Host, strconv.Itoa(int(other.Port))); host != all[len(all)-1] {
			all = append(all, host)
		}
	}
	return strings.Join(all, ",")
}

// withoutSecrets removes the passwords from a URL, so that errors can repeat it.
func withoutSecrets(u url.URL) string {
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	var kept []string
	for setting := range strings.SplitSeq(u.RawQuery, "&") {
		if name, _, _ := strings.Cut(setting, "="); name != "password" && name != "sslpassword" {
			kept = append(kept, setting)
		}
	}
	u.RawQuery = strings.Join(kept, "&")
	return u.String()
}

// postgresPool limits the connections: five settle as many disputes as eight on two processors, and many workers share the
// server's hundred. They stay open under load, but no longer than half an hour, so that a server that took over gets its
// share.
func postgresPool(db *sql.DB) {
	db.SetMaxOpenConns(5)
	db.SetMaxIdleConns(5)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(30 * time.Minute)
}

// postgresLocker tries to get the lock every second for five minutes.
func postgresLocker(ctx context.Context, db *sql.DB) (lock.SessionLocker, error) {
	var schema sql.NullString
	if err := db.QueryRowContext(ctx, `select current_schema()`).Scan(&schema); err != nil {
		return nil, err
	}
	if !schema.Valid {
		return nil, errors.New("the search_path of the ledger's URL names no existing schema")
	}
	return lock.NewPostgresSessionLocker(lock.WithLockID(schemaLock(schema.String)), lock.WithLockTimeout(1, 300))
}

// schemaLock is the id of the advisory lock for a schema. Other schemas of the database, and other users of goose, have
// other ids.
func schemaLock(schema string) int64 {
	id := fnv.New64a()
	id.Write([]byte("streitfall ledger in " + schema))
	return int64(id.Sum64()) //nolint:gosec // any number will do
}

// postgresBatch sends statements in one batch, which PostgreSQL runs as one transaction.
func postgresBatch(ctx context.Context, db *sql.DB, stmts []stmt) error {
	batch := &pgx.Batch{}
	for _, s := range stmts {
		args, err := driverValues(append(slices.Clone(s.args), s.rows))
		if err != nil {
			return wrap(s.what, err)
		}
		// The server counts the rows, because it commits before it answers.
		batch.Queue(fmt.Sprintf(`with changed as (%s returning 1) select case when count(*) <> $%d then raise_conflict() end from changed`, s.query, len(args)), args...)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	return conn.Raw(func(driverConn any) error {
		results := driverConn.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		err := readResults(results, stmts)
		if closed := results.Close(); err == nil {
			err = closed
		}
		return err
	})
}

// postgresProbe writes a row, unless another process has locked it: one that hangs must not make the others unready. It
// writes a message into the log in any case, so that the commit needs the log and a standby that the server waits for, and
// sorts more than fits into memory: that needs a file, as new rows do that find no room in the pages of their table. The file
// goes with the transaction.
var postgresProbe = []string{
	`update probe set content = to_char(now(), 'YYYY') where id in (select id from probe for update skip locked)`,
	`select pg_logical_emit_message(true, 'streitfall', 'probe')`,
	`set local work_mem = '64kB'`,
	`select count(*) from (select repeat('0', 1000) || n from generate_series(1, 500) n order by 1 offset 1) spilled`,
}

// driverValues converts arguments as database/sql does.
func driverValues(args []any) ([]any, error) {
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, err
		}
		args[i] = value
	}
	return args, nil
}

func readResults(results pgx.BatchResults, stmts []stmt) error {
	for _, s := range stmts {
		if _, err := results.Exec(); err != nil {
			return wrap(s.what, err)
		}
	}
	return nil
}

// SQLSTATE codes of PostgreSQL.
const (
	undefinedTable       = "42P01"
	readOnlyTransaction  = "25006"
	queryCancelled       = "57014"
	unknownStatement     = "26000"
	duplicateStatement   = "42P05"
	uniqueViolation      = "23505"
	serializationFailure = "40001" // also raised by raise_conflict
	deadlockDetected     = "40P01"
)

// conflictStates are the errors that end a transaction because another one was first: with a row of the same key, with a
// change of the same row, or with locks.
var conflictStates = []string{uniqueViolation, serializationFailure, deadlockDetected}

// hasSQLState reports whether err is PostgreSQL's, with one of these codes.
func hasSQLState(err error, states ...string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && slices.Contains(states, failure.Code)
}

// postgresAbsent reports whether err is due to a database without our tables.
func postgresAbsent(err error) bool {
	return hasSQLState(err, undefinedTable)
}
