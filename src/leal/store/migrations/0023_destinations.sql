-- Where the datasource's records are pushed to, and how far each has come.

create table feed_destination (
    shop          integer     not null references shop,
    name          text        not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(name) <= 64),
    url           text        not null check (length(url) <= 2000),
    mapping       text        not null check (length(mapping) <= 64),
    secret        bytea       not null,                             -- signs the calls; sealed
    batch_records integer     not null check (batch_records between 1 and 10000),
    batch_bytes   integer     not null check (batch_bytes between 1024 and 8388608),
    created_at    timestamptz not null default now(),
    paused_at     timestamptz,
    cursor        text        check (length(cursor) <= 16384),      -- of the feed; null: a snapshot is to come first
    sent          bigint      not null default 0,                   -- records that were taken
    gone          bigint      not null default 0,                   -- ids that were told to be gone
    refused       bigint      not null default 0,                   -- records that were refused and passed over
    refusals      jsonb       not null default '[]',                -- the last of them
    failures      integer     not null default 0,                   -- tries that failed since the last that did not
    failure       text        check (length(failure) <= 500),       -- why the last one did
    failed_at     timestamptz,
    try_at        timestamptz,                                      -- not before
    taken_at      timestamptz,                                      -- when something was last taken
    primary key (shop, name)
);

comment on table feed_destination is 'Where the datasource''s records are pushed to, and how far each has come.';

alter table feed_destination enable row level security;
alter table feed_destination force row level security;
create policy one_shop on feed_destination using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update, delete on feed_destination to leal_app;
