-- +goose Up

-- What the proposal that a message tells of would settle: the terms, and the refund in minor units.
alter table messages
    add column terms  text   not null default '',
    add column refund bigint not null default 0;

-- What other systems are told of. An event points at the record of its change: the dispute, the message, or the posting. id is
-- the order in which the changes were made, which is not the order in which their transactions end: number is given to events
-- that are committed, in one transaction at a time, so that nobody who has read up to a number misses a smaller one.
--
-- next_try_at is when an event is delivered next: null while it has no number, while an earlier event of the same dispute (of
-- the invoice, for events without a dispute) is undelivered, and once it is delivered.
create table events (
    id             bigint           generated always as identity primary key,
    number         bigint,
    type           text             not null,
    at             timestamptz      not null,
    invoice_id     text collate "C" not null,
    dispute_id     text collate "C" not null default '',
    occasion       text collate "C" not null default '',
    message_number bigint           not null default 0,
    recipient      text collate "C" not null default '',
    cause          text             not null default '',
    posting_id     bigint,
    next_try_at    timestamptz,
    delivered_at   timestamptz,
    attempts       bigint           not null default 0,
    last_error     text             not null default '',
    constraint delivery_is_sound check (
        (next_try_at is null or number is not null and delivered_at is null) and (delivered_at is null or number is not null))
) with (fillfactor = 80);

create unique index events_by_number on events (number) where number is not null;
create index events_without_number on events (id) where number is null;
create index events_to_deliver on events (next_try_at, number) where next_try_at is not null;
create index events_undelivered on events (dispute_id, invoice_id, number) where delivered_at is null and number is not null;
create unique index one_event_per_attention on events (dispute_id, cause, occasion, message_number, recipient) where type = 'dispute.attention';

-- Who delivers the events, and when it last showed that it is alive; holder is empty while nobody does. Giving numbers and
-- recording deliveries lock this row, so that they run one at a time.
create table event_turn (
    id       integer     not null primary key check (id = 1),
    holder   text        not null default '',
    alive_at timestamptz
);

insert into event_turn (id)
values (1);

create trigger events_are_never_changed before update on events
    for each row when (old.number is distinct from new.number and old.number is not null or
        (old.id, old.type, old.at, old.invoice_id, old.dispute_id, old.occasion, old.message_number, old.recipient, old.cause, old.posting_id)
        is distinct from
        (new.id, new.type, new.at, new.invoice_id, new.dispute_id, new.occasion, new.message_number, new.recipient, new.cause, new.posting_id))
    execute function refuse('events are never changed');

create trigger events_are_never_deleted before delete or truncate on events
    for each statement execute function refuse('events are never deleted');

-- Triggers write the events, so that there is one for each change, whatever is repeated.
-- +goose StatementBegin
create function tell_opening() returns trigger language plpgsql as $$
begin
    insert into events (type, at, invoice_id, dispute_id) values ('dispute.opened', new.paused_at, new.invoice_id, new.id);
    return null;
end
$$;
-- +goose StatementEnd

create trigger opening_is_told after insert on disputes
    for each row execute function tell_opening();

-- +goose StatementBegin
create function tell_closing() returns trigger language plpgsql as $$
begin
    insert into events (type, at, invoice_id, dispute_id) values ('dispute.closed', new.settled_at, new.invoice_id, new.id);
    return null;
end
$$;
-- +goose StatementEnd

create trigger closing_is_told after update on disputes
    for each row when (old.state <> 'closed' and new.state = 'closed') execute function tell_closing();

drop trigger message_moves_its_case on messages;

-- A message that moves nothing (move_case) is no event.
-- +goose StatementBegin
create or replace function move_case() returns trigger language plpgsql as $$
begin
    update cases
    set state = new.state, waiting_for = new.waiting_for, deadline = new.deadline, updated_at = new.at, caused_at = new.caused_at
    where dispute_id = new.dispute_id and state <> 'CLOSED' and (caused_at is null or caused_at <= new.caused_at);
    if found then
        insert into events (type, at, invoice_id, dispute_id, occasion, message_number, recipient)
        select 'dispute.waiting', new.at, invoice_id, new.dispute_id, new.occasion, new.number, new.recipient
        from cases where dispute_id = new.dispute_id;
    end if;
    return null;
