package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute/events"
)

// TakeEventTurn gives the turn to deliver events to a holder, and reports whether it has it now. It does not while another
// one has the turn that has shown within timeout that it is alive.
func (l *Ledger) TakeEventTurn(ctx context.Context, holder string, timeout time.Duration) (taken bool, err error) {
	err = l.lock(ctx, "take the turn to deliver events", func(tx *transaction) error {
		at, err := l.clock(ctx, tx)
		if err != nil {
			return err
		}
		// A sign of life from the future is one of before the clock was put back.
		rows, err := rowsAffected(tx.ExecContext(ctx, `update event_turn set holder = $1, alive_at = $2
			where holder in ('', $1) or alive_at not between $3 and $4`, holder, instant(at), instant(at.Add(-timeout)), instant(at.Add(timeout))))
		taken = rows == 1
		return err
	})
	return taken, err
}

// ReleaseEventTurn gives the turn back, if the holder still has it.
func (l *Ledger) ReleaseEventTurn(ctx context.Context, holder string) error {
	return l.autocommit("give the turn to deliver events back", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `update event_turn set holder = '' where holder = $1`, holder)
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
		where number = $2 and delivered_at is null returning dispute_id, invoice_id`
	// nextStatement makes the next event of a dispute, or of an invoice, due.
	nextStatement = `update events set next_try_at = $1 where number = (
		select number from events where dispute_id = $2 and invoice_id = $3 and delivered_at is null and number is not null order by number limit 1)`
	failedStatement = `update events set next_try_at = $1, attempts = attempts + 1, last_error = $2 where number = $3 and delivered_at is null`
)

// RecordAttempts records attempts of the holder to deliver events, and shows that it is alive. It fails with
// events.ErrTurnLost and records nothing when the holder has lost the turn.
func (l *Ledger) RecordAttempts(ctx context.Context, holder string, attempts []events.Attempt) error {
	return l.lock(ctx, "record the delivery of events", func(tx *transaction) error {
		at, err := l.clock(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := rowsAffected(tx.ExecContext(ctx, `update event_turn set alive_at = $1 where holder = $2`, instant(at), holder))
		if err == nil && rows == 0 {
			err = events.ErrTurnLost
		}
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
	scan := func(into func(...any) error) (about [2]string, err error) {
		err = into(&about[0], &about[1])
		return about, err
	}
	about, delivered, err := first(ctx, tx, scan, deliveredStatement, instant(precise(at)), a.Number)
	if err == nil && delivered {
		_, err = tx.ExecContext(ctx, nextStatement, instant(precise(at)), about[0], about[1])
	}
	return err
}

// ResendEvents has all events after a number delivered again, in their order, and returns how many.
func (l *Ledger) ResendEvents(ctx context.Context, after int64) (count int64, err error) {
	if err := l.numberEvents(ctx); err != nil {
		return 0, err
	}
	err = l.lock(ctx, "have events delivered again", func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `update event_turn set holder = holder`); err != nil {
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
