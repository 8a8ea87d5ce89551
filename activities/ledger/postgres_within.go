package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresWithin sends statements in one batch, within the transaction that has begun on a connection.
func postgresWithin(ctx context.Context, conn *sql.Conn, stmts []stmt) error {
	batch := &pgx.Batch{}
	for _, s := range stmts {
		args, err := driverValues(slices.Clone(s.args))
		if err != nil {
			return wrap(s.what, err)
		}
		batch.Queue(s.query, args...)
	}
	return conn.Raw(func(driverConn any) error {
		results := driverConn.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		var failed error
		for _, s := range stmts {
			changed, err := results.Exec()
			if err == nil && changed.RowsAffected() != s.rows {
				err = errConflict
			}
			if err != nil {
				failed = wrap(s.what, err)
				break
			}
		}
		return errors.Join(failed, results.Close())
	})
}
