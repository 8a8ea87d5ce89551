-- +goose Up

-- The rows of disputes and their invoices change a few times: where their pages have room (fillfactor) a new
-- version needs no new entry in the indexes.
-- What is compared and sorted has the order of its bytes (collate "C"), as SQLite has it, and not that of the
-- server's language.

-- The Temporal namespace whose disputes are in this ledger: one row, written by the first worker.
create table owner (
    id        integer not null primary key check (id = 1),
    namespace text    not null check (namespace <> '')
);

create table merchants (
    id               text collate "C" not null primary key,
    name             text             not null,
    email            text             not null,
    locale           text             not null,
    portal_active    boolean          not null,
    email_on_dispute boolean          not null
);

-- The chart of accounts.
create table accounts (
    name text collate "C" not null primary key
);

insert into accounts (name)
values ('cash'),
       ('customer_receivable'),
       ('customer_refund'),
       ('merchant_payable');

-- Which money may move, and between which accounts. The source is credited, the destination debited.
-- The reverse lines of invoice and payment are corrections by a later import.
create table movements (
    movement    text collate "C" not null,
    source      text collate "C" not null references accounts (name),
    destination text collate "C" not null references accounts (name),
    primary key (movement, source, destination),
    check (source <> destination)
);

insert into movements (movement, source, destination)
values ('invoice', 'merchant_payable', 'customer_receivable'),
       ('invoice', 'customer_receivable', 'merchant_payable'),
       ('payment', 'customer_receivable', 'cash'),
       ('payment', 'cash', 'customer_receivable'),
       ('chargeback', 'customer_receivable', 'merchant_payable'),
       ('chargeback', 'customer_refund', 'merchant_payable'),
       ('agreed_refund', 'customer_receivable', 'merchant_payable'),
       ('agreed_refund', 'customer_refund', 'merchant_payable');

-- amount to refunded repeat what the postings say; the ledger's check proves it. billed_due_date is the
-- last imported one, due_date the one that holds now: empty while the invoice is paused or paid.
create table invoices (
    id              text collate "C" not null primary key,
    order_id        text             not null,
    merchant_id     text collate "C" not null references merchants (id),
    customer_id     text             not null,
    currency        text collate "C" not null check (length(currency) = 3),
    amount          bigint           not null check (amount between 1 and 9007199254740991),
    paid            bigint           not null check (paid >= 0),
    credited        bigint           not null check (credited >= 0),
    refunded        bigint           not null check (refunded >= 0),
    billed_due_date text             not null check (billed_due_date = '' or billed_due_date like '____-__-__'),
    due_date        text             not null check (due_date = '' or due_date like '____-__-__'),
    state           text             not null check (state in ('open', 'paused', 'settled')),
    unique (id, currency),
    constraint customer_owes_nothing_negative check (paid + credited <= amount),
    constraint refunded_only_what_was_paid check (refunded <= paid),
    constraint settled_when_nothing_is_open check (state = 'paused' or (state = 'settled') = (paid + credited = amount)),
    constraint due_only_when_open check ((due_date <> '') = (state = 'open'))
) with (fillfactor = 70);

-- The columns from paused_at on keep the answer to the pause, those from settled_at on the settlement's.
create table disputes (
    id             text collate "C" not null primary key,
    content_hash   text             not null,
    state          text             not null default 'open' check (state in ('open', 'closed')),
    invoice_id     text collate "C" not null,
    currency       text collate "C" not null,
    amount         bigint           not null check (amount between 1 and 9007199254740991),
    reason         text             not null,
    calendar       text             not null check (calendar <> ''),
    opened_at      timestamptz      not null,
    paused_at      timestamptz      not null,
    paused_open    bigint           not null check (paused_open >= 0),
    days_left      bigint           not null check (days_left >= 0),
    outcome        text             not null default '',
    closing_reason text             not null default '',
    debit          bigint           not null default 0 check (debit between 0 and amount),
    settled_at     timestamptz,
    credited       bigint           not null default 0 check (credited >= 0),
    refunded       bigint           not null default 0 check (refunded >= 0),
    settled_open   bigint           not null default 0 check (settled_open >= 0),
    new_due_date   text             not null default '',
    unique (id, invoice_id),
    foreign key (invoice_id, currency) references invoices (id, currency),
    constraint closed_has_a_decision check (
        (state = 'open' and settled_at is null and outcome = '' and closing_reason = '')
            or (state = 'closed' and settled_at is not null and outcome <> '' and closing_reason <> '')),
    constraint debit_moves_in_full check (credited + refunded = debit),
    constraint debit_fits_the_outcome check (
        (outcome = 'LOST' and debit = amount) or outcome = 'SETTLED' or (outcome in ('', 'WON', 'CANCELLED') and debit = 0))
) with (fillfactor = 70);

