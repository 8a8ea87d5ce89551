package ledger

import (
	"context"
	"fmt"
	"math"
)

// SchemaError is the error of a ledger whose schema is not that of this build.
type SchemaError struct {
	// Current is the version of the ledger's schema, Known that of this build.
	Current, Known int64
}

func (e *SchemaError) Error() string {
	if e.Current > e.Known {
		return fmt.Sprintf("it has schema %d, this build knows %d: upgrade to a newer build", e.Current, e.Known)
	}
	return fmt.Sprintf("it has schema %d, this build knows %d: `starter ledger import` or a worker of this build upgrades it", e.Current, e.Known)
}

// Probe returns an error unless disputes could be written to the ledger: because it is read-only, such as a replica; because
// its disk is full or another process keeps it locked; or because a privilege is missing. It leaves nothing behind.
func (l *Ledger) Probe(ctx context.Context) error {
	return wrap("try to write to the ledger", l.probe(ctx))
}

func (l *Ledger) probe(ctx context.Context) error {
	if l.sendBatch != nil {
		if err := l.probePrivileges(ctx); err != nil {
			return err
		}
	}
	begun, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer begun.Rollback()
	if _, err := begun.ExecContext(ctx, insertOwner, math.MaxInt32, "probe", "probe", instant(now())); err != nil {
		return err
	}
	if err := begun.Rollback(); err != nil || l.sendBatch != nil {
		return err
	}
	return l.probeDisk(ctx)
}

// probeDisk commits a change to SQLite's file that changes nothing. What is rolled back needs no room on the disk.
func (l *Ledger) probeDisk(ctx context.Context) error {
	var version int
	if err := l.db.QueryRowContext(ctx, `pragma user_version`).Scan(&version); err != nil {
		return err
	}
	_, err := l.db.ExecContext(ctx, fmt.Sprintf(`pragma user_version = %d`, version))
	return err
}

// probePrivileges returns an error if PostgreSQL's user lacks a privilege that a worker needs.
func (l *Ledger) probePrivileges(ctx context.Context) error {
	const query = `select current_user, coalesce(string_agg(relname, ', ' order by relname), '') from pg_class
		where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'goose_db_version'
		and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
			and (relname not in ('merchants', 'invoices', 'disputes') or has_table_privilege(oid, 'update')))`
	var user, tables string
	if err := l.db.QueryRowContext(ctx, query).Scan(&user, &tables); err != nil {
		return err
	}
	if tables != "" {
		return fmt.Errorf("the user %q may not select, insert and update in the tables: %s", user, tables)
	}
	return nil
}
