package ledger

import "context"

// Ping returns an error unless the ledger can be read and written, or if this process has claimed the ledger for a namespace
// to which it does not belong any more. It writes to the disk, since a full one and a server that has become read-only
// answer every question, and leaves no record of that.
func (l *Ledger) Ping(ctx context.Context) error {
	return l.lock(ctx, "ping the ledger", func(tx *transaction) error {
		for _, statement := range l.probe {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		if claimed := l.claimed.Load(); claimed != nil {
			return checkOwner(ctx, tx, *claimed)
		}
		return nil
	})
}
