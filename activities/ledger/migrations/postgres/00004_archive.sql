-- +goose Up

-- The cases of disputes whose workflow has ended: JSON, encrypted with the key key_id, or plain where that is empty.
create table archive (
    dispute_id text collate "C" not null primary key references disputes (id),
    at         timestamptz      not null,
    key_id     text collate "C" not null,
    content    bytea            not null
);

-- The disputes whose personal data was erased.
create table erasures (
    dispute_id text collate "C" not null primary key references disputes (id),
    at         timestamptz      not null,
    erased_by  text             not null check (erased_by <> ''),
    reason     text             not null check (reason <> '')
);

create trigger erasures_are_never_changed before update or delete or truncate on erasures
    for each statement execute function refuse('erasures are never changed');

-- What was erased does not come back: the archive of an erased dispute is skipped.
-- +goose StatementBegin
create function skip_erased() returns trigger language plpgsql as $$
begin
    perform from erasures where dispute_id = new.dispute_id;
    return case when found then null else new end;
end
$$;
-- +goose StatementEnd

create trigger erased_cases_are_not_archived before insert on archive
    for each row execute function skip_erased();

drop trigger messages_are_never_changed on messages;

-- +goose StatementBegin
create function only_erases_answer() returns trigger language plpgsql as $$
begin
    perform from erasures where dispute_id = old.dispute_id;
    if not found or new.answer <> '' then
        raise exception 'messages are never changed: they were sent';
    end if;
    return new;
end
$$;
-- +goose StatementEnd

create trigger messages_are_never_changed before update on messages
    for each row when (
        (old.dispute_id, old.occasion, old.number, old.recipient, old.content_hash, old.channel, old.at, old.caused_at, old.deadline, old.state,
            old.waiting_for)
        is distinct from
        (new.dispute_id, new.occasion, new.number, new.recipient, new.content_hash, new.channel, new.at, new.caused_at, new.deadline, new.state,
            new.waiting_for))
    execute function refuse('messages are never changed: they were sent');

create trigger only_answers_are_erased before update on messages
    for each row execute function only_erases_answer();

drop trigger inbox_is_never_changed on inbox;

-- The key of a message begins with its dispute, which has no slash.
-- +goose StatementBegin
create function only_erases_content() returns trigger language plpgsql as $$
begin
    perform from erasures where dispute_id = split_part(old.notice, '/', 1);
    if not found then
        raise exception 'messages are never changed: they were sent';
    end if;
    return new;
end
$$;
-- +goose StatementEnd

create trigger inbox_is_never_changed before update on inbox
    for each row when ((old.id, old.notice, old.content_hash, old.merchant_id, old.at) is distinct from
        (new.id, new.notice, new.content_hash, new.merchant_id, new.at))
    execute function refuse('messages are never changed: they were sent');

create trigger only_contents_are_erased before update on inbox
    for each row execute function only_erases_content();
