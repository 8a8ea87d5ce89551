package ledger

import (
	"context"
	"fmt"
)

// Ping returns an error unless the tables of the ledger can be read.
func (l *Ledger) Ping(ctx context.Context) error {
	var owners int
	if err := l.db.QueryRowContext(ctx, `select count(*) from owner`).Scan(&owners); err != nil {
		return fmt.Errorf("ping the ledger: %w", err)
	}
	return nil
}
