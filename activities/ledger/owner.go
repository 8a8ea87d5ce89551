package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Claim says to which Temporal namespace the disputes of this ledger belong. The first one to say so is
// recorded, and the same again is fine. Another is refused: there the disputes' workflows would be missing,
// and others of the same ids would move the same money.
func (l *Ledger) Claim(ctx context.Context, namespace string) error {
	return l.lock(ctx, "claim the ledger", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `insert into owner (id, namespace) values (1, $1) on conflict (id) do nothing`, namespace)
		if err != nil {
			return err
		}
		var recorded string
		if err := tx.QueryRowContext(ctx, `select namespace from owner`).Scan(&recorded); err != nil {
			return err
		}
		return belongs(recorded, namespace)
	})
}

// CheckOwner tells whether the disputes of this ledger belong to a Temporal namespace. It claims nothing.
func (l *Ledger) CheckOwner(ctx context.Context, namespace string) error {
	return l.snapshot(ctx, "check the owner of the ledger", func(tx *transaction) error {
		recorded, claimed, err := first(ctx, tx, scanText, `select namespace from owner`)
		if err == nil && !claimed {
			err = errors.New("no worker has written down yet to which Temporal namespace it belongs; start one first")
		}
		if err != nil {
			return err
		}
		return belongs(recorded, namespace)
	})
}

func belongs(recorded, namespace string) error {
	if recorded != namespace {
		return fmt.Errorf("it belongs to the Temporal namespace %q, not %q: each namespace needs a ledger of its own", recorded, namespace)
	}
	return nil
}
