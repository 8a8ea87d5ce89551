package ledger

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// Events reads the events after a number, in the order of their numbers, at most limit; after 0 reads from the beginning. The
// numbers have no gaps, and no event appears later with a number at or below one that was read: a reader goes on after the
// last number that it has. Events fails with events.ErrUnknownNumber when no event has that number: the ledger was set back.
func (l *Ledger) Events(ctx context.Context, after int64, limit int) ([]events.Event, error) {
	told, err := l.ToldEvents(ctx, EventFilter{}, after, limit)
	all := make([]events.Event, len(told))
	for i, event := range told {
		all[i] = event.Event
	}
	return all, err
}

// ToldEvent is an event with what became of its delivery.
type ToldEvent struct {
	events.Event
	// DeliveredAt is when the receiver took it; zero for one that was not delivered.
	DeliveredAt time.Time `json:"deliveredAt,omitzero"`
	// Attempts counts the attempts to deliver it, and LastError is why the last one failed.
	Attempts  int    `json:"attempts,omitzero"`
	LastError string `json:"lastError,omitzero"`
	// NextTryAt is when it is due; zero while it waits for an earlier event of its dispute, and once it is delivered.
	NextTryAt time.Time `json:"nextTryAt,omitzero"`
}

// EventFilter selects events. The zero value selects all.
type EventFilter struct {
	// Undelivered selects those that were not delivered.
	Undelivered bool
	// DisputeID selects those of one dispute; empty selects those of all disputes and invoices.
	DisputeID string
}

// ToldEvents reads events like Events, those that the filter selects, with what became of their delivery.
func (l *Ledger) ToldEvents(ctx context.Context, filter EventFilter, after int64, limit int) (told []ToldEvent, err error) {
	if err := l.numberEvents(ctx); err != nil {
		return nil, err
	}
	var where conditions
	where.add("e.number > ?", after)
	if filter.Undelivered {
		where.add("e.delivered_at is null")
	}
	if filter.DisputeID != "" {
		where.add("e.dispute_id = ?", filter.DisputeID)
	}
	query := fmt.Sprintf(`select %s from %s%s order by e.number limit %d`, eventColumns, eventTables, where.clause(), limit)
	err = l.autocommit("read events", func(tx *transaction) error {
		told, err = collect(ctx, tx, scanEvent, query, where.args...)
		if err == nil && len(told) == 0 && after > 0 {
			err = requireNumber(ctx, tx, after)
		}
		return err
	})
	return told, err
}

// requireNumber fails with events.ErrUnknownNumber if there is no event with a number, or a later one.
func requireNumber(ctx context.Context, tx *transaction, number int64) error {
	var last int64
	err := tx.QueryRowContext(ctx, `select coalesce(max(number), 0) from events where number is not null`).Scan(&last)
	if err == nil && number > last {
		err = fmt.Errorf("%w: %d; the last one is %d. A ledger that was set back gives numbers anew: read again from the beginning", events.ErrUnknownNumber, number, last)
	}
	return err
}

// numberBatch is how many events get their numbers in one transaction: pauses on SQLite wait for it.
const numberBatch = 500

