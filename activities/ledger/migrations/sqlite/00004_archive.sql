-- +goose Up

-- The cases of disputes whose workflow has ended: JSON, encrypted with the key key_id, or plain where that is empty.
create table archive (
    dispute_id text not null primary key references disputes (id),
    at         text not null check (at like '____-__-__T__:__:__.______Z'),
    key_id     text not null,
    content    blob not null
) strict;

-- The disputes whose personal data was erased.
create table erasures (
    dispute_id text not null primary key references disputes (id),
    at         text not null check (at like '____-__-__T__:__:__.______Z'),
    erased_by  text not null check (erased_by <> ''),
    reason     text not null check (reason <> '')
) strict;

-- +goose StatementBegin
create trigger erasures_are_never_changed before update on erasures
begin
    select raise(abort, 'erasures are never changed');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger erasures_are_never_deleted before delete on erasures
begin
    select raise(abort, 'erasures are never deleted');
end;
-- +goose StatementEnd

-- What was erased does not come back: the archive of an erased dispute is skipped.
-- +goose StatementBegin
create trigger erased_cases_are_not_archived before insert on archive
    when exists (select 1 from erasures where dispute_id = new.dispute_id)
begin
    select raise(ignore);
end;
-- +goose StatementEnd

drop trigger messages_are_never_changed;

-- +goose StatementBegin
create trigger messages_are_never_changed before update on messages
    when new.answer <> '' or not exists (select 1 from erasures where dispute_id = old.dispute_id)
        or (old.dispute_id, old.occasion, old.number, old.recipient, old.content_hash, old.channel, old.at, old.state, old.waiting_for)
            <> (new.dispute_id, new.occasion, new.number, new.recipient, new.content_hash, new.channel, new.at, new.state, new.waiting_for)
        or old.caused_at is not new.caused_at or old.deadline is not new.deadline
begin
    select raise(abort, 'messages are never changed: they were sent');
end;
-- +goose StatementEnd

drop trigger inbox_is_never_changed;

-- The key of a message begins with its dispute, which has no slash.
-- +goose StatementBegin
create trigger inbox_is_never_changed before update on inbox
    when (old.id, old.notice, old.content_hash, old.merchant_id, old.at) <> (new.id, new.notice, new.content_hash, new.merchant_id, new.at)
        or not exists (select 1 from erasures where dispute_id = substr(old.notice, 1, instr(old.notice, '/') - 1))
begin
    select raise(abort, 'messages are never changed: they were sent');
end;
-- +goose StatementEnd
