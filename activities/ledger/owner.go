package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Namespace is a namespace of a Temporal. Two of different Temporals may have the same name, but never the same id.
type Namespace struct {
	ID   string
	Name string
}

// String returns the name and the id: "default" (f3c1…).
func (n Namespace) String() string {
	return fmt.Sprintf("%q (id %s)", n.Name, n.ID)
}

// Claim records the Temporal namespace to which the disputes of this ledger belong, if none is recorded. It returns an error
// for another namespace: that one lacks the workflows of the disputes, and workflows with the same ids there would move the
// same money. After Claim, Ping returns an error if another namespace has adopted the ledger.
func (l *Ledger) Claim(ctx context.Context, namespace Namespace) error {
	err := l.lock(ctx, "claim the ledger", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, insertOwner+` on conflict (id) do nothing`, 1, namespace.ID, namespace.Name, instant(now()))
		if err != nil {
			return err
		}
		return checkOwner(ctx, tx, namespace)
	})
	if err == nil {
		l.claimed.Store(&namespace)
	}
	return err
}

// CheckOwner returns an error unless the disputes of this ledger belong to this Temporal namespace. It records nothing.
func (l *Ledger) CheckOwner(ctx context.Context, namespace Namespace) error {
	return l.snapshot(ctx, "check the owner of the ledger", func(tx *transaction) error {
		return checkOwner(ctx, tx, namespace)
	})
}

// Owner returns the namespace to which the disputes of this ledger belong, if there is one, and how many of them are open.
func (l *Ledger) Owner(ctx context.Context) (owner Namespace, open int, err error) {
	err = l.snapshot(ctx, "read the owner of the ledger", func(tx *transaction) error {
		if owner, _, err = currentOwner(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `select count(*) from disputes where state = 'open'`).Scan(&open)
	})
	return owner, open, err
}

// Adopt makes the disputes of this ledger belong to another namespace, such as that of a Temporal which was restored from a
// copy. A process that has claimed the ledger for the namespace before keeps running until it is stopped; its Ping fails.
func (l *Ledger) Adopt(ctx context.Context, namespace Namespace) error {
	return l.lock(ctx, "adopt the ledger", func(tx *transaction) error {
		owner, number, err := currentOwner(ctx, tx)
		if err == nil && owner.ID != namespace.ID {
			tx.queue("record the owner", 1, insertOwner, number+1, namespace.ID, namespace.Name, instant(now()))
		}
		return err
	})
}

const insertOwner = `insert into owners (id, namespace_id, namespace, at) values ($1, $2, $3, $4)`

// currentOwner returns the owner and the number of its row; the zero Namespace and 0 when there is none.
func currentOwner(ctx context.Context, tx *transaction) (owner Namespace, number int, err error) {
	scan := func(into func(...any) error) (n Namespace, err error) {
		err = into(&number, &n.ID, &n.Name)
		return n, err
	}
	owner, _, err = first(ctx, tx, scan, `select id, namespace_id, namespace from owners order by id desc limit 1`)
	return owner, number, err
}

func checkOwner(ctx context.Context, tx *transaction, namespace Namespace) error {
	owner, number, err := currentOwner(ctx, tx)
	switch {
	case err != nil:
		return err
	case number == 0:
		return errors.New("it belongs to no Temporal namespace yet; start a worker first")
	case owner.ID != namespace.ID:
		return fmt.Errorf("it belongs to the Temporal namespace %s, not to %s: each namespace needs a ledger of its own; "+
			"if this one takes its place, run `starter ledger adopt`", owner, namespace)
	}
	return nil
}
