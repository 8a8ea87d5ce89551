package ledger

import (
	"context"
	"fmt"
)

// Ping tells whether the ledger answers: whether its tables can be read.
func (l *Ledger) Ping(ctx context.Context) error {
	var owners int
	if err := l.db.QueryRowContext(ctx, `select count(*) from owner`).Scan(&owners); err != nil {
		return fmt.Errorf("ask the ledger: %w", err)
	}
	return nil
}
