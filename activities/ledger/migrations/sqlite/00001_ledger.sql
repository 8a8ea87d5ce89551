-- +goose Up

-- The Temporal namespaces to which the disputes of this ledger have belonged. The newest row counts; every other one was
-- adopted away from. A namespace is known by its id: each Temporal has a namespace "default".
create table owners (
    id           integer not null primary key check (id >= 1),
    namespace_id text    not null check (namespace_id <> ''),
    namespace    text    not null check (namespace <> ''),
    at           text    not null check (at like '____-__-__T__:__:__.______Z')
) strict;

-- imported_email is the address of the last import: one that says it again takes back no change since.
create table merchants (
    id               text    not null primary key,
    name             text    not null,
    email            text    not null,
    imported_email   text    not null default '',
    pending_email    text    not null default '',
    locale           text    not null,
    portal_active    integer not null check (portal_active in (0, 1)),
    email_on_dispute integer not null check (email_on_dispute in (0, 1)),
    email_on_deadlines integer not null default 1 check (email_on_deadlines in (0, 1)),
    as_of            text             check (as_of like '____-__-__T__:__:__.______Z')
) strict;

-- An import locks this row until it ends, so that imports run one at a time.
create table import_turn (
    id integer not null primary key check (id = 1)
) strict;

insert into import_turn (id)
values (1);

-- Checks of readiness write this row: only that finds out whether the ledger can be written.
create table probe (
    id      integer not null primary key check (id = 1),
    content text    not null
) strict;

insert into probe (id, content)
values (1, '');

-- amount to refunded are sums of the postings, decided_for_merchant is a sum of the closed disputes; the ledger's check
-- compares them. imported_paid is the part of paid that imports have reported without a reference. billed_due_date is the
-- due date of the last import, due_date the one that holds whenever the invoice is open. as_of is that of the last import.
create table invoices (
    id                   text    not null primary key,
    order_id             text    not null,
    merchant_id          text    not null references merchants (id),
    customer_id          text    not null,
    currency             text    not null check (length(currency) = 3),
    amount               integer not null check (amount between 1 and 9007199254740991),
    paid                 integer not null check (paid between 0 and 9007199254740991),
    imported_paid        integer not null check (imported_paid between 0 and 9007199254740991),
    credit_notes         integer not null check (credit_notes >= 0),
    credited             integer not null check (credited >= 0),
    refunded             integer not null check (refunded >= 0),
    decided_for_merchant integer not null check (decided_for_merchant >= 0),
    billed_due_date      text    not null check (billed_due_date = '' or billed_due_date like '____-__-__'),
    due_date             text    not null check (due_date = '' or due_date like '____-__-__'),
    state                text    not null check (state in ('open', 'paused', 'settled')),
    as_of                text             check (as_of like '____-__-__T__:__:__.______Z'),
    unique (id, currency),
    constraint merchant_is_debited_the_amount_at_most check (credit_notes + credited + refunded <= amount),
    constraint settled_when_nothing_is_outstanding check (state = 'paused' or (state = 'settled') = (paid + credit_notes + credited >= amount)),
    constraint due_when_open check (state <> 'open' or due_date <> '')
) strict;

-- Times are UTC to the microsecond, all of one length, so that text in this form sorts by time.
-- The columns from paused_at on are the answer to the pause, those from settled_at on the answer to the settlement.
create table disputes (
    id                  text    not null primary key,
    content_hash        text    not null,
    run_id              text    not null,
    state               text    not null default 'open' check (state in ('open', 'closed')),
    invoice_id          text    not null,
    currency            text    not null,
    amount              integer not null check (amount between 1 and 9007199254740991),
    reason              text    not null,
    calendar            text    not null check (calendar <> ''),
    opened_at           text    not null check (opened_at like '____-__-__T__:__:__.______Z'),
    paused_at           text    not null check (paused_at like '____-__-__T__:__:__.______Z'),
    paused_outstanding  integer not null check (paused_outstanding >= 0),
    paused_credit_notes integer not null default 0 check (paused_credit_notes >= 0),
    days_left           integer not null check (days_left >= 0),
    outcome             text    not null default '',
    closing_reason      text    not null default '',
    debit               integer not null default 0 check (debit between 0 and amount),
    settled_at          text             check (settled_at like '____-__-__T__:__:__.______Z'),
    credited            integer not null default 0 check (credited >= 0),
    refunded            integer not null default 0 check (refunded >= 0),
    already_credited    integer not null default 0 check (already_credited between 0 and amount),
    settled_outstanding integer not null default 0 check (settled_outstanding >= 0),
    settled_owed_back   integer not null default 0 check (settled_owed_back >= 0),
    new_due_date        text    not null default '',
    foreign key (invoice_id, currency) references invoices (id, currency),
    constraint closed_has_a_decision check (
        (state = 'open' and settled_at is null and outcome = '' and closing_reason = '')
            or (state = 'closed' and settled_at is not null and outcome <> '' and closing_reason <> '')),
    constraint debit_moves_in_full check (credited + refunded + case debit when 0 then 0 else already_credited end = debit),
    constraint debit_fits_the_outcome check (
        (outcome = 'LOST' and debit = amount) or outcome = 'SETTLED' or (outcome in ('', 'WON', 'CANCELLED') and debit = 0))
) strict;