create unique index one_open_dispute_per_invoice on disputes (invoice_id) where state = 'open';

-- One row moves an amount from the source to the destination account, so the books balance by
-- construction. The composite keys keep a posting in its invoice's currency and a dispute's posting on
-- the dispute's invoice.
create table postings (
    id          bigint           generated always as identity primary key,
    movement    text collate "C" not null,
    source      text collate "C" not null,
    destination text collate "C" not null,
    amount      bigint           not null check (amount between 1 and 9007199254740991),
    currency    text collate "C" not null,
    invoice_id  text collate "C" not null,
    dispute_id  text collate "C",
    at          timestamptz      not null,
    foreign key (movement, source, destination) references movements (movement, source, destination),
    foreign key (invoice_id, currency) references invoices (id, currency),
    foreign key (dispute_id, invoice_id) references disputes (id, invoice_id),
    constraint dispute_named_by_its_movements check ((dispute_id is null) = (movement in ('invoice', 'payment')))
);

create index postings_of_invoice on postings (invoice_id);
create unique index one_settlement_per_dispute on postings (dispute_id, source) where dispute_id is not null;

-- +goose StatementBegin
create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '%', tg_argv[0];
end
$$;
-- +goose StatementEnd

create trigger postings_are_never_changed before update on postings
    for each statement execute function refuse('postings are never changed: book a correction');

create trigger postings_are_never_deleted before delete or truncate on postings
    for each statement execute function refuse('postings are never deleted: book a correction');

create trigger closed_disputes_are_never_changed before update on disputes
    for each row when (old.state = 'closed') execute function refuse('closed disputes are never changed');

create trigger disputes_are_never_deleted before delete or truncate on disputes
    for each statement execute function refuse('disputes are never deleted');

-- The lock is for two at once: without it both would see the dispute open, and each book a part. The code of a
-- unique violation tells the one who comes second that another was there first.
-- +goose StatementBegin
create function settlement_before_close() returns trigger language plpgsql as $$
begin
    if (select state from disputes where id = new.dispute_id for no key update) = 'closed' then
        raise exception 'a closed dispute moves no more money' using errcode = 'unique_violation';
    end if;
    return new;
end
$$;
-- +goose StatementEnd

create trigger settlement_before_close before insert on postings
    for each row when (new.dispute_id is not null) execute function settlement_before_close();

-- The messages that were sent. No foreign key: a receipt must be kept whatever else is wrong, or the
-- message goes out again with every attempt.
create table messages (
    dispute_id text collate "C" not null,
    occasion   text collate "C" not null,
    number     bigint           not null,
    recipient  text collate "C" not null,
    channel    text             not null,
    at         timestamptz      not null,
    answer     text             not null,
    primary key (dispute_id, occasion, number, recipient)
);

-- The portal's inbox. content is what the merchant reads, as JSON; notice is the key of the message.
create table inbox (
    id          bigint           generated always as identity primary key,
    notice      text collate "C" not null unique,
    merchant_id text collate "C" not null references merchants (id),
    at          timestamptz      not null,
    content     text             not null
);

create index inbox_of_merchant on inbox (merchant_id);
