package ledger

import (
	"context"
	"fmt"
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

// Probe does what Ping does, and returns an error too if PostgreSQL's user lacks a privilege that a worker needs.
func (l *Ledger) Probe(ctx context.Context) error {
	if l.sendBatch != nil {
		if err := l.probePrivileges(ctx); err != nil {
			return wrap("try to write to the ledger", err)
		}
	}
	return l.Ping(ctx)
}

// probePrivileges returns an error if PostgreSQL's user lacks a privilege that a worker needs. Triggers write the cases, with
// the rights of their owner.
func (l *Ledger) probePrivileges(ctx context.Context) error {
	const query = `select current_user, coalesce(string_agg(relname, ', ' order by relname), '') from pg_class
		where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'goose_db_version'
		and not (has_table_privilege(oid, 'select')
			and (relname = 'cases' or has_table_privilege(oid, 'insert'))
			and (relname not in ('merchants', 'invoices', 'disputes', 'probe') or has_table_privilege(oid, 'update')))`
	var user, tables string
	if err := l.db.QueryRowContext(ctx, query).Scan(&user, &tables); err != nil {
		return err
	}
	if tables != "" {
		return fmt.Errorf("the user %q may not select, insert and update in the tables: %s", user, tables)
	}
	return nil
}
