-- +goose Up

-- The URL that receives a merchant's messages, and the secret that signs them. Both are empty without a webhook.
alter table merchants add column webhook                text not null default '';
alter table merchants add column webhook_secret         text not null default '' check ((webhook_secret = '') = (webhook = ''));
alter table merchants add column webhook_previous       text not null default '';
alter table merchants add column webhook_previous_until text
    check (webhook_previous_until like '____-__-__T__:__:__.______Z') check ((webhook_previous_until is null) = (webhook_previous = ''));
