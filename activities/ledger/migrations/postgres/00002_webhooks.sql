-- +goose Up

-- The URL that receives a merchant's messages, and the secret that signs them. Both are empty without a webhook.
alter table merchants
    add column webhook                text not null default '',
    add column webhook_secret         text not null default '' check ((webhook_secret = '') = (webhook = '')),
    add column webhook_previous       text not null default '',
    add column webhook_previous_until timestamptz check ((webhook_previous_until is null) = (webhook_previous = ''));
