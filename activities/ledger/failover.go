package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"slices"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres returns a pool whose connections move to another server when theirs cannot be written any more. It parses the
// URL again for each connection, so that a certificate that was renewed on disk is used.
func openPostgres(dsn string) (*sql.DB, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errPostgresURL
	}
	config, err := parsePostgres(*u)
	if err != nil {
		return nil, err
	}
	// failovers counts them: a connection that is older than the last one is not used again. One that has not been used
	// since would answer questions, with what the old server knows.
	var failovers atomic.Int64
	return stdlib.OpenDB(*config,
		stdlib.OptionBeforeConnect(func(_ context.Context, c *pgx.ConnConfig) error {
			current, err := parsePostgres(*u)
			if err != nil {
				return err
			}
			*c = *current
			watchFailovers(c, &failovers)
			return nil
		}),
		stdlib.OptionResetSession(func(_ context.Context, c *pgx.Conn) error {
			if c.PgConn().CustomData()[failoversBefore] != failovers.Load() || readOnly(c.PgConn()) {
				return driver.ErrBadConn
			}
			return nil
		}),
	), nil
}

// failoversBefore is the key under which a connection has the number of failovers before it.
const failoversBefore = "failovers"

// watchFailovers lets the connections of a configuration count failovers.
func watchFailovers(c *pgx.ConnConfig, failovers *atomic.Int64) {
	before := failovers.Load()
	c.AfterConnect = func(_ context.Context, conn *pgconn.PgConn) error {
		conn.CustomData()[failoversBefore] = before
		return nil
	}
	c.OnPgError = func(_ *pgconn.PgConn, failure *pgconn.PgError) bool {
		if failure.Code == readOnlyTransaction {
			failovers.CompareAndSwap(before, before+1) // the other connections that find out are of the same failover
		}
		return usable(failure)
	}
}

// readOnly reports whether the server has told us that it takes no writes: it does so with the answer to the first statement
// after the change.
func readOnly(conn *pgconn.PgConn) bool {
	return conn.ParameterStatus("default_transaction_read_only") == "on" || conn.ParameterStatus("in_hot_standby") == "on"
}

// lostClasses are the classes of errors after which a connection is closed, and with the next one another server of the
// URL may be found: connection exceptions, operator intervention (shutdowns), system errors and internal errors. A
// cancelled statement is of the second class, but says nothing about the connection.
var lostClasses = []string{"08", "57", "58", "XX"}

// usable reports whether a connection can be used after an error of the server. The server itself ends it after a fatal
// one. Every other error, such as a full disk (53100), concerns the statement, and a new connection would not help.
func usable(failure *pgconn.PgError) bool {
	switch cmp.Or(failure.SeverityUnlocalized, failure.Severity) {
	case "FATAL", "PANIC":
		return false
	}
	if failure.Code == queryCancelled || len(failure.Code) < 2 {
		return true
	}
	return failure.Code != readOnlyTransaction && !slices.Contains(lostClasses, failure.Code[:2])
}