create unique index one_open_dispute_per_invoice on disputes (invoice_id) where state = 'open';

-- The runs that took an open dispute over from the run that paused the invoice (disputes.run_id), which has number 1.
create table takeovers (
    dispute_id text    not null references disputes (id),
    run_id     text    not null,
    number     integer not null check (number >= 2),
    primary key (dispute_id, run_id),
    unique (dispute_id, number)
) strict;

-- One row moves an amount from the source account, which is credited, to the destination account, which is
-- debited, so the books balance by construction. The movements with their accounts are the chart of accounts; the
-- second ones of invoice and payment are corrections by a later import.
create table postings (
    id          integer not null primary key autoincrement,
    movement    text    not null,
    source      text    not null,
    destination text    not null,
    amount      integer not null check (amount between 1 and 9007199254740991),
    currency    text    not null,
    invoice_id  text    not null,
    dispute_id  text,
    reference   text             check (reference <> ''),
    at          text    not null check (at like '____-__-__T__:__:__.______Z'),
    foreign key (invoice_id, currency) references invoices (id, currency),
    constraint movement_between_its_accounts check (movement || ' from ' || source || ' to ' || destination in (
        'invoice from merchant_payable to customer_receivable',
        'invoice from customer_receivable to merchant_payable',
        'payment from customer_receivable to cash',
        'payment from cash to customer_receivable',
        'payment_return from cash to customer_receivable',
        'credit_note from customer_receivable to merchant_payable',
        'chargeback from customer_receivable to merchant_payable',
        'chargeback from customer_refund to merchant_payable',
        'agreed_refund from customer_receivable to merchant_payable',
        'agreed_refund from customer_refund to merchant_payable')),
    constraint dispute_named_by_its_movements check ((dispute_id is null) = (movement not in ('chargeback', 'agreed_refund'))),
    constraint reference_names_what_was_reported check (case movement
        when 'payment' then reference is null or destination = 'cash'
        else (reference is not null) = (movement in ('payment_return', 'credit_note')) end)
) strict;

create index postings_of_invoice on postings (invoice_id);
create unique index one_posting_per_reference on postings (invoice_id, movement, reference) where reference is not null;
create unique index one_posting_per_dispute_and_source on postings (dispute_id, source) where dispute_id is not null;

-- +goose StatementBegin
create trigger postings_are_never_changed before update on postings
begin
    select raise(abort, 'postings are never changed: book a correction');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger postings_are_never_deleted before delete on postings
begin
    select raise(abort, 'postings are never deleted: book a correction');
end;
-- +goose StatementEnd

-- A dispute's postings match the closed dispute, and each exists once (one_posting_per_dispute_and_source): no money moves before
-- the decision, and none twice after it.
-- +goose StatementBegin
create trigger posting_settles_its_dispute before insert on postings
    when new.dispute_id is not null and not exists (
        select 1 from disputes
        where id = new.dispute_id and invoice_id = new.invoice_id and settled_at = new.at
            and new.movement = case outcome when 'LOST' then 'chargeback' else 'agreed_refund' end
            and new.amount = case new.source when 'customer_receivable' then credited else refunded end)
begin
    select raise(abort, 'a dispute moves only the money of its settlement');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger closed_disputes_are_never_changed before update on disputes
    when old.state = 'closed' or old.id <> new.id or old.content_hash <> new.content_hash or old.run_id <> new.run_id
        or old.invoice_id <> new.invoice_id or old.currency <> new.currency or old.amount <> new.amount
