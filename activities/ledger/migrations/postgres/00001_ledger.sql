-- +goose Up

-- Rows of disputes and invoices change a few times. A fillfactor below 100 leaves room in their pages, so that a new version
-- of a row needs no new index entries.
-- Columns that are compared and sorted use byte order (collate "C"), as SQLite does, and not the order of the server's
-- language.

-- The checks of a row are one function for each table: PostgreSQL parses the text of check constraints with every
-- statement, which takes as long as the change itself. A function is compiled once.

-- A statement that changes other rows than expected ends its transaction with a conflict, which the ledger retries.
-- +goose StatementBegin
create function raise_conflict() returns void language plpgsql as $$
begin
    raise exception 'a row has changed since it was read' using errcode = 'serialization_failure';
end
$$;
-- +goose StatementEnd

-- The Temporal namespaces to which the disputes of this ledger have belonged. The newest row counts; every other one was
-- adopted away from. A namespace is known by its id: each Temporal has a namespace "default".
create table owners (
    id           integer     not null primary key check (id >= 1),
    namespace_id text        not null check (namespace_id <> ''),
    namespace    text        not null check (namespace <> ''),
    at           timestamptz not null
);

-- imported_email is the address of the last import: one that says it again takes back no change since.
create table merchants (
    id               text collate "C" not null primary key,
    name             text             not null,
    email            text             not null,
    imported_email   text             not null default '',
    pending_email    text             not null default '',
    locale           text             not null,
    portal_active    boolean          not null,
    email_on_dispute boolean          not null,
    email_on_deadlines boolean        not null default true,
    as_of            timestamptz
);

-- An import locks this row until it ends, so that imports run one at a time.
create table import_turn (
    id integer not null primary key check (id = 1)
);

insert into import_turn (id)
values (1);

-- Checks of readiness write this row: only that finds out whether the ledger can be written.
create table probe (
    id      integer not null primary key check (id = 1),
    content text    not null
);

insert into probe (id, content)
values (1, '');

-- +goose StatementBegin
create function invoice_is_sound(
    currency text, amount bigint, paid bigint, imported_paid bigint, credit_notes bigint, credited bigint, refunded bigint,
    decided_for_merchant bigint, billed_due_date text, due_date text, state text
) returns boolean immutable language plpgsql as $$
begin
    return length(currency) = 3
        and amount between 1 and 9007199254740991
        and paid between 0 and 9007199254740991 and imported_paid between 0 and 9007199254740991
        and credit_notes >= 0 and credited >= 0 and refunded >= 0 and decided_for_merchant >= 0
        and credit_notes + credited + refunded <= amount -- the merchant is debited the amount at most
        and state in ('open', 'paused', 'settled')
        and (state = 'paused' or (state = 'settled') = (paid + credit_notes + credited >= amount))
        and (state <> 'open' or due_date <> '')
        and (due_date = '' or due_date like '____-__-__')
        and (billed_due_date = '' or billed_due_date like '____-__-__');
end
$$;
-- +goose StatementEnd

-- amount to refunded are sums of the postings, decided_for_merchant is a sum of the closed disputes; the ledger's check
-- compares them. imported_paid is the part of paid that imports have reported without a reference. billed_due_date is the
-- due date of the last import, due_date the one that holds whenever the invoice is open. as_of is that of the last import.
create table invoices (
    id                   text collate "C" not null primary key,
    order_id             text             not null,
    merchant_id          text collate "C" not null references merchants (id),
    customer_id          text             not null,
    currency             text collate "C" not null,
    amount               bigint           not null,
    paid                 bigint           not null,
    imported_paid        bigint           not null,
    credit_notes         bigint           not null,
    credited             bigint           not null,
    refunded             bigint           not null,
    decided_for_merchant bigint           not null,
    billed_due_date      text             not null,
    due_date             text             not null,
    state                text             not null,
    as_of                timestamptz,
    unique (id, currency),
    constraint invoice_is_sound check (invoice_is_sound(currency, amount, paid, imported_paid, credit_notes, credited,
        refunded, decided_for_merchant, billed_due_date, due_date, state))
) with (fillfactor = 70);

-- +goose StatementBegin
create function dispute_is_sound(
    state text, amount bigint, calendar text, paused_outstanding bigint, paused_credit_notes bigint, days_left bigint,
    outcome text, closing_reason text, debit bigint, settled boolean, credited bigint, refunded bigint, already_credited bigint,
    settled_outstanding bigint, settled_owed_back bigint
) returns boolean immutable language plpgsql as $$
begin
    return amount between 1 and 9007199254740991
        and calendar <> '' and paused_outstanding >= 0 and paused_credit_notes >= 0 and days_left >= 0
        and credited >= 0 and refunded >= 0 and already_credited between 0 and amount
        and settled_outstanding >= 0 and settled_owed_back >= 0
        and credited + refunded + case debit when 0 then 0 else already_credited end = debit -- the debit moves in full
        and case state
            when 'open' then not settled and outcome = '' and closing_reason = '' and debit = 0
            when 'closed' then settled and closing_reason <> '' and case outcome
                when 'LOST' then debit = amount
                when 'SETTLED' then debit <= amount
                else outcome in ('WON', 'CANCELLED') and debit = 0
            end
            else false
        end;
