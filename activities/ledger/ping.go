package ledger

import "context"

// Ping returns an error unless the tables of the ledger can be read, or if this process has claimed the ledger for a
// namespace to which it does not belong any more.
func (l *Ledger) Ping(ctx context.Context) error {
	return l.autocommit("ping the ledger", func(tx *transaction) error {
		claimed := l.claimed.Load()
		if claimed == nil {
			var owners int
			return tx.QueryRowContext(ctx, `select count(*) from owners`).Scan(&owners)
		}
		return checkOwner(ctx, tx, *claimed)
	})
}