begin
    select raise(abort, 'closed disputes are never changed, and what a dispute is about never is');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger invoices_in_dispute_keep_their_terms before update on invoices
    when old.state = 'paused' and (old.amount <> new.amount or old.currency <> new.currency or old.order_id <> new.order_id
        or old.merchant_id <> new.merchant_id or old.customer_id <> new.customer_id)
begin
    select raise(abort, 'what an invoice in dispute is about is never changed');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger takeovers_are_never_changed before update on takeovers
begin
    select raise(abort, 'takeovers are never changed');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger takeovers_are_never_deleted before delete on takeovers
begin
    select raise(abort, 'takeovers are never deleted');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger owners_are_never_changed before update on owners
begin
    select raise(abort, 'owners are never changed');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger owners_are_never_deleted before delete on owners
begin
    select raise(abort, 'owners are never deleted');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger disputes_are_never_deleted before delete on disputes
begin
    select raise(abort, 'disputes are never deleted');
end;
-- +goose StatementEnd

-- The receipts of messages that were sent. content_hash is the hash of the content. There is no foreign key: a receipt must
-- be recorded whatever else is wrong, or every retry sends the message again.
create table messages (
    dispute_id   text    not null,
    occasion     text    not null,
    number       integer not null,
    recipient    text    not null,
    content_hash text    not null,
    channel      text    not null,
    at           text    not null check (at like '____-__-__T__:__:__.______Z'),
    answer       text    not null,
    primary key (dispute_id, occasion, number, recipient)
) strict;

-- The portal's inbox. notice is the key of the message, content_hash the hash of its content, and content what the merchant
-- reads, as JSON.
create table inbox (
    id           integer not null primary key autoincrement,
    notice       text    not null unique,
    content_hash text    not null,
    merchant_id  text    not null references merchants (id),
    at           text    not null check (at like '____-__-__T__:__:__.______Z'),
    content      text    not null
) strict;

create index inbox_of_merchant on inbox (merchant_id);

-- The sessions of people who have signed in to the portal. token is a hash, so that nobody signs in with what this table has.
create table sessions (
    token      text not null primary key,
    content    blob not null,
    expires_at text not null check (expires_at like '____-__-__T__:__:__.______Z')
) strict;

create index sessions_by_expiry on sessions (expires_at);

-- The requests to the API that were sent under a key. content is the hash of what was asked for: the same key with other content
-- is refused.
create table requests (
    token   text not null check (token <> ''),
    key     text not null check (key <> ''),
    content text not null,
    at      text not null check (at like '____-__-__T__:__:__.______Z'),
    primary key (token, key)
) strict;

create index requests_by_age on requests (at);

-- +goose StatementBegin
create trigger messages_are_never_changed before update on messages
begin
    select raise(abort, 'messages are never changed: they were sent');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger inbox_is_never_changed before update on inbox
begin
    select raise(abort, 'messages are never changed: they were sent');
end;
-- +goose StatementEnd

-- The files that merchants and customers have uploaded; their contents are kept elsewhere, under dispute, sha256 and id. A file
-- is a draft until the message that names it is accepted; sending_at is when that message was on its way last. There is no
-- foreign key: a complaint is sent before its dispute is in the ledger.
create table files (
    id          integer not null primary key autoincrement,
    dispute_id  text    not null check (dispute_id <> ''),
    party       text    not null check (party in ('merchant', 'customer')),
    purpose     text    not null check (purpose in ('evidence', 'statement', 'complaint')) check ((purpose = 'evidence') = (party = 'merchant')),
    kind        text    not null,
    name        text    not null check (name <> ''),
    type        text    not null check (type <> ''),
    size        integer not null check (size > 0),
    sha256      text    not null check (length(sha256) = 64),
    uploaded_at text    not null check (uploaded_at like '____-__-__T__:__:__.______Z'),
    stored_at   text             check (stored_at like '____-__-__T__:__:__.______Z'),
    sending_at  text             check (sending_at like '____-__-__T__:__:__.______Z'),
    sent_at     text             check (sent_at like '____-__-__T__:__:__.______Z') check (sent_at is null or stored_at is not null),
    unique (dispute_id, purpose, sha256)
) strict;

create index drafts_by_age on files (uploaded_at) where sent_at is null;

-- +goose StatementBegin
create trigger sent_files_are_never_changed before update on files
    when old.sent_at is not null or (old.id, old.dispute_id, old.party, old.purpose, old.size, old.sha256)
        <> (new.id, new.dispute_id, new.party, new.purpose, new.size, new.sha256)
begin
    select raise(abort, 'files that were sent are never changed');
end;
-- +goose StatementEnd