end
$$;
-- +goose StatementEnd

-- The columns from paused_at on are the answer to the pause, those from settled_at on the answer to the settlement.
create table disputes (
    id                  text collate "C" not null primary key,
    content_hash        text             not null,
    run_id              text             not null,
    state               text             not null default 'open',
    invoice_id          text collate "C" not null,
    currency            text collate "C" not null,
    amount              bigint           not null,
    reason              text             not null,
    calendar            text             not null,
    opened_at           timestamptz      not null,
    paused_at           timestamptz      not null,
    paused_outstanding  bigint           not null,
    paused_credit_notes bigint           not null default 0,
    days_left           bigint           not null,
    outcome             text             not null default '',
    closing_reason      text             not null default '',
    debit               bigint           not null default 0,
    settled_at          timestamptz,
    credited            bigint           not null default 0,
    refunded            bigint           not null default 0,
    already_credited    bigint           not null default 0,
    settled_outstanding bigint           not null default 0,
    settled_owed_back   bigint           not null default 0,
    new_due_date        text             not null default '',
    foreign key (invoice_id, currency) references invoices (id, currency),
    constraint dispute_is_sound check (dispute_is_sound(
        state, amount, calendar, paused_outstanding, paused_credit_notes, days_left, outcome, closing_reason, debit, settled_at is not null,
        credited, refunded, already_credited, settled_outstanding, settled_owed_back))
) with (fillfactor = 70);

create unique index one_open_dispute_per_invoice on disputes (invoice_id) where state = 'open';

-- The runs that took an open dispute over from the run that paused the invoice (disputes.run_id), which has number 1.
create table takeovers (
    dispute_id text collate "C" not null references disputes (id),
    run_id     text collate "C" not null,
    number     integer          not null check (number >= 2),
    primary key (dispute_id, run_id),
    unique (dispute_id, number)
);

-- The chart of accounts: the movements with their accounts. The second ones of invoice and payment are corrections by a
-- later import.
-- +goose StatementBegin
create function posting_is_sound(movement text, source text, destination text, amount bigint, disputed boolean, reference text)
returns boolean immutable language plpgsql as $$
begin
    return amount between 1 and 9007199254740991
        and movement || ' from ' || source || ' to ' || destination in (
            'invoice from merchant_payable to customer_receivable',
            'invoice from customer_receivable to merchant_payable',
            'payment from customer_receivable to cash',
            'payment from cash to customer_receivable',
            'payment_return from cash to customer_receivable',
            'credit_note from customer_receivable to merchant_payable',
            'chargeback from customer_receivable to merchant_payable',
            'chargeback from customer_refund to merchant_payable',
            'agreed_refund from customer_receivable to merchant_payable',
            'agreed_refund from customer_refund to merchant_payable')
        and disputed = (movement in ('chargeback', 'agreed_refund'))
        and (reference is null or reference <> '')
        and case movement
            when 'payment' then reference is null or destination = 'cash'
            else (reference is not null) = (movement in ('payment_return', 'credit_note'))
        end;
end
$$;
-- +goose StatementEnd

-- One row moves an amount from the source account, which is credited, to the destination account, which is
-- debited, so the books balance by construction.
create table postings (
    id          bigint           generated always as identity primary key,
    movement    text collate "C" not null,
    source      text collate "C" not null,
    destination text collate "C" not null,
    amount      bigint           not null,
    currency    text collate "C" not null,
    invoice_id  text collate "C" not null,
    dispute_id  text collate "C",
    reference   text collate "C",
    at          timestamptz      not null,
    foreign key (invoice_id, currency) references invoices (id, currency),
    constraint posting_is_sound check (posting_is_sound(movement, source, destination, amount, dispute_id is not null, reference))
);

-- This index also finds the postings of an invoice.
create unique index one_posting_per_reference on postings (invoice_id, movement, reference) where reference is not null;
create unique index one_posting_per_dispute_and_source on postings (invoice_id, dispute_id, source);

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
    for each row when (old.state = 'closed' or
        (old.id, old.content_hash, old.run_id, old.invoice_id, old.currency, old.amount) is distinct from
        (new.id, new.content_hash, new.run_id, new.invoice_id, new.currency, new.amount))
    execute function refuse('closed disputes are never changed, and what a dispute is about never is');

