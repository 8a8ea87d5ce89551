package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// poolerTimeout bounds the check for a pooler.
const poolerTimeout = 5 * time.Second

// checkPooler returns an error if a prepared statement does not outlive a transaction: a pooler such as PgBouncer lends a
// connection of the server for one transaction at a time, and the next one may get another. It would be found out under
// load only. The check keeps the connection busy on which it has prepared a statement.
func checkPooler(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, poolerTimeout)
	defer cancel()
	preparing, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer preparing.Close() //nolint:errcheck // it goes back to the pool
	statement, err := preparing.PrepareContext(ctx, `select 'pooler'`)
	if err != nil {
		return err
	}
	defer statement.Close() //nolint:errcheck // it may be prepared on another connection
	other, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer other.Rollback()
	if _, err := other.ExecContext(ctx, `select 'another client'`); err != nil {
		return err
	}
	_, err = statement.ExecContext(ctx)
	return err
}

// explainPooler adds the missing setting to an error that is due to a pooler.
func explainPooler(err error) error {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case !ok:
		return err
	case failure.Code == unknownStatement, failure.Code == duplicateStatement:
		return fmt.Errorf("there is a pooler in front of PostgreSQL that keeps no prepared statements, such as PgBouncer with pool_mode = transaction; "+
			"add default_query_exec_mode=exec to the URL, or use pool_mode = session: %w", err)
	case strings.Contains(failure.Message, "unsupported startup parameter"):
		return fmt.Errorf("PgBouncer refuses a setting; add this to its configuration: ignore_startup_parameters = %s "+
			"(a search_path cannot pass: set it with ALTER ROLE): %w", strings.Join(startupParameters(), ", "), err)
	default:
		return err
	}
}

// startupParameters are the settings that are sent with each connection and that PgBouncer does not know.
func startupParameters() []string {
	names := []string{"default_transaction_isolation"}
	for name := range maps.Keys(postgresSettings) {
		if name != "application_name" && name != "connect_timeout" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
