package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute/events"
)

// EventTurn reads whose turn it is to deliver events.
func (l *Ledger) EventTurn(ctx context.Context) (turn events.Turn, err error) {
	err = l.autocommit("read whose turn it is to deliver events", func(tx *transaction) error {
		return tx.QueryRowContext(ctx, `select holder, beat from event_turn`).Scan(&turn.Holder, &turn.Beat)
	})
	return turn, err
}

// TakeEventTurn gives the turn to a holder, and reports whether it was still as it was seen.
func (l *Ledger) TakeEventTurn(ctx context.Context, holder string, seen events.Turn) (taken bool, err error) {
	err = l.autocommit("take the turn to deliver events", func(tx *transaction) error {
		rows, err := rowsAffected(tx.ExecContext(ctx, `update event_turn set holder = $1, beat = beat + 1 where holder = $2 and beat = $3`,
			holder, seen.Holder, seen.Beat))
		taken = rows == 1
		return err
	})
	return taken, err
}

// BeatEventTurn shows that the holder is alive. It fails with events.ErrTurnLost.
func (l *Ledger) BeatEventTurn(ctx context.Context, holder string) error {
	return l.autocommit("keep the turn to deliver events", func(tx *transaction) error { return beat(ctx, tx, holder) })
}

func beat(ctx context.Context, tx *transaction, holder string) error {
	rows, err := rowsAffected(tx.ExecContext(ctx, `update event_turn set beat = beat + 1 where holder = $1`, holder))
	if err == nil && rows == 0 {
		err = events.ErrTurnLost
	}
	return err
}

// ReleaseEventTurn gives the turn back, if the holder still has it.
func (l *Ledger) ReleaseEventTurn(ctx context.Context, holder string) error {
	return l.autocommit("give the turn to deliver events back", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `update event_turn set holder = '', beat = beat + 1 where holder = $1`, holder)
		return err
	})
}

// DueEvents reads the events that are to be delivered now, at most limit, those that wait longest first: of each dispute the
// first one that is undelivered, and of each invoice the first one of those without a dispute. Nobody but the holder of the
// turn gets any.
func (l *Ledger) DueEvents(ctx context.Context, holder string, limit int) (due []events.DueEvent, err error) {
	if err := l.numberEvents(ctx); err != nil {
		return nil, err
	}
	err = l.autocommit("read the events to deliver", func(tx *transaction) error {
		at, err := l.clock(ctx, tx)
		if err != nil {
			return err
		}
		told, err := collect(ctx, tx, scanEvent, fmt.Sprintf(`select %s from %s
			where e.next_try_at <= $1 and exists (select 1 from event_turn where holder = $2) order by e.next_try_at, e.number limit %d`,
			eventColumns, eventTables, limit), instant(at), holder)
		for _, event := range told {
			due = append(due, events.DueEvent{Event: event.Event, Failed: event.Attempts})
		}
		return err
	})
	return due, err
}

const (
	deliveredStatement = `update events set delivered_at = $1, next_try_at = null, attempts = attempts + 1, last_error = ''
		where number = $2 and delivered_at is null`
	// nextStatement makes the next event of a dispute, or of an invoice, due.
	nextStatement = `update events set next_try_at = $1 where number = (
		select min(later.number) from events later join events e on e.dispute_id = later.dispute_id and e.invoice_id = later.invoice_id
		where e.number = $2 and later.delivered_at is null and later.number is not null)`
	failedStatement = `update events set next_try_at = $1, attempts = attempts + 1, last_error = $2 where number = $3 and delivered_at is null`
)

// RecordAttempts records attempts of the holder to deliver events, and shows that it is alive. It fails with
// events.ErrTurnLost and records nothing when another one has the turn.
func (l *Ledger) RecordAttempts(ctx context.Context, holder string, attempts []events.Attempt) error {
	return l.lock(ctx, "record the delivery of events", func(tx *transaction) error {
		if err := beat(ctx, tx, holder); err != nil {
			return err
		}
		at, err := l.clock(ctx, tx)
		for i := 0; i < len(attempts) && err == nil; i++ {
			err = recordAttempt(ctx, tx, attempts[i], at)
		}
		return err
	})
}

func recordAttempt(ctx context.Context, tx *transaction, a events.Attempt, at time.Time) error {
	if !a.Delivered {
		_, err := tx.ExecContext(ctx, failedStatement, instant(precise(at.Add(a.Pause))), storable(a.Error), a.Number)
		return err
	}
	rows, err := rowsAffected(tx.ExecContext(ctx, deliveredStatement, instant(precise(at)), a.Number))
	if err == nil && rows == 1 {
		_, err = tx.ExecContext(ctx, nextStatement, instant(precise(at)), a.Number)
	}
	return err
}

// ResendEvents has all events after a number delivered again, in their order, and returns how many.
func (l *Ledger) ResendEvents(ctx context.Context, after int64) (count int64, err error) {
	if err := l.numberEvents(ctx); err != nil {
		return 0, err
	}
	err = l.lock(ctx, "have events delivered again", func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `update event_turn set beat = beat`); err != nil {
			return err
		}
		at, err := l.clock(ctx, tx)
		if err != nil {
			return err
		}
		count, err = rowsAffected(tx.ExecContext(ctx, `update events set delivered_at = null, next_try_at = null, attempts = 0, last_error = '' where number > $1`, after))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update events set next_try_at = $1 where number in (
			select min(number) from events where delivered_at is null and number is not null group by dispute_id, invoice_id) and next_try_at is null`, instant(at))
		return err
	})
	return count, err
}

// EventBacklog reads how many events are not delivered, and how long the oldest waits already.
func (l *Ledger) EventBacklog(ctx context.Context) (backlog events.Backlog, err error) {
	err = l.autocommit("count the events that are not delivered", func(tx *transaction) error {
		return tx.QueryRowContext(ctx, `select (select count(*) from events where delivered_at is null and number is not null)
				+ (select count(*) from events where number is null),
			(select min(at) from (select at from events where next_try_at is not null union all select at from events where number is null) as waiting)`).
			Scan(&backlog.Undelivered, (*instant)(&backlog.Oldest))
	})
	return backlog, err
}