// numberEvents gives numbers to all events that are committed and have none. An event becomes due unless an earlier one of
// its dispute or invoice is undelivered.
func (l *Ledger) numberEvents(ctx context.Context) error {
	for {
		var some bool
		err := l.autocommit("look for new events", func(tx *transaction) error {
			return tx.QueryRowContext(ctx, `select exists (select 1 from events where number is null)`).Scan(&some)
		})
		if err != nil || !some {
			return err
		}
		err = l.lock(ctx, "number events", func(tx *transaction) error {
			if _, err := tx.ExecContext(ctx, `update event_turn set holder = holder`); err != nil {
				return err
			}
			at, err := l.clock(ctx, tx)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, numberStatement, instant(at), numberBatch)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// numberStatement sees what was committed when the row of event_turn was locked, with all numbers that were given before.
const numberStatement = `update events set number = fresh.number, next_try_at = case when fresh.first then $1 else next_try_at end
	from (
		select id, (select coalesce(max(number), 0) from events where number is not null) + row_number() over (order by id) as number,
			row_number() over (partition by dispute_id, invoice_id order by id) = 1 and not exists (
				select 1 from events earlier where earlier.dispute_id = unnumbered.dispute_id and earlier.invoice_id = unnumbered.invoice_id
					and earlier.delivered_at is null and earlier.number is not null) as first
		from (select id, dispute_id, invoice_id from events where number is null order by id limit $2) as unnumbered
	) as fresh
	where events.id = fresh.id`

const (
	eventColumns = `e.number, e.type, e.at, e.dispute_id, e.invoice_id, i.merchant_id, i.order_id, e.occasion, e.message_number, e.recipient, e.cause,
		coalesce(d.amount, 0), coalesce(d.currency, ''), coalesce(d.calendar, ''), coalesce(d.reason, ''), coalesce(d.paused_outstanding, 0),
		coalesce(d.days_left, 0), coalesce(d.outcome, ''), coalesce(d.closing_reason, ''), coalesce(d.debit, 0), coalesce(d.credited, 0),
		coalesce(d.refunded, 0), coalesce(d.settled_outstanding, 0), coalesce(d.settled_owed_back, 0), coalesce(d.new_due_date, ''),
		coalesce(m.state, ''), coalesce(m.waiting_for, ''), m.deadline, coalesce(m.terms, ''), coalesce(m.refund, 0),
		coalesce(p.id, 0), coalesce(p.amount, 0), i.currency, coalesce(p.reference, ''),
		e.delivered_at, e.attempts, e.last_error, e.next_try_at`
	eventTables = `events e join invoices i on i.id = e.invoice_id left join disputes d on d.id = e.dispute_id
		left join messages m on m.dispute_id = e.dispute_id and m.occasion = e.occasion and m.number = e.message_number and m.recipient = e.recipient
		left join postings p on p.id = e.posting_id`
)

// eventRow is an event with the records that it points at.
type eventRow struct {
	ToldEvent
	key       dispute.NoticeKey
	cause     dispute.Cause
	disputed  dispute.Money
	calendar  string
	pause     events.Pause
	result    dispute.Result
	standing  dispute.Standing
	terms     dispute.Terms
	refund    int64
	postingID int64
	booking   events.Booking
}

func scanEvent(into func(...any) error) (ToldEvent, error) {
	var r eventRow
	data := &r.Data
	err := into(&r.Number, &r.Type, (*instant)(&r.At), &data.DisputeID, &data.InvoiceID, &data.MerchantID, &data.OrderID,
		&r.key.Occasion, &r.key.Number, &r.key.Recipient, &r.cause,
		&r.disputed.Amount, &r.disputed.Currency, &r.calendar, &r.pause.Reason, &r.pause.Outstanding, &r.pause.DaysLeft,
		&r.result.Outcome, &r.result.Reason, &r.result.Debit, &r.result.Credited, &r.result.Refunded, &r.result.Outstanding,
		&r.result.OwedBack, &r.result.NewDueDate,
		&r.standing.State, &r.standing.WaitingFor, (*instant)(&r.standing.Deadline), &r.terms, &r.refund,
		&r.postingID, &r.booking.Amount.Amount, &r.booking.Amount.Currency, &r.booking.Reference,
		(*instant)(&r.DeliveredAt), &r.Attempts, &r.LastError, (*instant)(&r.NextTryAt))
	r.fill()
	return r.ToldEvent, err
}

// fill adds what an event of its type tells, and its ID.
func (r *eventRow) fill() {
	data := &r.Data
	if data.DisputeID != "" {
		data.DisputedAmount = &r.disputed
	}
	switch r.Type {
	case events.DisputeOpened:
		data.State, data.WaitingFor, data.Calendar, data.Pause = dispute.StateOpened, dispute.WaitNotification, r.calendar, &r.pause
	case events.DisputeWaiting:
		data.State, data.WaitingFor, data.Deadline, data.Calendar = r.standing.State, r.standing.WaitingFor, r.standing.Deadline, r.calendar
	case events.DisputeMessage:
		data.Message = &events.Message{Number: r.key.Number, From: r.key.Recipient.Other()}
	case events.DisputeProposal:
		data.Proposal = r.proposal()
	case events.DisputeAttention:
		data.Attention = r.cause
	case events.DisputeClosed:
		data.State, data.Result = dispute.StateClosed, &r.result
	case events.PaymentRecorded, events.PaymentReturned, events.CreditNoteRecorded:
		data.Booking = &r.booking
	}
	r.ID = r.id()
}

func (r *eventRow) proposal() *events.Proposal {
	told := &events.Proposal{
		Number: r.key.Number, By: r.key.Recipient.Other(), Terms: r.terms, Refund: r.refund, State: dispute.ProposalStanding,
	}
	if r.key.Occasion == dispute.OccasionProposalDeclined { // which is told to the party that made it
		told.By, told.State = r.key.Recipient, dispute.ProposalDeclined
	}
	return told
}

// id is the same for a change that is made again in a ledger that was restored from a copy. A posting without a reference is
// made by the import that changes what was paid, and known by its instant.
func (r *eventRow) id() string {
	if r.Data.Booking != nil {
		details := []string{r.booking.Reference}
		if r.booking.Reference == "" {
			details = []string{"", strconv.FormatInt(r.postingID, 10), r.At.UTC().Format(instantLayout)}
		}
		return events.NewID(r.Type, r.Data.InvoiceID, details...)
	}
	return events.NewID(r.Type, r.Data.DisputeID, string(r.cause), string(r.key.Occasion), strconv.Itoa(r.key.Number), string(r.key.Recipient))
}
