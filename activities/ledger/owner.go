package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Claim records the Temporal namespace to which the disputes of this ledger belong. The first namespace is recorded for
// good. Claim returns an error for another one: it lacks the workflows of the disputes, and workflows with the same ids
// there would move the same money.
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

// CheckOwner returns an error unless the disputes of this ledger belong to this Temporal namespace. It records nothing.
func (l *Ledger) CheckOwner(ctx context.Context, namespace string) error {
	return l.snapshot(ctx, "check the owner of the ledger", func(tx *transaction) error {
		recorded, claimed, err := first(ctx, tx, scanText, `select namespace from owner`)
		if err == nil && !claimed {
			err = errors.New("it belongs to no Temporal namespace yet; start a worker first")
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