create trigger invoices_in_dispute_keep_their_terms before update on invoices
    for each row when (old.state = 'paused' and (old.amount, old.currency, old.order_id, old.merchant_id, old.customer_id)
        is distinct from (new.amount, new.currency, new.order_id, new.merchant_id, new.customer_id))
    execute function refuse('what an invoice in dispute is about is never changed');

create trigger takeovers_are_never_changed before update or delete or truncate on takeovers
    for each statement execute function refuse('takeovers are never changed');

create trigger owners_are_never_changed before update or delete or truncate on owners
    for each statement execute function refuse('owners are never changed');

create trigger disputes_are_never_deleted before delete or truncate on disputes
    for each statement execute function refuse('disputes are never deleted');

-- A dispute's postings match the closed dispute, and each exists once (one_posting_per_dispute_and_source): no money moves before
-- the decision, and none twice after it. A closed dispute never changes, so no row is locked.
-- +goose StatementBegin
create function settles_its_dispute() returns trigger language plpgsql as $$
begin
    perform from disputes
    where id = new.dispute_id and invoice_id = new.invoice_id and settled_at = new.at
        and new.movement = case outcome when 'LOST' then 'chargeback' else 'agreed_refund' end
        and new.amount = case new.source when 'customer_receivable' then credited else refunded end;
    if not found then
        raise exception 'a dispute moves only the money of its settlement';
    end if;
    return new;
end
$$;
-- +goose StatementEnd

create trigger posting_settles_its_dispute before insert on postings
    for each row when (new.dispute_id is not null) execute function settles_its_dispute();

-- The receipts of messages that were sent. content_hash is the hash of the content. There is no foreign key: a receipt must
-- be recorded whatever else is wrong, or every retry sends the message again.
create table messages (
    dispute_id   text collate "C" not null,
    occasion     text collate "C" not null,
    number       bigint           not null,
    recipient    text collate "C" not null,
    content_hash text             not null,
    channel      text             not null,
    at           timestamptz      not null,
    answer       text             not null,
    primary key (dispute_id, occasion, number, recipient)
);

-- The portal's inbox. notice is the key of the message, content_hash the hash of its content, and content what the merchant
-- reads, as JSON.
create table inbox (
    id           bigint           generated always as identity primary key,
    notice       text collate "C" not null unique,
    content_hash text             not null,
    merchant_id  text collate "C" not null references merchants (id),
    at           timestamptz      not null,
    content      text             not null
);

create index inbox_of_merchant on inbox (merchant_id);

-- The sessions of people who have signed in to the portal. token is a hash, so that nobody signs in with what this table has.
create table sessions (
    token      text collate "C" not null primary key,
    content    bytea            not null,
    expires_at timestamptz      not null
);

create index sessions_by_expiry on sessions (expires_at);

-- The requests to the API that were sent under a key. content is the hash of what was asked for: the same key with other content
-- is refused.
create table requests (
    token   text collate "C" not null check (token <> ''),
    key     text collate "C" not null check (key <> ''),
    content text             not null,
    at      timestamptz      not null,
    primary key (token, key)
);

create index requests_by_age on requests (at);

create trigger messages_are_never_changed before update on messages
    for each statement execute function refuse('messages are never changed: they were sent');

create trigger inbox_is_never_changed before update on inbox
    for each statement execute function refuse('messages are never changed: they were sent');

-- The files that merchants and customers have uploaded; their contents are kept elsewhere, under dispute, sha256 and id. A file
-- is a draft until the message that names it is accepted; sending_at is when that message was on its way last. There is no
-- foreign key: a complaint is sent before its dispute is in the ledger.
create table files (
    id          bigint           generated always as identity primary key,
    dispute_id  text collate "C" not null check (dispute_id <> ''),
    party       text             not null check (party in ('merchant', 'customer')),
    purpose     text             not null check (purpose in ('evidence', 'statement', 'complaint')),
    kind        text             not null,
    name        text             not null check (name <> ''),
    type        text             not null check (type <> ''),
    size        bigint           not null check (size > 0),
    sha256      text collate "C" not null check (length(sha256) = 64),
    uploaded_at timestamptz      not null,
    stored_at   timestamptz,
    sending_at  timestamptz,
    sent_at     timestamptz,
    unique (dispute_id, purpose, sha256),
    constraint purpose_of_its_party check ((purpose = 'evidence') = (party = 'merchant')),
    constraint sent_is_stored check (sent_at is null or stored_at is not null)
);

create index drafts_by_age on files (uploaded_at) where sent_at is null;

create trigger sent_files_are_never_changed before update on files
    for each row when (old.sent_at is not null or (old.id, old.dispute_id, old.party, old.purpose, old.size, old.sha256)
        is distinct from (new.id, new.dispute_id, new.party, new.purpose, new.size, new.sha256))
    execute function refuse('files that were sent are never changed');
