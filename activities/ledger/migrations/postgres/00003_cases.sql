-- +goose Up

-- Where a dispute stands since a message was accepted, and the instant in the history of what the message tells; empty for
-- messages that do not tell that.
alter table messages
    add column caused_at   timestamptz,
    add column deadline    timestamptz,
    add column state       text not null default '',
    add column waiting_for text not null default '',
    add constraint standing_is_whole check ((state = '') = (waiting_for = '') and (waiting_for = '' or caused_at is not null));

-- Disputes as lists show them, by what people were told: until the first message is accepted a dispute waits for it, and
-- its settlement closes it. turn is the party that the last word between merchant and customer was told to, said at
-- turn_since: the complaint is the first one.
create table cases (
    dispute_id  text collate "C" not null primary key references disputes (id),
    merchant_id text collate "C" not null,
    customer_id text             not null,
    order_id    text collate "C" not null,
    invoice_id  text collate "C" not null,
    amount      bigint           not null,
    currency    text             not null,
    reason      text             not null,
    calendar    text             not null,
    state       text collate "C" not null default 'OPENED',
    waiting_for text collate "C" not null default 'notification',
    deadline    timestamptz,
    outcome     text             not null default '',
    updated_at  timestamptz      not null,
    caused_at   timestamptz,
    turn        text collate "C" not null default 'merchant' check (turn in ('merchant', 'customer')),
    turn_since  timestamptz,
    constraint closed_waits_for_nothing check ((waiting_for = '') = (state = 'CLOSED') and (outcome <> '') = (state = 'CLOSED'))
);

create index cases_of_merchant on cases (merchant_id, waiting_for, deadline, dispute_id);
create index agreements_of_merchant on cases (merchant_id, turn, deadline, dispute_id) where waiting_for = 'agreement';
create index closed_of_merchant on cases (merchant_id, updated_at, dispute_id) where waiting_for = '';
create index cases_by_wait on cases (waiting_for, deadline, dispute_id);
create index cases_of_order on cases (order_id, merchant_id);
create index cases_of_invoice on cases (invoice_id);

-- Triggers write the cases, so that no code can move money or record a message without them, and no message fails because of
-- them: they run with the rights of the owner of the tables, because a receipt that fails for a missing right has the message
-- sent again, and their search path has no temporary tables before ours.
-- +goose StatementBegin
create function insert_case() returns trigger language plpgsql as $$
begin
    insert into cases (dispute_id, merchant_id, customer_id, order_id, invoice_id, amount, currency, reason, calendar, updated_at)
    select new.id, merchant_id, customer_id, order_id, new.invoice_id, new.amount, new.currency, new.reason, new.calendar, new.paused_at
    from invoices where id = new.invoice_id;
    return null;
end
$$;
-- +goose StatementEnd

create trigger dispute_has_a_case after insert on disputes
    for each row execute function insert_case();

-- A message that is accepted late, after one about something later, moves nothing.
-- +goose StatementBegin
create function move_case() returns trigger language plpgsql as $$
begin
    update cases
    set state = new.state, waiting_for = new.waiting_for, deadline = new.deadline, updated_at = new.at, caused_at = new.caused_at
    where dispute_id = new.dispute_id and state <> 'CLOSED' and (caused_at is null or caused_at <= new.caused_at);
    return null;
end
$$;
-- +goose StatementEnd

create trigger message_moves_its_case after insert on messages
    for each row when (new.waiting_for <> '') execute function move_case();

-- +goose StatementBegin
create function turn_case() returns trigger language plpgsql as $$
begin
    update cases set turn = new.recipient, turn_since = new.caused_at
    where dispute_id = new.dispute_id and (turn_since is null or turn_since <= new.caused_at);
    return null;
end
$$;
-- +goose StatementEnd

create trigger word_turns_its_case after insert on messages
    for each row when (new.occasion in ('opened', 'message', 'proposal-made', 'proposal-declined') and new.caused_at is not null) execute function turn_case();

-- +goose StatementBegin
create function close_case() returns trigger language plpgsql as $$
begin
    update cases set state = 'CLOSED', waiting_for = '', deadline = null, outcome = new.outcome, updated_at = new.settled_at
    where dispute_id = new.id;
    return null;
end
$$;
-- +goose StatementEnd

create trigger settlement_closes_its_case after update on disputes
    for each row when (old.state <> 'closed' and new.state = 'closed') execute function close_case();

-- +goose StatementBegin
do $$
declare
    writer text;
begin
    foreach writer in array array['insert_case', 'move_case', 'turn_case', 'close_case'] loop
        execute format('alter function %I() security definer set search_path = %I, pg_temp', writer, current_schema());
        execute format('revoke execute on function %I() from public', writer); -- triggers of other tables
    end loop;
end
$$;
-- +goose StatementEnd

drop trigger messages_are_never_changed on messages;

-- The receipts before this schema do not say until when the period runs: its deadline is listed with the next message.
update messages
set caused_at = at,
    state = case occasion when 'opened' then 'PRE_ARBITRATION' when 'information-requested' then 'MERCHANT_EVIDENCE_PENDING' else 'ARBITRATION_PENDING' end,
    waiting_for = case occasion
        when 'opened' then 'agreement'
        when 'reason-asked' then 'statement'
        when 'information-requested' then 'evidence'
        else case when exists (
            select 1 from messages before
            where before.dispute_id = messages.dispute_id and before.occasion = 'information-requested' and before.number < messages.number
        ) then 'decision' else 'justification' end
    end
where occasion in ('opened', 'reason-asked', 'information-requested', 'ruling-asked');

update messages set caused_at = at where occasion in ('message', 'proposal-made', 'proposal-declined');

create trigger messages_are_never_changed before update on messages
    for each statement execute function refuse('messages are never changed: they were sent');

insert into cases (dispute_id, merchant_id, customer_id, order_id, invoice_id, amount, currency, reason, calendar, state, waiting_for, outcome,
    updated_at, caused_at, turn, turn_since)
select d.id, i.merchant_id, i.customer_id, i.order_id, d.invoice_id, d.amount, d.currency, d.reason, d.calendar,
    case d.state when 'closed' then 'CLOSED' else coalesce(m.state, 'OPENED') end,
    case d.state when 'closed' then '' else coalesce(m.waiting_for, 'notification') end,
    d.outcome, coalesce(d.settled_at, m.at, d.paused_at), m.caused_at,
    coalesce(w.recipient, 'merchant'), w.caused_at
from disputes d
join invoices i on i.id = d.invoice_id
left join (
    select dispute_id, state, waiting_for, at, caused_at,
        row_number() over (partition by dispute_id order by caused_at desc, number desc) as nth
    from messages where waiting_for <> ''
) m on m.dispute_id = d.id and m.nth = 1
left join (
    select dispute_id, recipient, caused_at, row_number() over (partition by dispute_id order by caused_at desc, number desc) as nth
    from messages where occasion in ('opened', 'message', 'proposal-made', 'proposal-declined')
) w on w.dispute_id = d.id and w.nth = 1;