end
$$;
-- +goose StatementEnd

create trigger message_moves_its_case after insert on messages
    for each row when (new.waiting_for <> '') execute function move_case();

-- +goose StatementBegin
create function tell_message() returns trigger language plpgsql as $$
begin
    insert into events (type, at, invoice_id, dispute_id, occasion, message_number, recipient)
    select case new.occasion when 'message' then 'dispute.message' else 'dispute.proposal' end,
        new.at, invoice_id, new.dispute_id, new.occasion, new.number, new.recipient
    from disputes where id = new.dispute_id;
    return null;
end
$$;
-- +goose StatementEnd

create trigger message_is_told after insert on messages
    for each row when (new.occasion in ('message', 'proposal-made', 'proposal-declined')) execute function tell_message();

-- +goose StatementBegin
create function tell_posting() returns trigger language plpgsql as $$
begin
    insert into events (type, at, invoice_id, posting_id)
    values (case when new.movement = 'credit_note' then 'invoice.credit_note_recorded' when new.destination = 'cash' then 'invoice.payment_recorded'
        else 'invoice.payment_returned' end, new.at, new.invoice_id, new.id);
    return null;
end
$$;
-- +goose StatementEnd

create trigger posting_is_told after insert on postings
    for each row when (new.movement in ('payment', 'payment_return', 'credit_note')) execute function tell_posting();

-- +goose StatementBegin
do $$
declare
    writer text;
begin
    foreach writer in array array['tell_opening', 'tell_closing', 'move_case', 'tell_message', 'tell_posting'] loop
        execute format('alter function %I() security definer set search_path = %I, pg_temp', writer, current_schema());
        execute format('revoke execute on function %I() from public', writer); -- triggers of other tables
    end loop;
end
$$;
-- +goose StatementEnd

drop trigger messages_are_never_changed on messages;

create trigger messages_are_never_changed before update on messages
    for each row when (
        (old.dispute_id, old.occasion, old.number, old.recipient, old.content_hash, old.channel, old.at, old.caused_at, old.deadline, old.state,
            old.waiting_for, old.terms, old.refund)
        is distinct from
        (new.dispute_id, new.occasion, new.number, new.recipient, new.content_hash, new.channel, new.at, new.caused_at, new.deadline, new.state,
            new.waiting_for, new.terms, new.refund))
    execute function refuse('messages are never changed: they were sent');

-- The changes before this schema, in the order of their instants.
insert into events (type, at, invoice_id, dispute_id, occasion, message_number, recipient, posting_id)
select type, at, invoice_id, dispute_id, occasion, number, recipient, posting_id from (
    select 1 as step, 'dispute.opened' as type, paused_at as at, invoice_id, id as dispute_id, '' as occasion, 0 as number, '' as recipient,
        cast(null as bigint) as posting_id
    from disputes
    union all
    select 2, case when m.waiting_for <> '' then 'dispute.waiting' when m.occasion = 'message' then 'dispute.message' else 'dispute.proposal' end,
        m.at, d.invoice_id, d.id, m.occasion, m.number, m.recipient, null
    from messages m join disputes d on d.id = m.dispute_id
    where m.waiting_for <> '' and (d.settled_at is null or m.at <= d.settled_at)
            and not exists (select 1 from messages l where l.dispute_id = m.dispute_id and l.waiting_for <> '' and l.caused_at > m.caused_at and l.at < m.at)
        or m.occasion in ('message', 'proposal-made', 'proposal-declined')
    union all
    select 3, 'dispute.closed', settled_at, invoice_id, id, '', 0, '', null from disputes where state = 'closed'
    union all
    select 4, case when movement = 'credit_note' then 'invoice.credit_note_recorded' when destination = 'cash' then 'invoice.payment_recorded'
        else 'invoice.payment_returned' end, at, invoice_id, '', '', 0, '', id
    from postings where movement in ('payment', 'payment_return', 'credit_note')
) as before
order by at, step, posting_id;
